"""Ruling: a rule of alerts as a form that is filled in, made of what its condition takes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec
from msgspec import inspect

from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.settings.alerts import Condition, Name, Rule

CONDITIONS: Mapping[str, type[msgspec.Struct]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(Condition)
}
"""What a rule may look for, by the name of its kind."""
STARTS: Mapping[str, Mapping[str, Any]] = {
    "volume": {"low_share": 0.5},
    "stuck": {"states": ["EXCEPTION"], "after_s": 1_800},
    "price": {"discount_share_max": 0.5},
}
"""What a new rule of a kind begins with, where its own defaults do not say enough."""
PREFIX = "condition."


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a condition takes."""

    name: str
    kind: str
    """number, choice, list, text or json."""
    value: str
    choices: tuple[str, ...] = ()


def fresh(kind: str) -> Rule:
    """A rule of a kind, as it begins. Raises BadFilter: there is no such kind."""
    if kind not in CONDITIONS:
        raise BadFilter(f"kind: {kind}")
    tables = {"condition": {"kind": kind, **STARTS.get(kind, {})}}
    return msgspec.convert(tables, Rule)


def fields(condition: msgspec.Struct) -> list[Field]:
    """What a condition takes, filled in as it is."""
    info = inspect.type_info(type(condition))
    assert isinstance(info, inspect.StructType)
    return [_field(one, getattr(condition, one.name)) for one in info.fields]


def filled(form: Mapping[str, Any], recipients: Sequence[str], escalate_to: Sequence[str]) -> Rule:
    """The rule that a form says. Raises BadFilter, naming what is wrong."""
    kind = str(form.get("kind", ""))
    try:
        condition = {
            one.name: _value(one, str(form.get(PREFIX + one.name, "")))
            for one in fields(fresh(kind).condition)
        }
        late = str(form.get("escalate_after_s", "")).strip()
        tables: dict[str, Any] = {
            "condition": {"kind": kind, **condition},
            "title": str(form.get("title", "")).strip(),
            "severity": str(form.get("severity", "")),
            "enabled": form.get("enabled") == "yes",
            "calm_s": str(form.get("calm_s", "")) or "0",
            "recipients": list(recipients),
            "quiet": str(form.get("quiet", "")).strip(),
            "escalate_after_s": late or None,
            "escalate_to": list(escalate_to),
            "runbook": str(form.get("runbook", "")).strip(),
        }
        return msgspec.convert(tables, Rule, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadFilter(str(error)) from error


def named(name: str) -> str:
    """`name`, if a rule may be called so. Raises BadFilter."""
    try:
        return msgspec.convert(name, Name)
    except msgspec.ValidationError as error:
        raise BadFilter(f"name: {name}") from error


def _field(one: inspect.Field, value: Any) -> Field:
    match _plain(one.type):
        case inspect.LiteralType(values=values):
            return Field(
                name=one.name, kind="choice", value=str(value), choices=tuple(map(str, values))
            )
        case inspect.IntType() | inspect.FloatType():
            return Field(name=one.name, kind="number", value="" if value is None else str(value))
        case inspect.VarTupleType():
            return Field(name=one.name, kind="list", value=" ".join(value))
        case inspect.DictType():
            text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
            return Field(name=one.name, kind="json", value=text)
        case _:
            return Field(name=one.name, kind="text", value=str(value))


def _plain(kind: inspect.Type) -> inspect.Type:
    """What something is when it is not nothing."""
    if not isinstance(kind, inspect.UnionType):
        return kind
    return next(one for one in kind.types if not isinstance(one, inspect.NoneType))


def _value(one: Field, text: str) -> Any:
    """What was filled in, as the condition takes it; nothing, where that may be left open."""
    text = text.strip()
    match one.kind:
        case "list":
            return text.replace(",", " ").split()
        case "json":
            return json.loads(text or "{}")
        case "number":
            return text.replace(",", ".") or None
        case _:
            return text
