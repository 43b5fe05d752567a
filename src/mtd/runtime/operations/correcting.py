"""Correcting: what a person fills in that puts the order itself right becomes its next version.

A field of a form says so by `x-corrects`, the path of the order's field. Its value goes into the
order's sealed content and nowhere else: process, inbox and journal never see it. Every call
that is made from then on is made with the corrected order.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from mtd.core.orders.correcting import corrected
from mtd.core.orders.facts import KeyKind, keys
from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import App
from mtd.runtime.definitions.forms import Asked, Flaw, Unfit, corrections
from mtd.runtime.hands.opening import ERASED, opened
from mtd.store.engine.loading import Content
from mtd.store.orders import corrections as kept
from mtd.store.orders import orders
from mtd.store.orders.tasks import Task
from mtd.store.sessions import Unavailable

TRIES_MAX = 5
"""How often an order that others correct at the same time is read and corrected anew."""
COMMENT = "comment"
"""The field of a correcting form that says why."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Who corrected what of an order, when, and why."""

    version: int
    at: datetime
    task: str
    actor: str
    fields: list[str]
    reason: str | None
    """None: it was erased with the person."""


async def correct(
    app: App, tenant: int, asked: Asked, outputs: dict[str, Any], actor: str
) -> dict[str, Any]:
    """The outputs that are left for the process, once what corrects the order is kept.

    Raises Unfit for values that an order may not have, Unavailable when others correct it all
    the time.
    """
    paths = corrections(asked.schema)
    given = {path: str(outputs[name]) for name, path in paths.items() if outputs.get(name)}
    if not given:
        return {name: value for name, value in outputs.items() if name not in paths}
    reason = str(outputs.get(COMMENT) or "")
    for _ in range(TRIES_MAX):
        if await _corrected(app, tenant, asked.task, given, reason, actor, paths):
            own = {*paths, COMMENT}
            return {name: value for name, value in outputs.items() if name not in own}
    raise Unavailable("others correct the order at the same time")


async def told(app: App, tenant: int, order: str) -> list[Told]:
    """What people corrected in an order, the first first. Raises vault.Broken."""
    async with app.store.window(tenant) as connection:
        made = await kept.of_order(connection, tenant, order)
    return [
        Told(
            version=one.version,
            at=one.at,
            task=one.task,
            actor=one.actor,
            fields=one.fields,
            reason=app.vault.open(tenant, order, one.key_id, one.wrapped_key, one.reason).decode()
            if one.wrapped_key is not None
            else None,
        )
        for one in made
    ]


async def _corrected(
    app: App,
    tenant: int,
    task: Task,
    given: Mapping[str, str],
    reason: str,
    actor: str,
    paths: Mapping[str, str],
) -> bool:
    async with app.store.door(tenant) as connection:
        content = await orders.content(connection, tenant, task.instance)
        if content is None or content.wrapped_key is None:
            raise Unfit(task.form or task.name, (Flaw(field="", message=ERASED),))
        order, problem = opened(app.vault, content)
        if order is None:
            raise Unfit(task.form or task.name, (Flaw(field="", message=problem or ERASED),))
        now = corrected(order, given)
        if not isinstance(now, PurchaseOrder):
            names = {path: name for name, path in paths.items()}
            flaws = (Flaw(names.get(flaw.field, flaw.field), flaw.message) for flaw in now)
            raise Unfit(task.form or task.name, tuple(flaws))
        correction = _sealed(app, tenant, content, content.wrapped_key, now, reason)
        made = kept.Correction(
            actor=actor, task=task.name, wait=task.wait, fields=sorted(given), **correction
        )
        return await kept.keep(connection, tenant, content, made)


def _sealed(
    app: App, tenant: int, content: Content, wrapped: bytes, order: PurchaseOrder, reason: str
) -> dict[str, Any]:
    body = write_json(order)
    place = (tenant, content.order, content.key_id, wrapped)
    return {
        "ciphertext": app.vault.seal_document(*place, body),
        "hash": sha256(body).digest(),
        "reason": app.vault.seal_document(*place, reason.encode()),
        "digests": [
            app.vault.blind(tenant, key.kind.value, key.value)
            for key in keys(order)
            if key.kind is not KeyKind.ORDER_KEY
        ],
    }
