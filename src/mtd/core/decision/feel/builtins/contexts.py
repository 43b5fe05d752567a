"""Built-in functions on contexts (DMN 1.5 §10.3.4.6), and `string`, `number`, `not`, `is`."""

import re
from typing import Any

from mtd.core.decision.feel import numbers, operators
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.signature import form
from mtd.core.decision.feel.temporal import offset_of
from mtd.core.decision.feel.text import written
from mtd.core.decision.feel.values import is_context, kind


def _get_value(run: Run, context: dict[str, Any], key: str) -> Any:
    return context.get(key)


def _get_value_at(run: Run, context: dict[str, Any], keys: list[Any]) -> Any:
    found: Any = context
    for key in keys:
        if not is_context(found) or not isinstance(key, str):
            return None
        found = found.get(key)
    return found


def _get_entries(run: Run, context: dict[str, Any]) -> Any:
    run.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


def _context(run: Run, entries: list[Any]) -> Any:
    made: dict[str, Any] = {}
    run.spend(len(entries))
    for entry in entries:
        if not is_context(entry) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in made:
            return None
        made[key] = entry["value"]
    return made


def _context_put(run: Run, context: dict[str, Any], key: str, value: Any) -> Any:
    run.spend(len(context))
    return {**context, key: value}


def _context_put_at(run: Run, context: dict[str, Any], keys: list[Any], value: Any) -> Any:
    if not keys or not all(isinstance(key, str) for key in keys):
        return None
    path = [context]
    for key in keys[:-1]:
        inner = path[-1].get(key, {})
        if not is_context(inner):
            return None
        path.append(inner)
    for key, outer in zip(reversed(keys), reversed(path), strict=True):
        run.spend(1 + len(outer))
        value = {**outer, key: value}
    return value


def _context_merge(run: Run, contexts: list[Any]) -> Any:
    merged: dict[str, Any] = {}
    for one in contexts:
        if not is_context(one):
            return None
        run.spend(1 + len(one))
        merged |= one
    return merged


def _string(run: Run, value: Any) -> Any:
    return written(value, run)


_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)


def _number(run: Run, text: str, grouping: str | None = None, point: str | None = None) -> Any:
    """The number that `text` writes with those separators (DMN 1.5 table 74)."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ".", ","):
        return None
    if grouping is not None and grouping == point:
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not _NUMBER.fullmatch(plain):
        return None
    found = numbers.literal(plain.removeprefix("-"))
    return None if found is None else numbers.negative(found) if plain[0] == "-" else found


def _number_itself(run: Run, value: Any) -> Any:
    return value


def _not(run: Run, negand: bool) -> Any:
    return not negand


def _is(run: Run, one: Any = None, other: Any = None) -> Any:
    """The same value in the same form: 12:00Z and 13:00+01:00 are equal, but not the same."""
    if kind(one) is not kind(other):
        return False
    same = bool(operators.equal(one, other, run))
    zoned = getattr(one, "tzinfo", None), getattr(other, "tzinfo", None)
    if not same or zoned == (None, None):
        return same
    return type(zoned[0]) is type(zoned[1]) and (
        zoned[0] == zoned[1] and offset_of(one) == offset_of(other)
    )


FUNCTIONS = (
    form("get value", "m: context, key: string", _get_value),
    form("get value", "context: context, keys: list", _get_value_at),
    form("get entries", "m: context", _get_entries),
    form("context", "entries: list", _context),
    form("context put", "context: context, key: string, value: any", _context_put),
    form("context put", "context: context, keys: list, value: any", _context_put_at),
    form("context merge", "contexts: list", _context_merge),
    form("string", "from: any", _string),
    form(
        "number", "from: string, grouping separator?: string, decimal separator?: string", _number
    ),
    form("number", "from: number", _number_itself),
    form("not", "negand: boolean", _not),
    form("is", "value1?: any, value2?: any", _is),
)
