"""Diagnosis: what failed, where, what was expected, what was observed, and what to do."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import board
from mtd.store.engine.turned import Attempted
from mtd.store.orders import dossier, incidents
from mtd.store.orders.incidents import Incident
from mtd.store.orders.orders import Order

FAILED_MAX = 20
"""Failed attempts that are looked through for the one that an incident is about."""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """An open incident in the terms of who has to do something about it."""

    incident: int
    code: str
    """Of the error; the catalogues say what is expected and what to do."""
    element: str
    step: str
    """What the drawing calls the element."""
    at: datetime
    observed: str
    """The engine's own words."""
    service: str
    """The system that was asked; empty: none was."""
    attempts: int
    correctable: bool
    """Other variables may help."""


WITHOUT_DATA = frozenset({"IN_DOUBT", "DEADLOCK", "ENGINE_FAILURE", "LATE_EFFECT"})
"""Errors that no variable causes."""


def diagnosed(incident: Incident, step: str, failed: Sequence[Attempted]) -> Diagnosis:
    """What an open incident means; `failed` are the order's last failed attempts, newest first."""
    mine = [one for one in failed if one.at <= incident.at]
    called = incident.code in ("TECHNICAL_FAILURE", "IN_DOUBT", "LEGACY_UNAVAILABLE")
    last = mine[0] if mine and called else None
    return Diagnosis(
        incident=incident.id,
        code=incident.code,
        element=incident.element,
        step=step or incident.element,
        at=incident.at,
        observed=incident.message,
        service=last.service if last else "",
        attempts=last.attempt if last else 0,
        correctable=incident.code not in WITHOUT_DATA,
    )


async def diagnoses_of(desk: Desk, order: Order) -> tuple[Diagnosis, ...]:
    """Why the order does not go on: its open incidents; its journal is not read."""
    async with desk.app.store.window(desk.tenant) as connection:
        known = await incidents.of(connection, desk.tenant, order.id)
        failed = await dossier.failed(connection, desk.tenant, order.id, FAILED_MAX)
    return await diagnoses(desk, order, known, failed)


async def diagnoses(
    desk: Desk, order: Order, known: Sequence[Incident], failed: Sequence[Attempted]
) -> tuple[Diagnosis, ...]:
    """What those mean that are open of the `known` incidents; `failed` as for `diagnosed`."""
    open_ = [one for one in known if one.settled_at is None]
    steps = [await board.step(desk, order.definition, one.element) for one in open_]
    return tuple(diagnosed(one, step, failed) for one, step in zip(open_, steps, strict=True))
