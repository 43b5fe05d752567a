"""Judging: what came of an item of a bulk action, by how its order or file stands now; pure."""

from collections.abc import Mapping

from mtd.core.orders.states import OrderState
from mtd.core.process.effect import Call
from mtd.core.process.facts import Ignored
from mtd.core.process.instance import Instance, State
from mtd.core.process.journal import decode
from mtd.runtime.bulk.asked import Stood
from mtd.store.arriving.intake import Failure
from mtd.store.operations.bulk import Action, Item, Verdict
from mtd.store.operations.standings import FileStanding, Marked, OrderStanding

KINDS: Mapping[Action, str] = {"retry": "retried", "set": "changed", "migrate": "migrated"}
"""Kind of the journal row that an action leads to."""
GONE = frozenset({"DONE", "DUPLICATE"})
"""States of a file that has left the waiting queue for good."""


def of_order(
    action: Action,
    item: Item,
    stood: Stood,
    now: OrderStanding,
    marked: Marked | None,
    instance: Instance | None,
) -> Verdict | None:
    """What became of an order that was asked; None: that cannot be said yet.

    `marked`: the journal row that the action led to. `instance`: of a retry, as it is now.
    """
    if action == "cancel":
        return _cancelled(item, stood, now)
    if marked is None or now.coming:
        return None
    for fact in decode(marked.payload).facts:
        if isinstance(fact, Ignored):
            return Verdict(item.n, "FAILED", fact.reason)
    if action != "retry":
        return Verdict(item.n, "SUCCEEDED", now.definition if action == "migrate" else "")
    return None if instance is None else _retried(item, stood, now, instance)


def of_file(item: Item, stood: Stood, now: FileStanding, failure: Failure | None) -> Verdict | None:
    """What became of a file that was pushed; None: it is under way."""
    if now.state in GONE:
        return Verdict(item.n, "SUCCEEDED", now.key)
    if now.state == "REJECTED":
        return Verdict(item.n, "FAILED", "it was rejected")
    if now.state != "WAITING" or now.pushes <= stood.pushes:
        return None
    words = f"{now.cause}: {failure.message}" if failure is not None else now.cause
    return Verdict(item.n, "FAILED", words)


def _retried(item: Item, stood: Stood, now: OrderStanding, instance: Instance) -> Verdict | None:
    """It succeeded once each step went on and the order has left the failed state.

    `instance` was read after `now`: what it says of its incidents and calls belongs together.
    """
    places = {one.element for one in stood.incidents}
    known = {one.id for one in stood.incidents}
    for again in instance.incidents.values():
        if again.element in places and again.id not in known:
            return Verdict(item.n, "FAILED", f"{again.code}: {again.message}")
    waits = instance.waits.values()
    if any(isinstance(wait.effect, Call) and wait.element in places for wait in waits):
        return None
    if now.state == OrderState.EXCEPTION.value and instance.state is State.RUNNING:
        return None
    return Verdict(item.n, "SUCCEEDED", now.state)


def _cancelled(item: Item, stood: Stood, now: OrderStanding) -> Verdict | None:
    if now.state == OrderState.CANCELLED.value:
        return Verdict(item.n, "SUCCEEDED", now.state)
    if now.instance != State.RUNNING.value:
        return Verdict(item.n, "FAILED", f"it ended otherwise: {now.state}")
    last = max((one.id for one in stood.incidents), default=-1)
    if news := [one for one in now.incidents if one.id > last]:
        return Verdict(item.n, "FAILED", f"{news[0].code}: {news[0].message}")
    return None
