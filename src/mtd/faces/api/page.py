"""The API's description as one page for people, which loads nothing and runs nothing."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, cast

import msgspec
from jinja2 import Environment, select_autoescape
from markupsafe import Markup, escape

Schema = dict[str, Any]


def _breakable(path: str) -> Markup:
    """A path that a narrow screen breaks before its slashes."""
    return Markup("<wbr>/").join(path.split("/"))


def _told_as_code(text: str) -> Markup:
    """What stands between backticks, as code."""
    coded = _TICKED.sub(r"<code>\1</code>", str(escape(text)))
    return Markup(coded)  # noqa: S704 escaped before


_TICKED = re.compile("`([^`]+)`")
_ENVIRONMENT = Environment(
    autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters |= {"breakable": _breakable, "coded": _told_as_code}
_PAGE = _ENVIRONMENT.from_string(
    files("mtd.faces.api").joinpath("page.html").read_text(encoding="utf-8")
)


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter, or a field of a body."""

    name: str
    kind: str
    required: bool
    told: str = ""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What a method of a path does."""

    id: str
    method: str
    path: str
    others: list[str]
    """Further paths at which the same is done."""
    summary: str
    description: str
    tables: list[tuple[str, list[Field]]]
    answers: list[tuple[str, str]]


def page(document: Schema) -> str:
    """The OpenAPI document as HTML."""
    schemas = cast("dict[str, Schema]", document.get("components", {}).get("schemas", {}))
    tags: dict[str, list[Operation]] = {}
    for path, methods in cast("dict[str, Schema]", document["paths"]).items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                spec = cast("Schema", operation)
                tag = str((spec.get("tags") or ["other"])[0])
                tags.setdefault(tag, []).append(_operation(path, method, spec, schemas))
    shown = {tag: _merged(operations) for tag, operations in tags.items()}
    return _PAGE.render(info=document["info"], tags=shown)


def _merged(operations: list[Operation]) -> list[Operation]:
    """Shortest paths first; what does the same at a longer one stands beside it."""
    merged: dict[tuple[str, str], Operation] = {}
    for one in sorted(operations, key=lambda one: (one.path.count("/"), one.path)):
        first = merged.setdefault((one.method, one.summary), one)
        if first is not one:
            first.others.append(one.path)
    return list(merged.values())


def _operation(path: str, method: str, spec: Schema, schemas: dict[str, Schema]) -> Operation:
    parameters = [_parameter(one, schemas) for one in spec.get("parameters") or ()]
    tables = [("Parameters", parameters), *_bodies(spec, schemas)]
    return Operation(
        id=str(spec.get("operationId") or f"{method} {path}"),
        method=method,
        path=path,
        others=[],
        summary=str(spec.get("summary") or ""),
        description=str(spec.get("description") or ""),
        tables=[(title, fields) for title, fields in tables if fields],
        answers=[
            (code, str(one.get("description") or ""))
            for code, one in sorted(cast("dict[str, Schema]", spec["responses"]).items())
        ],
    )


def _parameter(one: Schema, schemas: dict[str, Schema]) -> Field:
    schema = cast("Schema", one.get("schema") or {})
    return Field(
        name=str(one["name"]),
        kind=f"{_kind(schema)}, {one['in']}",
        required=bool(one.get("required")),
        told=str(one.get("description") or _bounds(_chosen(schema, schemas))),
    )


def _bodies(spec: Schema, schemas: dict[str, Schema]) -> Iterator[tuple[str, list[Field]]]:
    body = cast("Schema", spec.get("requestBody") or {})
    content = cast("dict[str, Schema]", body.get("content") or {})
    for media_type, one in content.items():
        schema = _resolved(one.get("schema") or {}, schemas)
        needed = schema.get("required") or ()
        fields = [
            Field(
                name=name,
                kind=_kind(inner),
                required=name in needed,
                told=str(inner.get("description") or _bounds(_chosen(inner, schemas))),
            )
            for name, inner in cast("dict[str, Schema]", schema.get("properties") or {}).items()
        ]
        if not fields:
            fields = [Field(name="body", kind=_kind(schema), required=True, told=_told(schema))]
        yield f"Body: {media_type}", fields


def _resolved(schema: Schema, schemas: dict[str, Schema]) -> Schema:
    """What a reference stands for, one deep."""
    name = str(schema.get("$ref") or "").rpartition("/")[2]
    return schemas.get(name, {}) if name else schema


def _chosen(schema: Schema, schemas: dict[str, Schema]) -> Schema:
    """The one of its alternatives that is not null, and what that stands for."""
    choices = cast("list[Schema]", schema.get("oneOf") or schema.get("anyOf") or [schema])
    some = [one for one in choices if one.get("type") != "null"]
    return _resolved(some[0], schemas) if len(some) == 1 else schema


def _kind(schema: Schema) -> str:
    """Its type in words: `array of Move`, `string or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    choices = cast("list[Schema]", schema.get("oneOf") or schema.get("anyOf") or [])
    if choices:
        return " or ".join(dict.fromkeys(_kind(one) for one in choices))
    kind = schema.get("type") or ("one of" if "enum" in schema else "any")
    if kind == "array":
        return f"array of {_kind(schema.get('items') or {})}"
    words = cast("list[str]", kind) if isinstance(kind, list) else [str(kind)]
    return " or ".join(str(schema.get("format") or word) for word in words)


def _bounds(schema: Schema) -> str:
    """Its bounds and choices in words."""
    told = _told(schema)
    if "enum" in schema:
        told = ", ".join(str(one) for one in schema["enum"] if one is not None)
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        told = f"{int(low):,} to {int(high):,}"
    if "maxLength" in schema and not told:
        told = f"at most {schema['maxLength']} characters"
    return told


def _told(schema: Schema) -> str:
    return str(schema.get("description") or "")
