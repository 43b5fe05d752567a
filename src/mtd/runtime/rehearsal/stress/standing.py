"""Standing: how many orders of a rehearsal are where, and what must hold when they have ended."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.states import FINAL, OrderState
from mtd.runtime.app import TENANT
from mtd.runtime.clock import elapsed_s
from mtd.runtime.database import persisted
from mtd.runtime.rehearsal.figures import Check
from mtd.runtime.rehearsal.stage import Stage
from mtd.runtime.rehearsal.stress import ledgers
from mtd.runtime.settings.settings import issuers
from mtd.runtime.supervising import Child
from mtd.store.operations import census, gauges

PATIENCE_S = 900.0
"""What has not ended by then is stuck: the checks will tell."""
LOOK_S = 0.5
TOLD = 5
"""Examples named in a failed check."""


async def standing(stage: Stage) -> Counter[str]:
    """How many orders are in each state; waits for a database that is away."""

    async def asked() -> dict[str, int]:
        async with stage.app.store.door(TENANT) as connection:
            return await census.orders(connection, TENANT)

    return Counter(await persisted(asked))


async def until(stage: Stage, done: Callable[[Counter[str]], bool]) -> None:
    """Until the orders stand as `done` says, or PATIENCE_S is over."""
    began_s = elapsed_s()
    while elapsed_s() - began_s < PATIENCE_S:
        if done(await standing(stage)):
            return
        await asyncio.sleep(LOOK_S)


async def settled(stage: Stage, sent: int) -> None:
    """Until `sent` orders have come to their end, or PATIENCE_S is over."""
    await until(stage, lambda states: sum(states[state.value] for state in FINAL) >= sent)


async def concluded(stage: Stage, sent: Sequence[PurchaseOrder], *, killed: int = 0) -> list[Check]:
    """Nothing lost, nothing twice, nothing stuck unseen, and everything ended as planned.

    `killed`: how many deaths of parts were on purpose.
    """
    states = await standing(stage)
    left = {one.key: one for one in await gauges.unsettled(stage.app.store, TENANT)}
    unseen = [f"{one.key} {one.state}" for one in left.values() if not one.seen]
    told = ", ".join(f"{state} {count}" for state, count in sorted(states.items()))
    closed = [one for one in sent if one.key not in left]
    issued_by = issuers(stage.app.settings)
    ours = {one.key for one in closed if issued_by.name(one.store) in issued_by.native}
    documents = await gauges.documented(stage.app.store, TENANT)
    return [
        Check(
            name="no order lost",
            passed=states.total() == len(sent),
            told=f"{len(sent)} sent, {states.total()} here",
        ),
        Check(
            name="every order ended as planned",
            passed=states[OrderState.CLOSED.value] == len(sent),
            told=told,
        ),
        Check(
            name="what did not end is seen as an incident",
            passed=not unseen,
            told=f"{len(left)} did not end" + _named(unseen),
        ),
        no_other_death(stage.children, killed),
        *await ledgers.checked(stage.town, [one.key for one in closed], ours, documents),
    ]


def no_other_death(parts: Sequence[Child], killed: int) -> Check:
    """No part ended but those that were killed: who is started again and again hides its fault."""
    deaths = {part.name: part.deaths for part in parts if part.deaths}
    told = ", ".join(f"{name} {count}" for name, count in deaths.items())
    passed = sum(deaths.values()) == killed
    return Check(
        name="no part died of itself", passed=passed, told=told and f"{told}; {killed} killed"
    )


def _named(unseen: Sequence[str]) -> str:
    return f"; unseen: {', '.join(unseen[:TOLD])}" if unseen else ""
