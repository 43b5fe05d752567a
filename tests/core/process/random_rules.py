"""Random rules: what decides in random drawings, by the variables that the world sets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mtd.core.process.definition import Evaluate


def some(variables: Mapping[str, Any], now: datetime) -> list[str]:
    """The branches of an inclusive split."""
    return ["a", "b"] if variables.get("answer") else ["b"]


def two(variables: Mapping[str, Any], now: datetime) -> int:
    """How many bodies."""
    return 2


def enough(variables: Mapping[str, Any], now: datetime) -> bool:
    """A completion condition."""
    return bool(variables.get("answer"))


def at_least(count: int) -> Evaluate:
    """A complex gateway's condition."""
    return lambda variables, now: variables["activationCount"] >= count
