"""Values against types: whether one is of a type, and the conversions DMN makes by itself."""

from datetime import UTC, date, datetime, time
from typing import Any

from mtd.core.decision.feel.types import ANY, Kind, Type, includes
from mtd.core.decision.feel.values import Builtin, Function, Range, admitted, is_list, kind


def conforms(value: Any, wanted: Type) -> bool:
    """Whether `value` is of type `wanted`, allowed values included (DMN 1.5 §10.3.2.9.3).

    Null is of no type but Null; within a list or context it is of every type.
    """
    if value is None:
        return wanted.kind is Kind.NULL
    if wanted.kind is not Kind.ANY and kind(value) is not wanted.kind:
        return False
    match wanted.kind:
        case Kind.LIST:
            fits = _items_conform(value, wanted.item)
        case Kind.CONTEXT:
            fits = _members_conform(value, wanted.members)
        case Kind.RANGE:
            fits = _range_conforms(value, wanted.item or ANY)
        case Kind.FUNCTION:
            fits = _function_conforms(value, wanted)
        case _:
            fits = True
    return fits and (wanted.allowed is None or wanted.allowed(value))


def coerced(value: Any, wanted: Type) -> Any:
    """`value` as one of type `wanted`, else null (DMN 1.5 §10.3.2.9.4).

    A list of one becomes its item, an item a list of one, a date its midnight in UTC.
    """
    if value is None or (wanted.kind is Kind.ANY and wanted.allowed is None):
        return value
    if conforms(value, wanted):
        return value
    if wanted.kind is Kind.LIST and not is_list(value):
        return [value] if conforms([value], wanted) else None
    if is_list(value) and len(value) == 1:
        item = admitted(value[0])
        return item if item is not None and conforms(item, wanted) else None
    if wanted.kind is Kind.DATE_AND_TIME and type(value) is date:
        midnight = datetime.combine(value, time(), UTC)
        return midnight if conforms(midnight, wanted) else None
    return None


def _fits(value: Any, wanted: Type) -> bool:
    """The same inside a list or context, where null is of every type."""
    return value is None or conforms(value, wanted)


def _items_conform(value: list[Any], item: Type | None) -> bool:
    return item is None or all(_fits(one, item) for one in value)


def _members_conform(value: dict[str, Any], members: dict[str, Type] | None) -> bool:
    return all(name in value and _fits(value[name], m) for name, m in (members or {}).items())


def _range_conforms(value: Range, item: Type) -> bool:
    ends = [end for end in (value.start, value.end) if end is not None]
    return bool(ends) and all(conforms(end, item) for end in ends)


def _function_conforms(value: Function | Builtin, wanted: Type) -> bool:
    if isinstance(value, Builtin):
        return True
    own = Type(kind=Kind.FUNCTION, parameters=value.types, result=value.result)
    return includes(wanted, own)
