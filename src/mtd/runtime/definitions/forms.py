"""Forms: what a person fills in, held to the JSON Schema that stands beside the drawing."""

import json
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec

from mtd.core.orders.correcting import CORRECTABLE
from mtd.core.process.definition import Person
from mtd.runtime.definitions.library import Library
from mtd.store.orders.tasks import Task

KNOWN_MAX = 1_000
"""Schemas kept compiled."""
FLAWS_MAX = 20
"""Of one completion, that are told."""


CORRECTS = "x-corrects"
"""Of a form's field: the path of the order's field that it puts right."""


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is not as the form wants it."""

    field: str
    """As `address.street`; of what is missing or not wanted, its name."""
    message: str
    rule: str = ""
    """The keyword of JSON Schema that it breaks: `maxLength`."""
    limit: str = ""
    """That of the keyword, where it has one."""


class Unfit(Exception):
    """What was filled in is not what the form asks for."""

    def __init__(self, form: str, flaws: tuple[Flaw, ...]) -> None:
        super().__init__(f"{form}: {flaws[0].field}: {flaws[0].message}")
        self.form = form
        self.flaws = flaws


class BadForm(Exception):
    """A file that is no JSON Schema; the message says why."""


class Asked(msgspec.Struct, frozen=True):
    """A user task, and what its answer must satisfy."""

    task: Task
    schema: str | None
    """JSON Schema; None: any answer will do."""


async def asked(library: Library, tenant: int, task: Task) -> Asked:
    """The task with the schema of its form, as it was deployed with the definition."""
    definition = await library.definition(tenant, task.definition)
    drawn = definition.elements.get(task.element)
    work = None if drawn is None else drawn.work
    return Asked(task, work.schema if isinstance(work, Person) else None)


def check(asked: Asked, outputs: dict[str, Any]) -> None:
    """Raises Unfit when `outputs` are not as the task's form wants them."""
    if asked.schema is None:
        return
    errors = islice(_validator(asked.schema).iter_errors(outputs), FLAWS_MAX)
    if flaws := tuple(_flaw(error) for error in errors):
        raise Unfit(asked.task.form or asked.task.name, flaws)


def check_schema(schema: str) -> None:
    """Raises BadForm for what is no JSON Schema by itself: nothing is ever fetched for one."""
    _validator(schema)
    for field, path in corrections(schema).items():
        if path not in CORRECTABLE:
            raise BadForm(
                f"properties.{field}.{CORRECTS}: {path!r} is no field that may be corrected"
            )


@lru_cache(maxsize=KNOWN_MAX)
def corrections(schema: str | None) -> Mapping[str, str]:
    """The paths of the order's fields that a form corrects, by its own fields that do."""
    form: dict[str, Any] = json.loads(schema) if schema else {}
    properties: dict[str, dict[str, Any]] = form.get("properties", {})
    return {name: str(one[CORRECTS]) for name, one in properties.items() if CORRECTS in one}


@lru_cache(maxsize=KNOWN_MAX)
def _validator(schema: str) -> jsonschema_rs.Validator:
    try:
        return jsonschema_rs.validator_for(
            json.loads(schema),
            validate_formats=True,
            retriever=_nothing,
            # Linear in the text, whatever the pattern: a form must not hang a door.
            pattern_options=jsonschema_rs.RegexOptions(),
        )
    except json.JSONDecodeError as error:
        raise BadForm(f"line {error.lineno}: {error.msg}") from error
    except jsonschema_rs.ValidationError as error:
        raise BadForm(f"{_path(error.instance_path) or 'schema'}: {error.message}") from error


def _nothing(uri: str) -> Any:
    raise LookupError(f"{uri} is not in the form itself")


def _flaw(error: jsonschema_rs.ValidationError) -> Flaw:
    kind = error.kind
    place = list(error.instance_path)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        place.append(kind.property)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        place += kind.unexpected[:1]
    limit = getattr(kind, "limit", "")
    return Flaw(field=_path(place), message=error.message, rule=kind.name, limit=str(limit))


def _path(place: list[str | int]) -> str:
    return ".".join(str(part) for part in place)
