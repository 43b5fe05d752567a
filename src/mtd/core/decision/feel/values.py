"""Values of FEEL that Python lacks, and the one door by which values of others come in."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, TypeGuard, cast

import msgspec

from mtd.core.decision.feel.types import Kind, Type
from mtd.core.time.business_duration import BusinessDuration

Number = int | Decimal


class YearsMonthsDuration(msgspec.Struct, frozen=True):
    """A duration in months (DMN 1.5 §10.3.2.3.7); one in days and time is a `timedelta`."""

    months: int


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """The values between two ends (DMN 1.5 §10.3.2.7); an absent end is open to that side."""

    start: Any = None
    end: Any = None
    start_included: bool = False
    end_included: bool = False
    comparison: str = ""
    """The operator of a range written as a comparison, such as `(< 10)`; else empty."""


class Function(msgspec.Struct, frozen=True, eq=False):
    """A function that FEEL text or a decision model defines."""

    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    result: Type | None
    """Absent: not known before it is called."""
    call: Callable[[Any, tuple[Any, ...]], Any]
    """Run and arguments, one for each parameter, to the result."""


class Builtin(msgspec.Struct, frozen=True, eq=False):
    """A function of the standard's library (DMN 1.5 §10.3.4), in each of its forms."""

    name: str
    forms: tuple["Form", ...]


class Form(msgspec.Struct, frozen=True, eq=False):
    """One way to call a built-in function."""

    parameters: tuple[str, ...]
    kinds: tuple[str, ...]
    required: int
    variadic: bool
    """The last parameter takes any number of arguments, as one list."""
    call: Callable[..., Any]
    """Run and arguments to the result."""


_OWN = frozenset(
    {
        NoneType,
        bool,
        int,
        str,
        list,
        dict,
        date,
        time,
        datetime,
        timedelta,
        YearsMonthsDuration,
        BusinessDuration,
        Range,
        Function,
        Builtin,
    }
)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether `value` is a list."""
    return isinstance(value, list)


def is_context(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether `value` is a context."""
    return isinstance(value, dict)


def admitted(value: Any) -> Any:
    """`value` as FEEL knows it: floats become exact decimals, tuples lists, mappings contexts.

    An object of any other type stays what it is, and no operation sees into it.
    """
    return value if type(value) in _OWN else _foreign(value)


def _foreign(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return exact if exact.is_finite() else None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, tuple):
        return list(cast("tuple[Any, ...]", value))
    if isinstance(value, Mapping):
        return dict(cast("Mapping[Any, Any]", value))
    return value


def kind(value: Any) -> Kind | None:
    """The kind of `value`; None for null and for what FEEL does not know."""
    own: object = admitted(value)
    return _KINDS.get(type(own))


_KINDS: dict[type, Kind] = {
    bool: Kind.BOOLEAN,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    str: Kind.STRING,
    date: Kind.DATE,
    time: Kind.TIME,
    datetime: Kind.DATE_AND_TIME,
    timedelta: Kind.DAYS_TIME_DURATION,
    YearsMonthsDuration: Kind.YEARS_MONTHS_DURATION,
    list: Kind.LIST,
    dict: Kind.CONTEXT,
    Range: Kind.RANGE,
    Function: Kind.FUNCTION,
    Builtin: Kind.FUNCTION,
}
