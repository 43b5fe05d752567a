"""A live instance: what its owner keeps in memory between two turns."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.states import OVERLAYS, OrderStatus
from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Timer
from mtd.core.process.instance import SET_ASIDE, Instance, State, Wait
from mtd.core.process.starting import gathering
from mtd.store.engine.collecting import Suspicion
from mtd.store.engine.turned import LIVE, NEVER
from mtd.store.ids import slot_of


class Sealing(msgspec.Struct, frozen=True, kw_only=True):
    """What documents of an order are sealed with: the key of its content."""

    person: bytes
    key_id: str
    wrapped_key: bytes


PATIENCE = timedelta(seconds=1)
"""An instance whose next call is further away waits in the database."""


class Live:
    """One instance in memory; its parts change only after the commit that says so."""

    __slots__ = (
        "alarm_at", "began", "definition", "flying", "gathers", "held", "held_said", "instance",
        "leaving", "order", "overlays", "problem", "resume", "sealing", "slot", "snapshot_seq",
        "status", "suspicion", "tenant", "unreadable", "wake_at",
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
        snapshot_seq: int = 0,
        suspicion: Suspicion | None = None,
        problem: str | None = None,
        held_said: str | None = None,
    ) -> None:
        self.tenant = tenant
        self.instance = instance
        self.definition = definition
        self.overlays = overlays(definition)
        """States that hold an order while a token rests on, or within, an element."""
        self.gathers = gathering(definition)
        """Elements behind the gateway of which any may have begun it."""
        self.slot = slot_of(instance.id)
        self.began = began
        """It has a row already."""
        self.wake_at = wake_at
        """As its row says."""
        self.status = status
        """Where its order stands; None: it carries none."""
        self.snapshot_seq = snapshot_seq
        """The journal row of its snapshot; 0: it has none."""
        self.suspicion = suspicion
        """It was at hand when a worker died."""
        self.problem = problem
        """Why it must not be advanced."""
        self.order: PurchaseOrder | None = None
        self.sealing: Sealing | None = None
        """How its documents are kept; it comes with the order."""
        self.unreadable: str | None = None
        """Why its order cannot be shown to connectors."""
        self.flying: set[int] = set()
        """Waits whose calls the hands have; an instance stays in memory until they are back."""
        self.resume: dict[int, datetime] = {}
        """When calls that could not be made may be tried again, by wait."""
        self.held: dict[int, str] = {}
        """Waits whose calls are held by a pause, and by which."""
        self.held_said = held_said
        """The pause for whose end it waits, as its row says."""
        self.alarm_at: datetime | None = None
        """The one alarm set for it."""
        self.leaving = False
        """Its slot goes to another worker, or this one ends: it begins nothing more here."""

    @property
    def key(self) -> tuple[int, str]:
        """Tenant and id: what the live map knows it by."""
        return self.tenant, self.instance.id

    def put_off(self, wait: int, until: datetime, held_by: str | None) -> None:
        """A call cannot be made before `until`, or while that pause lasts."""
        self.flying.discard(wait)
        self.resume[wait] = until
        if held_by is not None:
            self.held[wait] = held_by

    def held_by(self, instance: Instance) -> str | None:
        """The pause for whose end `instance`, which it became, waits."""
        return next((pause for wait, pause in self.held.items() if wait in instance.waits), None)

    def let_go(self, lasts: Callable[[str], bool]) -> bool:
        """Whether a call of it was held by a pause that does not last any more; it is due now."""
        freed = [wait for wait, pause in self.held.items() if not lasts(pause)]
        for wait in freed:
            del self.held[wait]
            self.resume.pop(wait, None)
        return bool(freed)

    def run_on(self, definition: Definition) -> None:
        """It goes on with another version, or with what its own cites by now."""
        if definition is not self.definition:
            self.definition = definition
            self.overlays = overlays(definition)
            self.gathers = gathering(definition)

    def waking(self, instance: Instance, now: datetime) -> datetime | None:
        """When to look again at what `instance` became, if nothing comes in.

        LIVE while a call is under way or soon will be, a time, or NEVER.
        """
        if instance.state is not State.RUNNING or is_set_aside(instance):
            return NEVER
        earliest = NEVER
        for wait in instance.waits.values():
            effect = wait.effect
            if isinstance(effect, Timer):
                earliest = min(earliest, effect.due)
            elif isinstance(effect, Call) and not is_stuck(instance, wait.id):
                at = self._calling_at(wait.id, effect)
                soon = not self.leaving and (at is None or at - now <= PATIENCE)
                if soon or wait.id in self.flying:
                    return LIVE
                earliest = min(earliest, at or now)
        return earliest

    def alarm(self) -> datetime | None:
        """When to look at it in memory: at its earliest timer, or call that had to be put off."""
        instance = self.instance
        if self.leaving or instance.state is not State.RUNNING or is_set_aside(instance):
            return None
        earliest: datetime | None = None
        for wait in instance.waits.values():
            effect = wait.effect
            at = None
            if isinstance(effect, Timer):
                at = effect.due
            elif isinstance(effect, Call) and wait.id not in self.flying:
                at = None if is_stuck(instance, wait.id) else self._calling_at(wait.id, effect)
            if at is not None and (earliest is None or at < earliest):
                earliest = at
        return earliest

    def calls_due(self, now: datetime) -> list[Wait]:
        """Calls to be made now; only of an instance whose row says that it lives here.

        After a crash, a row that says so is how the next owner knows of calls perhaps made.
        """
        if self.wake_at is not LIVE or self.leaving:
            return []
        instance = self.instance
        return [
            wait
            for wait in instance.waits.values()
            if isinstance(wait.effect, Call)
            and wait.id not in self.flying
            and not is_stuck(instance, wait.id)
            and ((at := self._calling_at(wait.id, wait.effect)) is None or at <= now)
        ]

    def _calling_at(self, wait: int, call: Call) -> datetime | None:
        """Not before this; None: at once."""
        resume = self.resume.get(wait) if self.resume else None
        if resume is None or call.not_before is None:
            return resume or call.not_before
        return max(resume, call.not_before)


def overlays(definition: Definition) -> dict[str, str]:
    """The states that hold an order while a token rests on, or within, an element; by element."""
    return {
        element.id: str(element.entering)
        for element in definition.elements.values()
        if element.entering in OVERLAYS
    }


def conversed(live: Live, definition: Definition, after: Instance) -> bool:
    """Whether what the instance awaits of the messages by which it began has come just now.

    `after` is what it becomes, on `definition`; one that ends or is stopped awaits none any more.
    """
    gathers = live.gathers if definition is live.definition else gathering(definition)
    before = _converses(live.gathers, live.instance) if live.began else bool(live.gathers)
    return before and not _converses(gathers, after)


def _converses(gathers: frozenset[str], instance: Instance) -> bool:
    if not gathers or instance.state is not State.RUNNING:
        return False
    waits = instance.waits.values()
    return is_set_aside(instance) or any(wait.element in gathers for wait in waits)


def due(instance: Instance, now: datetime) -> list[int]:
    """The timers that are due, earliest first."""
    if is_set_aside(instance):
        return []
    timers = [
        (wait.effect.due, wait.id)
        for wait in instance.waits.values()
        if isinstance(wait.effect, Timer) and wait.effect.due <= now
    ]
    return [wait for _, wait in sorted(timers)]


def is_set_aside(instance: Instance) -> bool:
    """Whether the instance as a whole stands still until an operator retries or stops it."""
    return any(i.code == SET_ASIDE and i.token is None for i in instance.incidents.values())


def is_stuck(instance: Instance, wait: int) -> bool:
    """Whether a call stands below an incident: it is nobody's until a person settles that."""
    return any(incident.wait == wait for incident in instance.incidents.values())
