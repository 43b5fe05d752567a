"""The memory benchmark: how much a worker holds while very many orders wait."""

from mtd.runtime.app import TENANT, App
from mtd.runtime.rehearsal import usage
from mtd.runtime.rehearsal.benches.engine import Feeder
from mtd.runtime.rehearsal.crew import Crew
from mtd.runtime.rehearsal.figures import Figure
from mtd.store.operations import gauges

RSS_MB = 300.0
TOGETHER = 5_000
"""Orders made before they are taken in."""
PARK_LIMIT_S = 1_200.0
RUNNING = "RUNNING"


async def waiting(app: App, crew: Crew, orders: int) -> list[Figure]:
    """The memory of the one worker of `crew` with `orders` waiting on a timer each.

    Raises RuntimeError when not all of them wait in the end.
    """
    feeder = await Feeder.of(app)
    left = orders
    while left > 0:
        await feeder.take_in(feeder.orders(min(left, TOGETHER)))
        left -= TOGETHER
    await crew.idle(PARK_LIMIT_S)
    running = (await gauges.states(app.store, TENANT)).get(RUNNING, 0)
    if running != orders:
        raise RuntimeError(f"{running} orders wait, not {orders}")
    now_mb, peak_mb = usage.memory_mb(crew.pids[0])
    return [
        Figure(name="orders waiting on timers", value=orders, unit="orders"),
        Figure(name="memory of their worker", value=now_mb, unit="MB", at_most=RSS_MB),
        Figure(name="  at its highest", value=peak_mb, unit="MB"),
    ]
