"""Types of FEEL as written after `instance of` and in item definitions (DMN 1.5 §10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec


class Kind(StrEnum):
    """What a value is, without what it holds."""

    ANY = "Any"
    NULL = "Null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    DATE = "date"
    TIME = "time"
    DATE_AND_TIME = "date and time"
    DAYS_TIME_DURATION = "days and time duration"
    YEARS_MONTHS_DURATION = "years and months duration"
    LIST = "list"
    CONTEXT = "context"
    RANGE = "range"
    FUNCTION = "function"


class Type(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A type: a kind, what it holds, and what its values must satisfy."""

    kind: Kind
    item: Type | None = None
    """Of a list or range; absent: anything."""
    members: dict[str, Type] | None = None
    """Of a context; absent: any."""
    parameters: tuple[Type, ...] | None = None
    """Of a function; absent: any."""
    result: Type | None = None
    """Of a function; absent: anything, or not known."""
    allowed: Callable[[Any], bool] | None = None
    """Says whether a value of that kind is one of the allowed values; absent: each is."""


ANY = Type(kind=Kind.ANY)

NAMED = {str(kind): Type(kind=kind) for kind in Kind} | {
    "dateTime": Type(kind=Kind.DATE_AND_TIME),
    "date time": Type(kind=Kind.DATE_AND_TIME),
    "dayTimeDuration": Type(kind=Kind.DAYS_TIME_DURATION),
    "days and time duration": Type(kind=Kind.DAYS_TIME_DURATION),
    "yearMonthDuration": Type(kind=Kind.YEARS_MONTHS_DURATION),
}
"""The standard's types by the names that FEEL and `typeRef` give them."""


def includes(general: Type, special: Type) -> bool:
    """Whether each value of `special` is one of `general` (DMN 1.5 §10.3.2.9.2)."""
    if general.kind is Kind.ANY or special.kind is Kind.NULL:
        return True
    if general.kind is not special.kind:
        return False
    match general.kind:
        case Kind.LIST | Kind.RANGE:
            return includes(general.item or ANY, special.item or ANY)
        case Kind.CONTEXT:
            theirs = special.members or {}
            return all(
                name in theirs and includes(member, theirs[name])
                for name, member in (general.members or {}).items()
            )
        case Kind.FUNCTION:
            return _function_includes(general, special)
        case _:
            return True


def unconstrained(type_: Type) -> Type:
    """The type without allowed values, which `instance of` does not look at."""
    return msgspec.structs.replace(
        type_,
        allowed=None,
        item=unconstrained(type_.item) if type_.item else None,
        members={name: unconstrained(member) for name, member in type_.members.items()}
        if type_.members is not None
        else None,
    )


def _function_includes(general: Type, special: Type) -> bool:
    if special.result and not includes(general.result or ANY, special.result):
        return False
    if not general.parameters:
        return True
    theirs = special.parameters or ()
    return len(general.parameters) == len(theirs) and all(
        includes(their, our) for our, their in zip(general.parameters, theirs, strict=True)
    )
