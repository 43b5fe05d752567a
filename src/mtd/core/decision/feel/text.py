"""Values as FEEL writes them (DMN 1.5 §10.3.4.1, `string`)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from mtd.core.decision.feel import numbers, temporal
from mtd.core.decision.feel.evaluation import Run, bounded
from mtd.core.decision.feel.values import (
    Builtin,
    Function,
    Range,
    YearsMonthsDuration,
    admitted,
    is_context,
    is_list,
)
from mtd.core.time.business_duration import BusinessDuration

LEVELS_MAX = 64


def written(value: Any, run: Run) -> str | None:
    """`value` as text: a text as it is, anything else as FEEL would write it; null stays null."""
    value = admitted(value)
    if value is None or isinstance(value, str):
        return value
    return bounded(_literal(value, run, LEVELS_MAX))


def _literal(value: Any, run: Run, levels: int) -> str:
    run.spend(1)
    value = admitted(value)
    if value is None:
        return "null"
    if isinstance(value, str):
        return quoted(value)
    if not levels:
        return "…"
    if is_list(value):
        return f"[{', '.join(_literal(v, run, levels - 1) for v in value)}]"
    if is_context(value):
        entries = (f"{_key(k)}: {_literal(v, run, levels - 1)}" for k, v in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, Range):
        return _range(value, run, levels - 1)
    return _single(value)


def _single(value: object) -> str:
    """A value without parts; of what FEEL does not know, the name of its type."""
    write = _WRITERS.get(type(value))
    return write(value) if write else f"<{type(value).__name__}>"


def quoted(text: str) -> str:
    """`text` as a literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _key(name: Any) -> str:
    text = str(name)
    return text if text.isidentifier() else quoted(text)


def _range(value: Range, run: Run, levels: int) -> str:
    if value.comparison:
        end = value.end if value.comparison in ("<", "<=") else value.start
        return f"({value.comparison} {_literal(end, run, levels)})"
    opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
    start, end = _literal(value.start, run, levels), _literal(value.end, run, levels)
    return f"{opening}{start}..{end}{closing}"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _function(value: Function) -> str:
    return f"function({', '.join(value.parameters)})"


def _builtin(value: Builtin) -> str:
    return f"function {value.name}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    bool: _boolean,
    int: numbers.written,
    Decimal: numbers.written,
    date: temporal.write_date,
    time: temporal.write_time,
    datetime: temporal.write_date_and_time,
    timedelta: temporal.write_days_time,
    YearsMonthsDuration: temporal.write_years_months,
    BusinessDuration: str,
    Function: _function,
    Builtin: _builtin,
}
