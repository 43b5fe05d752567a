"""Resuming: whoever stood still for want of folios goes on when some were taken in."""

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from mtd.connectors.requests import KINDS
from mtd.connectors.tax.issuers import by_tax_id
from mtd.core.process.trigger import Retried, Submitted, Trigger
from mtd.core.tax.request import FiscalKind
from mtd.runtime.app import App
from mtd.store.arriving.arrival import Accepted, ForInstance
from mtd.store.ids import uuid7
from mtd.store.tax import folios
from mtd.store.tax.folios import Awaiting, NewRange

NO_FOLIO = "NO_FOLIO"
LOAD_FOLIOS = "load_folios"
"""The form of the task by which a person is asked for folios."""
SOURCE = "caf"
TOGETHER = 500
"""Of those who wait, so many go on in one delivery."""

_FIELDS = msgspec.json.Decoder(dict[str, Any])


async def resume(app: App, tenant: int, new: NewRange, actor: str) -> int:
    """Retry the incidents, and complete the tasks, that a new range may end; how many.

    Who still finds no folio stands still again, as visibly as before.
    """
    async with app.store.door(tenant) as connection:
        found = await folios.awaiting(connection, tenant, NO_FOLIO, LOAD_FOLIOS)
    issuer = by_tax_id(app.settings.issuers)[new.issuer]
    types = issuer.practice.types
    waiting = [one for one in found if _is_for(one, new.type_code, types)]
    named = "-".join(filter(None, (new.type_code, new.series)))
    reason = f"folios of type {named} from {new.first} on were taken in for {new.issuer}"
    resumed = 0
    for start in range(0, len(waiting), TOGETHER):
        arrivals = [
            ForInstance(
                tenant=tenant,
                id=uuid7(app.clock.now(), os.urandom(10)),
                instance=one.instance,
                trigger=msgspec.json.encode(_trigger(app, one, actor, reason)),
                source=SOURCE,
                message_id=f"{new.issuer}:{named}:{new.first}:{one.instance}:{one.number}",
            )
            for one in waiting[start : start + TOGETHER]
        ]
        receipts = await app.store.deliver(arrivals)
        resumed += sum(isinstance(receipt, Accepted) for receipt in receipts)
    return resumed


def _is_for(one: Awaiting, type_code: str, types: Mapping[FiscalKind, tuple[str, ...]]) -> bool:
    """A task names the kind that it waits for; an incident does not, and is tried."""
    fields: Mapping[str, Any] = _FIELDS.decode(one.fields) if one.fields else {}
    kind = KINDS.get(str(fields.get("document_kind")))
    return kind is None or type_code in types.get(kind, ())


def _trigger(app: App, one: Awaiting, actor: str, reason: str) -> Trigger:
    now = app.clock.now()
    if one.is_task:
        return Submitted(at=now, wait=one.number, outputs={}, actor=actor)
    return Retried(at=now, incident=one.number, actor=actor, reason=reason)
