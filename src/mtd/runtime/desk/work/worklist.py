"""The worklist: tasks that a person sees, the most urgent first; taken, done and handed over."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import msgspec

from mtd.core.process.compiler.timing import after as later
from mtd.runtime.definitions import forms
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.dossier import accepted
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations import assigning
from mtd.runtime.operations.operations import NotFound
from mtd.store.orders import tasks, worklist
from mtd.store.orders.worklist import STANDINGS, Place, Wanted, Work

ROWS = 50
"""Tasks on a page."""
CLOSED_LOOKS_MAX = 40
CLOSED_LOOK_S = 0.05
"""How long a completed task is waited for to be gone from the list: two seconds."""
LONG_TEXT = 200
"""Characters from which on a field is an area."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks a person asks for; empty: whatever it is."""

    mine: bool = False
    role: str = ""
    standing: str = ""
    """One of STANDINGS."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list, and how long the lists are that lead from it."""

    works: tuple[Work, ...]
    before: Place | None
    """Up to where the page before it goes; None: this is the first."""
    after: Place | None
    """Where the next page begins; None: this is the last."""
    everybodys: int
    mine: int
    standings: dict[str, int]
    """By STANDINGS, of those among whom one looks."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to fill in."""

    name: str
    title: str
    kind: str
    """choice, yes, number, area or text."""
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    """Values with their labels."""
    length_max: int | None = None


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A task that is to be worked on."""

    work: Work
    shown: Mapping[str, Any]
    """What the person is shown."""
    fields: tuple[Field, ...]
    title: str


async def listing(
    desk: Desk,
    person: Person,
    asked: Asked,
    *,
    after: Place | None = None,
    before: Place | None = None,
) -> Listing:
    """A page of open tasks, the most urgent first: after the one at `after`, or before `before`."""
    person.must("tasks.see")
    wanted = _wanted(desk, person, asked)
    async with desk.app.store.window(desk.tenant) as connection:
        found = await worklist.urgent(
            connection, desk.tenant, wanted, after=after, before=before, limit=ROWS + 1
        )
        tallies = await worklist.standings(connection, desk.tenant, wanted, person.login)
    looked_at = [one for one in tallies if one.mine or not asked.mine]
    more, back = len(found) > ROWS, before is not None
    shown = found[-ROWS:] if back else found[:ROWS]
    first, last = (shown[0].place, shown[-1].place) if shown else (None, None)
    return Listing(
        works=tuple(shown),
        before=first if (more if back else after is not None) else None,
        after=last if back or more else None,
        everybodys=sum(one.tasks for one in tallies),
        mine=sum(one.tasks for one in tallies if one.mine),
        standings={
            name: sum(one.tasks for one in looked_at if one.standing == name) for name in STANDINGS
        },
    )


async def urgent(desk: Desk, person: Person, limit: int) -> list[Work]:
    """The most urgent open tasks, at most `limit`."""
    person.must("tasks.see")
    async with desk.app.store.window(desk.tenant) as connection:
        return await worklist.urgent(
            connection, desk.tenant, _wanted(desk, person, Asked()), limit=limit
        )


async def opened(desk: Desk, person: Person, instance: str, wait: int, language: str) -> Open:
    """A task with its form. Raises NotFound: it is over, or not theirs to see."""
    work = await _work(desk, person, instance, wait)
    asked = await forms.asked(desk.app.library, desk.tenant, work)
    schema: dict[str, Any] = json.loads(asked.schema) if asked.schema else {}
    shown = msgspec.json.decode(work.fields or b"{}", type=dict[str, Any])
    return Open(
        work=work,
        shown=shown,
        fields=fields(schema, language),
        title=_worded(schema, "title", language) or work.name,
    )


async def claim(desk: Desk, person: Person, instance: str, wait: int) -> None:
    """Take the task. Raises NotFound, Conflict."""
    await _seen(desk, person, instance, wait)
    await desk.record(person, "task.claim", f"{instance}:{wait}")
    await assigning.claim(desk.operations, instance, wait, person.login)


async def unclaim(desk: Desk, person: Person, instance: str, wait: int) -> None:
    """Give the task back. Raises NotFound, Conflict."""
    await _seen(desk, person, instance, wait)
    await desk.record(person, "task.unclaim", f"{instance}:{wait}")
    await assigning.unclaim(desk.operations, instance, wait, person.login)


async def delegate(desk: Desk, person: Person, instance: str, wait: int, other: str) -> None:
    """Hand the task over. Raises NotFound, Conflict."""
    await _seen(desk, person, instance, wait)
    await desk.record(person, "task.delegate", f"{instance}:{wait}", after={"to": other})
    await assigning.delegate(desk.operations, instance, wait, person.login, other)


async def assign(desk: Desk, person: Person, chosen: Sequence[Place], other: str) -> int:
    """Give tasks to somebody, whoever has them; how many. Raises Forbidden."""
    person.must("tasks.assign")
    mine = [one.place for one in await _among(desk, person, chosen)]
    named = [f"{instance}:{wait}" for instance, wait in mine]
    await desk.record(person, "task.assign", other, after={"tasks": named})
    async with desk.app.store.door(desk.tenant) as connection:
        return await worklist.assign(connection, desk.tenant, mine, other)


async def complete(
    desk: Desk, person: Person, instance: str, wait: int, outputs: dict[str, Any]
) -> None:
    """The task is done; gone from the list when this returns, if the engine is at work.

    Raises NotFound, Conflict, forms.Unfit.
    """
    person.must("tasks.work")
    await _seen(desk, person, instance, wait)
    await desk.record(person, "task.complete", f"{instance}:{wait}", after=sorted(outputs))
    accepted(await assigning.complete(desk.operations, instance, wait, outputs, person.login))
    for _ in range(CLOSED_LOOKS_MAX):
        async with desk.app.store.window(desk.tenant) as connection:
            known = await tasks.of(connection, desk.tenant, instance)
        if all(one.closed_at is not None for one in known if one.wait == wait):
            return
        await asyncio.sleep(CLOSED_LOOK_S)


def fields(schema: Mapping[str, Any], language: str) -> tuple[Field, ...]:
    """What a form's JSON Schema asks for, in its order."""
    properties = cast("Mapping[str, Mapping[str, Any]]", schema.get("properties", {}))
    required = set(cast("Sequence[str]", schema.get("required", ())))
    return tuple(_field(name, one, language, name in required) for name, one in properties.items())


