"""A live instance: what its owner keeps in memory between two turns."""

from datetime import datetime, timedelta

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.states import OrderStatus
from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Timer
from mtd.core.process.instance import Instance, State, Wait
from mtd.store.turned import LIVE, NEVER

PATIENCE = timedelta(seconds=1)
"""An instance whose next attempt is further away waits in the database."""


class Live:
    """One instance in memory; its parts change only after the commit that says so."""

    __slots__ = (
        "began", "definition", "flying", "instance", "order", "resume_at", "status", "suspected",
        "tenant", "wake_at",
    )  # fmt: skip

    def __init__(
        self,
        *,
        tenant: int,
        instance: Instance,
        definition: Definition,
        began: bool,
        wake_at: datetime | None = LIVE,
        status: OrderStatus | None = None,
        suspected: bool = False,
    ) -> None:
        self.tenant = tenant
        self.instance = instance
        self.definition = definition
        self.began = began
        """It has a row already."""
        self.wake_at = wake_at
        """As its row says."""
        self.status = status
        """Where its order stands; None: it carries none."""
        self.suspected = suspected
        """It was at hand when a worker died."""
        self.order: PurchaseOrder | None = None
        self.flying: set[int] = set()
        """Calls that the hands have."""
        self.resume_at: datetime | None = None
        """When a legacy that is closed now may be called again."""

    def waking(self, instance: Instance, now: datetime) -> datetime | None:
        """When to look again at what `instance` became, if nothing comes in.

        LIVE while a call is under way or soon will be, a time, or NEVER.
        """
        if instance.state is not State.RUNNING:
            return NEVER
        earliest = NEVER
        for wait in instance.waits.values():
            effect = wait.effect
            if isinstance(effect, Timer):
                earliest = min(earliest, effect.due)
            elif isinstance(effect, Call) and not _stuck(instance, wait.id):
                at = self._calling_at(wait.id, effect)
                if at is None or at - now <= PATIENCE:
                    return LIVE
                earliest = min(earliest, at)
        return earliest

    def _calling_at(self, wait: int, call: Call) -> datetime | None:
        if wait in self.flying:
            return None
        times = [at for at in (call.not_before, self.resume_at) if at is not None]
        return max(times, default=None)

    def grounded(self) -> list[Wait]:
        """Outstanding calls that the hands do not have; those below an incident are nobody's."""
        return [
            wait
            for wait in self.instance.waits.values()
            if isinstance(wait.effect, Call)
            and wait.id not in self.flying
            and not _stuck(self.instance, wait.id)
        ]


def due(instance: Instance, now: datetime) -> list[int]:
    """The timers that are due, earliest first."""
    timers = [
        (wait.effect.due, wait.id)
        for wait in instance.waits.values()
        if isinstance(wait.effect, Timer) and wait.effect.due <= now
    ]
    return [wait for _, wait in sorted(timers)]


def _stuck(instance: Instance, wait: int) -> bool:
    return any(incident.wait == wait for incident in instance.incidents.values())
