"""The dossier of an order: where it stands, why it does not go on, what happened, what is kept."""

from collections.abc import Mapping, Sequence
from difflib import unified_diff
from itertools import pairwise
from typing import Any, cast

import msgspec

from mtd.core.process.journal import decode
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.diagnosis import FAILED_MAX, Diagnosis, diagnoses
from mtd.runtime.desk.orders.outlook import Outlook, outlook_of
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.chronicle import Chapter, chronicle
from mtd.runtime.operations.following import Line, lines
from mtd.runtime.operations.operations import Conflict
from mtd.runtime.vault import Broken
from mtd.store.arriving.arrival import Accepted, Duplicate, Receipt
from mtd.store.orders import dossier, incidents, kept, orders, tasks
from mtd.store.orders.dossier import NEWEST, Remark
from mtd.store.orders.orders import Order
from mtd.store.orders.tasks import Task
from mtd.store.people import audit
from mtd.store.people.audit import Listed

CHAPTERS = 50
AUDITED_MAX = 50
SHOWN = {
    "people": ("submitted", "retried", "hastened", "modified", "changed", "migrated", "stopped"),
    "calls": ("answered",),
    "messages": ("received",),
    "timers": ("fired",),
}
"""Kinds of rows, by what a person asks to see of a journal."""
DIFFERENT_MAX = 40
"""Lines of difference between two answers that are shown."""
MASK = "•••"
PERSONAL = frozenset(
    {
        "name", "tax_id", "email", "phone", "street", "number", "unit", "postal_code",
        "legal_name", "instrument", "authorization_code",
    }
)  # fmt: skip
"""Fields of an order that only those see in clear who may."""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """All that the first look at an order needs; its size does not depend on its journal's."""

    order: Order
    diagnoses: tuple[Diagnosis, ...]
    settled: int
    """Incidents that it had and are over."""
    chapters: tuple[Chapter, ...]
    """Newest first."""
    told: dict[int, list[Line]]
    """What followed, by the number of the row."""
    differences: dict[str, tuple[str, ...]]
    """What an attempt was answered otherwise than the one before it, by `seq-place`."""
    outlook: Outlook
    earlier: int | None
    """The number before which there are more; None: there are none."""
    tasks: tuple[Task, ...]
    """Open ones."""
    remarks: tuple[Remark, ...]
    documents: tuple[str, ...]
    audited: tuple[Listed, ...]


async def dossier_of(
    desk: Desk, person: Person, name: str, below: int | None = None, show: str = ""
) -> Dossier:
    """The order of this name; `below`: its journal from before that number on.

    `show`: of its journal what SHOWN names alone.
    """
    order = await desk.order(person, name)
    async with desk.app.store.window(desk.tenant) as connection:
        wanted = (connection, desk.tenant, order.id)
        all_incidents = await incidents.of(*wanted)
        traced = await dossier.latest(*wanted, below or NEWEST, CHAPTERS + 1, SHOWN.get(show))
        failed = await dossier.failed(*wanted, FAILED_MAX)
        known = await tasks.of(*wanted)
        remarks = await dossier.remarks(*wanted)
        documents = await kept.of_order(*wanted)
        outlook = await outlook_of(desk, connection, order)
        done = await audit.page(connection, desk.tenant, subject=order.key, limit=AUDITED_MAX)
    shown = traced[:CHAPTERS]
    chapters: list[Chapter] = []
    told: dict[int, list[Line]] = {}
    if order.definition and traced:
        definition = await desk.app.library.definition(desk.tenant, order.definition)
        chapters = chronicle(definition, reversed(shown))[::-1]
        records = ((one.entry.seq, decode(one.entry.payload)) for one in shown)
        told = {seq: lines(definition, record.facts) for seq, record in records}
    return Dossier(
        order=order,
        diagnoses=await diagnoses(desk, order, all_incidents, failed),
        settled=sum(one.settled_at is not None for one in all_incidents),
        chapters=tuple(chapters),
        told=told,
        differences=differences(chapters),
        outlook=outlook,
        earlier=shown[-1].entry.seq if len(traced) > CHAPTERS else None,
        tasks=tuple(task for task in known if task.closed_at is None),
        remarks=tuple(remarks),
        documents=tuple(one.name for one in documents if one.wrapped_key is not None),
        audited=tuple(done),
    )


