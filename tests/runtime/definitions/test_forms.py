"""Forms: what does not fit is told by field, and a schema fetches nothing and hangs nobody."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mtd.core.process.compiler import Surroundings
from mtd.core.process.definition import Definition, Element, Person
from mtd.runtime.definitions.forms import BadForm, Unfit, asked, check, check_schema
from mtd.runtime.definitions.inspecting import inspected
from mtd.runtime.definitions.library import Library
from mtd.runtime.definitions.packing import packed
from mtd.runtime.definitions.shelf import Nothing
from mtd.store.orders.tasks import Task
from tests.processes.deployed import bindings, path

SCHEMA = {
    "type": "object",
    "required": ["decision"],
    "properties": {
        "decision": {"enum": ["yes", "no"]},
        "address": {"type": "object", "properties": {"street": {"type": "string"}}},
        "code": {"type": "string", "pattern": "^(a+)+$"},
    },
    "additionalProperties": False,
}
TASK = cast("Task", SimpleNamespace(definition="d@1", element="t", form="f", name="Task"))


def library(schema: Any) -> Library:
    """One whose only definition has one user task with this form."""
    text = None if schema is None else json.dumps(schema)
    work = Person(role="agent", form="f", schema=text)
    element = Element(id="t", kind="userTask", name="Task", work=work)
    definition = Definition(name="d", version=1, root="r", elements={"t": element})

    class One:
        async def definition(self, _tenant: int, _id: str) -> Definition:
            return definition

    return cast("Library", One())


@pytest.mark.parametrize(
    ("outputs", "field"),
    [
        ({}, "decision"),
        ({"decision": "maybe"}, "decision"),
        ({"decision": "yes", "other": 1}, "other"),
        ({"decision": "yes", "address": {"street": 5}}, "address.street"),
        ({"decision": "yes", "code": "a" * 5_000 + "!"}, "code"),
    ],
)
async def test_what_does_not_fit_is_told_by_field(outputs: dict[str, Any], field: str) -> None:
    with pytest.raises(Unfit) as refused:
        check(await asked(library(SCHEMA), 1, TASK), outputs)
    assert [flaw.field for flaw in refused.value.flaws] == [field]
    assert refused.value.form == "f"


async def test_what_fits_is_taken_and_without_a_schema_so_is_anything() -> None:
    check(await asked(library(SCHEMA), 1, TASK), {"decision": "yes", "address": {"street": "Prat"}})
    check(await asked(library(None), 1, TASK), {"whatever": 1})
    shown = await asked(library(SCHEMA), 1, TASK)
    assert json.loads(shown.schema or "") == SCHEMA


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"type": "objec"}',
        '{"$ref": "http://127.0.0.1:9/other.json"}',
        '{"$ref": "file:///etc/hostname"}',
        '{"pattern": "("}',
        '{"properties": {"amount": {"x-corrects": "totals.grand_total"}}}',
    ],
)
def test_what_is_no_schema_by_itself_is_refused(text: str) -> None:
    with pytest.raises(BadForm):
        check_schema(text)


async def test_a_form_travels_with_its_drawing_and_a_missing_one_is_named() -> None:
    files = packed([path()])
    assert "resolve_payment.json" in {file.name for file in files}
    without = [file for file in files if file.name != "resolve_payment.json"]
    connectors = {service.connector for service in bindings().service.values()}
    found = await inspected(
        without, (), Nothing(), Surroundings(connectors=frozenset(connectors), durations={})
    )
    missing = [fault for fault in found.faults if "JSON Schema" in fault.message]
    assert {fault.name for fault in missing} == {"Resolver pago"}
    assert all(fault.warning for fault in missing)
