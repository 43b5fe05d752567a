"""Weighing: how much the facts of a step carry, so that no row of the journal grows without end."""

from collections.abc import Callable, Mapping
from typing import Any

from mtd.core.process.effect import Call, UserTask
from mtd.core.process.journal import Assigned, Entered, Opened, Sent

WEIGHT_MAX = 16_000_000
"""Characters that a step may write before its tokens stop. The database keeps 1 GB in one row."""
ATOM = 8
"""What a number, a flag or a list itself weighs."""


def weight(value: Any) -> int:
    """Characters of the texts in `value`, and `ATOM` for anything else in it."""
    # Without recursion, and without a call for each value: every step of every order pays this.
    found = 0
    left: list[Any] = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            found += len(one)
            continue
        found += ATOM
        if isinstance(one, dict):
            left += one.values()
        elif isinstance(one, list):
            left += one
    return found


def _wanted(opened: Opened) -> Any:
    match opened.wait.effect:
        case Call(inputs=inputs):
            return inputs
        case UserTask(fields=fields):
            return fields
        case _:
            return None


CARRIED: Mapping[type, Callable[[Any], Any]] = {
    Assigned: lambda fact: fact.variables,
    Entered: lambda fact: fact.scope.variables,
    Opened: _wanted,
    Sent: lambda fact: fact.message.payload,
}
"""Facts that carry values, each fact its own copy once it is written; and those values."""