def differences(chapters: Sequence[Chapter]) -> dict[str, tuple[str, ...]]:
    """How each attempt's answer differs from that of the attempt before it at the same wait."""
    tries = sorted(
        (one.attempts[place].wait, one.attempts[place].attempt, one.seq, place)
        for one in chapters
        for place in range(len(one.attempts))
    )
    by_seq = {one.seq: one for one in chapters}
    found: dict[str, tuple[str, ...]] = {}
    for (wait, _, seq, place), (next_wait, _, next_seq, next_place) in pairwise(tries):
        if wait == next_wait:
            before, after = (
                msgspec.json.format(bytes(by_seq[row].attempts[at].response)).decode().splitlines()
                for row, at in ((seq, place), (next_seq, next_place))
            )
            lines = [*unified_diff(before, after, n=0, lineterm="")][2:]
            found[f"{next_seq}-{next_place}"] = tuple(lines[:DIFFERENT_MAX])
    return found


async def content_of(desk: Desk, person: Person, order: Order) -> Any:
    """What the order says, personal data masked for who may not see it; None: it was erased."""
    async with desk.app.store.window(desk.tenant) as connection:
        found = await orders.content(connection, desk.tenant, order.id)
    if found is None or found.wrapped_key is None:
        return None
    place = (desk.tenant, order.id, found.key_id)
    try:
        clear = desk.app.vault.open(*place, found.wrapped_key, found.ciphertext)
    except Broken:
        return None
    content = msgspec.json.decode(clear)
    return content if person.may("personal.see") else masked(content)


async def retry(desk: Desk, person: Person, order: Order, incident: int, reason: str) -> None:
    """Try again what failed. Raises Forbidden, and Conflict when it is not open any more."""
    person.must("orders.retry")
    await still_open(desk, order, incident)
    await desk.record(person, "order.retry", order.key, given(reason), after={"incident": incident})
    accepted(await desk.operations.retry(order, incident, {}, person.login, reason))


async def cancel(desk: Desk, person: Person, order: Order, reason: str) -> None:
    """Ask the order's process to cancel. Raises Forbidden, and Conflict: it does not listen."""
    person.must("orders.cancel")
    await desk.record(person, "order.cancel", order.key, given(reason))
    accepted(await desk.operations.cancel(order, person.login, reason))


async def say(desk: Desk, person: Person, order: Order, words: str) -> None:
    """Remark something about the order."""
    person.must("orders.see")
    words = given(words)
    await desk.record(person, "order.remark", order.key)
    async with desk.app.store.door(desk.tenant) as connection:
        await dossier.remark(connection, desk.tenant, desk.new_id(), order.id, person.name, words)


async def said(desk: Desk, order: Order) -> list[Remark]:
    """What was said about the order, the newest first."""
    async with desk.app.store.window(desk.tenant) as connection:
        return await dossier.remarks(connection, desk.tenant, order.id)


async def still_open(desk: Desk, order: Order, incident: int) -> None:
    """Raises Conflict when the incident is over, or never was."""
    async with desk.app.store.window(desk.tenant) as connection:
        known = await incidents.of(connection, desk.tenant, order.id)
    found = next((one for one in known if one.id == incident), None)
    if found is None or found.settled_at is not None:
        raise Conflict("the exception is settled already")


def accepted(receipt: Receipt) -> None:
    """Raises Conflict for what was not let in, with why."""
    if not isinstance(receipt, Accepted | Duplicate):
        raise Conflict(f"it was not let in: {type(receipt).__name__}")


def masked(content: Any, name: str = "") -> Any:
    """`content` with a mask in the place of each personal field's value."""
    if isinstance(content, Mapping):
        members = cast("Mapping[str, Any]", content)
        return {key: masked(value, key) for key, value in members.items()}
    if isinstance(content, list):
        return [masked(one, name) for one in cast("Sequence[Any]", content)]
    return MASK if name in PERSONAL and content is not None else content
