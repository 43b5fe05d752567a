"""Plurals: fields of many values as the arrays that a statement takes."""

from collections.abc import Sequence
from typing import Any


def plural_columns(values: Sequence[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    """Each field of `values` as the array of that name, in the plural."""
    return {_plural(name): [getattr(value, name) for value in values] for name in names}


def _plural(name: str) -> str:
    if name == "ttl_s":
        return "ttls_s"
    if name.endswith("s"):
        return name
    if name.endswith("y") and name != "key":
        return f"{name[:-1]}ies" if name in {"country", "currency"} else f"{name}s"
    return f"{name}es" if name.endswith(("h", "x")) else f"{name}s"
