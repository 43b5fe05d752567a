"""Resuming: whoever stood still for want of folios goes on when some were taken in."""

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from mtd.connectors.tax.native.case import TYPES
from mtd.core.process.trigger import Retried, Submitted, Trigger
from mtd.runtime.app import App
from mtd.store import folios
from mtd.store.arrival import Accepted, ForInstance
from mtd.store.folios import Awaiting
from mtd.store.ids import uuid7

NO_FOLIO = "NO_FOLIO"
LOAD_FOLIOS = "load_folios"
"""The form of the task by which a person is asked for folios."""
SOURCE = "caf"
TOGETHER = 500
"""Of those who wait, so many go on in one delivery."""

_FIELDS = msgspec.json.Decoder(dict[str, Any])


async def resume(app: App, tenant: int, issuer: str, type_code: str, first: int, actor: str) -> int:
    """Retry the incidents, and complete the tasks, that a new range may end; how many.

    Who still finds no folio stands still again, as visibly as before.
    """
    async with app.store.door(tenant) as connection:
        found = await folios.awaiting(connection, tenant, NO_FOLIO, LOAD_FOLIOS)
    waiting = [one for one in found if _is_for(one, type_code)]
    reason = f"folios of type {type_code} from {first} on were taken in for {issuer}"
    resumed = 0
    for start in range(0, len(waiting), TOGETHER):
        arrivals = [
            ForInstance(
                tenant=tenant,
                id=uuid7(app.clock.now(), os.urandom(10)),
                instance=one.instance,
                trigger=msgspec.json.encode(_trigger(app, one, actor, reason)),
                source=SOURCE,
                message_id=f"{issuer}:{type_code}:{first}:{one.instance}:{one.number}",
            )
            for one in waiting[start : start + TOGETHER]
        ]
        receipts = await app.store.deliver(arrivals)
        resumed += sum(isinstance(receipt, Accepted) for receipt in receipts)
    return resumed


def _is_for(one: Awaiting, type_code: str) -> bool:
    """A task names the kind that it waits for; an incident does not, and is tried."""
    fields: Mapping[str, Any] = _FIELDS.decode(one.fields) if one.fields else {}
    kind = fields.get("document_kind")
    return kind not in TYPES or type_code in TYPES[str(kind)]


def _trigger(app: App, one: Awaiting, actor: str, reason: str) -> Trigger:
    now = app.clock.now()
    if one.is_task:
        return Submitted(at=now, wait=one.number, outputs={}, actor=actor)
    return Retried(at=now, incident=one.number, actor=actor, reason=reason)
