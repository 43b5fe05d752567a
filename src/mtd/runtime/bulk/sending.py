"""Sending: items of a bulk action brought to the door, each once, where they stand as they did."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import msgspec

from mtd.core.process.instance import State
from mtd.runtime.app import App
from mtd.runtime.bulk.asked import Arguments, Stood, triggers
from mtd.runtime.engine.sending import CANCEL_REQUESTED
from mtd.store.arriving import intake
from mtd.store.arriving.arrival import Accepted, Arrival, Duplicate, ForInstance, Published, Receipt
from mtd.store.ids import derived
from mtd.store.operations import standings
from mtd.store.operations.bulk import Bulk, Item, Verdict
from mtd.store.operations.standings import FileStanding, Filter, OrderStanding

SOURCE = "bulk"
STOOD = msgspec.json.Decoder(Stood)
_ARGUMENTS = msgspec.json.Decoder(Arguments)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def reason(bulk: Bulk) -> str:
    """Why it is done, as the journal tells it; the id marks what this bulk action led to."""
    return f"{bulk.reason} (bulk {bulk.id})"


async def send(app: App, tenant: int, bulk: Bulk, items: Sequence[Item]) -> list[Verdict]:
    """Bring these items to the door; the same ones again bring nothing new.

    An item that stands otherwise than at the preview is skipped: nothing is done that was not
    shown.
    """
    if bulk.action == "push":
        return await _push(app, tenant, bulk, items)
    known = {one.id: one for one in await orders(app, tenant, [item.target for item in items])}
    wanted: list[tuple[Item, list[Arrival]]] = [
        (item, _arrivals(app, tenant, bulk, item)) for item in items
    ]
    arrivals = [arrival for _, given in wanted for arrival in given]
    before = await _seen(app, tenant, [str(arrival.message_id) for arrival in arrivals])
    verdicts: list[Verdict] = []
    leaving: list[tuple[Item, Arrival]] = []
    for item, given in wanted:
        if any(arrival.message_id in before for arrival in given):
            verdicts.append(Verdict(item.n, "SENT"))
        elif said := _changed(bulk, item, known.get(item.target)):
            verdicts.append(Verdict(item.n, "SKIPPED", said))
        else:
            leaving += [(item, arrival) for arrival in given]
    receipts = await app.store.deliver([arrival for _, arrival in leaving])
    answered = zip((item.n for item, _ in leaving), receipts, strict=True)
    for n, group in groupby(answered, lambda pair: pair[0]):
        verdicts.append(_received(n, [receipt for _, receipt in group]))
    return verdicts


async def orders(app: App, tenant: int, ids: Sequence[str]) -> list[OrderStanding]:
    """How these orders stand now."""
    async with app.store.door(tenant) as connection:
        return await standings.orders(
            connection,
            tenant,
            Filter(),
            ids=ids,
            cancelled_by=CANCEL_REQUESTED,
            troubled=False,
            limit=len(ids),
        )


async def files(app: App, tenant: int, ids: Sequence[str]) -> dict[str, FileStanding]:
    """How these files stand now, by id."""
    async with app.store.door(tenant) as connection:
        found = await standings.files(connection, tenant, cause=None, ids=ids, limit=len(ids))
    return {one.id: one for one in found}


def _arrivals(app: App, tenant: int, bulk: Bulk, item: Item) -> list[Arrival]:
    """What is to come in for an item: the same whenever it is asked."""
    if bulk.action == "cancel":
        payload = {"cancelled_by": bulk.actor, "cancel_reason": reason(bulk)}
        return [
            Published(
                tenant=tenant,
                id=_id(bulk, item, 0),
                name=CANCEL_REQUESTED,
                key=item.key,
                payload=_ENCODER.encode(payload),
                broadcast=CANCEL_REQUESTED in app.settings.message_broadcast,
                source=SOURCE,
                message_id=_message_id(bulk, item, 0),
            )
        ]
    stood = STOOD.decode(item.stood)
    arguments = _ARGUMENTS.decode(bulk.arguments)
    at = app.clock.now()
    found = triggers(bulk.action, stood, arguments, bulk.actor, reason(bulk), at)
    return [
        ForInstance(
            tenant=tenant,
            id=_id(bulk, item, number),
            instance=item.target,
            trigger=_ENCODER.encode(trigger),
            source=SOURCE,
            message_id=_message_id(bulk, item, number),
        )
        for number, trigger in enumerate(found)
    ]


def _changed(bulk: Bulk, item: Item, now: OrderStanding | None) -> str:
    """Why an item does not stand as it did; empty: it does."""
    if now is None or now.instance != State.RUNNING.value:
        return f"its process is over: {now.state if now else 'gone'}"
    stood = STOOD.decode(item.stood)
    if bulk.action == "retry":
        open_ = {one.id for one in now.incidents}
        if not all(one.id in open_ for one in stood.incidents):
            return f"what had failed was settled meanwhile: {now.state}"
    if bulk.action == "cancel" and not now.cancellable:
        return f"it does not listen to being cancelled any more: {now.state}"
    if bulk.action == "migrate" and now.definition != stood.definition:
        return f"it runs on {now.definition} by now"
    return ""


async def _push(app: App, tenant: int, bulk: Bulk, items: Sequence[Item]) -> list[Verdict]:
    known = await files(app, tenant, [item.target for item in items])
    verdicts: list[Verdict] = []
    going: dict[str, Item] = {}
    for item in items:
        now = known.get(item.target)
        if now is None:
            verdicts.append(Verdict(item.n, "SKIPPED", "it is gone"))
        elif now.pushes > STOOD.decode(item.stood).pushes:
            verdicts.append(Verdict(item.n, "SENT"))
        elif now.state != "WAITING":
            verdicts.append(Verdict(item.n, "SKIPPED", f"it does not wait any more: {now.state}"))
        else:
            going[item.target] = item
    async with app.store.door(tenant) as connection:
        pushed = await intake.push(
            connection, tenant, list(going), actor=bulk.actor, reason=reason(bulk)
        )
    return [*verdicts, *_of_pushed(going, pushed)]


def _of_pushed(going: Mapping[str, Item], pushed: Sequence[str]) -> list[Verdict]:
    gone = [Verdict(going[id_].n, "SENT") for id_ in pushed]
    late = [going[id_].n for id_ in going.keys() - set(pushed)]
    return [*gone, *(Verdict(n, "SKIPPED", "it does not wait any more") for n in late)]


def _received(n: int, receipts: Sequence[Receipt]) -> Verdict:
    """One that was let in is awaited, whatever became of the others."""
    if any(isinstance(receipt, Accepted | Duplicate) for receipt in receipts):
        return Verdict(n, "SENT")
    return Verdict(n, "FAILED", f"the door refused it: {type(receipts[0]).__name__}")


async def _seen(app: App, tenant: int, message_ids: Sequence[str]) -> set[str]:
    async with app.store.door(tenant) as connection:
        return await standings.seen(connection, tenant, SOURCE, message_ids)


def _message_id(bulk: Bulk, item: Item, number: int) -> str:
    return f"{bulk.id}:{item.n}:{number}"


def _id(bulk: Bulk, item: Item, number: int) -> str:
    return derived(bulk.previewed_at, bulk.id, item.n, number)