def filled(schema_fields: Sequence[Field], form: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, as the schema's kinds; what was left empty is left out."""
    outputs: dict[str, Any] = {}
    for one in schema_fields:
        text = str(form.get(f"field.{one.name}", "")).strip()
        if one.kind == "yes":
            outputs[one.name] = text == "yes"
        elif text and one.kind == "number":
            outputs[one.name] = _number(text)
        elif text:
            outputs[one.name] = text
    return outputs


def _field(name: str, one: Mapping[str, Any], language: str, required: bool) -> Field:
    choices = tuple(map(str, one.get("enum", ())))
    labels = tuple(map(str, one.get("x-enum-en", choices))) if language == "en" else choices
    length = one.get("maxLength")
    kind = "text"
    if choices:
        kind = "choice"
    elif one.get("type") == "boolean":
        kind = "yes"
    elif one.get("type") in ("number", "integer"):
        kind = "number"
    elif isinstance(length, int) and length >= LONG_TEXT:
        kind = "area"
    return Field(
        name=name,
        title=_worded(one, "title", language) or name,
        kind=kind,
        required=required,
        choices=tuple(zip(choices, labels, strict=False)),
        length_max=length if isinstance(length, int) else None,
    )


def _worded(schema: Mapping[str, Any], name: str, language: str) -> str:
    own = schema.get(f"x-{name}-{language}") or schema.get(name)
    return str(own or "")


def _number(text: str) -> Any:
    """The number, or the text itself: the form's schema then says what is wrong."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return int(value) if value == value.to_integral_value() else float(value)


async def _seen(desk: Desk, person: Person, instance: str, wait: int) -> None:
    """Raises NotFound for a task of a store that is not theirs, or that is over."""
    person.must("tasks.work")
    await _work(desk, person, instance, wait)


async def _work(desk: Desk, person: Person, instance: str, wait: int) -> Work:
    found = await _among(desk, person, [(instance, wait)])
    if not found:
        raise NotFound(f"there is no open task {instance}:{wait}")
    return found[0]


async def _among(desk: Desk, person: Person, places: Sequence[Place]) -> list[Work]:
    """Those of these tasks that are open and theirs to see, however long the list is."""
    person.must("tasks.see")
    async with desk.app.store.window(desk.tenant) as connection:
        return await worklist.urgent(
            connection, desk.tenant, _wanted(desk, person, Asked()), among=places,
            limit=max(1, len(places)),
        )  # fmt: skip


def _wanted(desk: Desk, person: Person, asked: Asked) -> Wanted:
    now = desk.app.clock.now()
    return Wanted(
        now=now,
        risk=later(now, desk.app.at_risk()),
        stores=person.stores,
        assignee=person.login if asked.mine else None,
        role=asked.role or None,
        standing=asked.standing or None,
    )
