"""Intents: the calls that the hands are given, and what they give back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from mtd.connectors.wire import Artifact, Exchange, Mailroom
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.effect import Call
from mtd.core.process.instance import Wait
from mtd.core.process.outcome import Outcome
from mtd.core.process.visiting import visit
from mtd.runtime.memory.live import Live, Sealing
from mtd.runtime.tax.desks import Desk


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the journal says is to be made."""

    tenant: int
    instance: str
    process: str
    """Name of the definition that it runs on."""
    wait: int
    visit: str
    """Which call of its element it is, whatever moves beside it."""
    element: str
    business_key: str
    call: Call
    order: PurchaseOrder | None
    sealing: Sealing | None
    """How documents of it are kept."""
    unreadable: str | None
    """Why its order cannot be shown to a connector; the call is then not made."""

    @classmethod
    def of(cls, live: Live, wait: Wait) -> "Intent":
        """The call that `wait` of a live instance asks for."""
        assert isinstance(wait.effect, Call)
        return cls(
            tenant=live.tenant,
            instance=live.instance.id,
            process=live.definition.name,
            wait=wait.id,
            visit=visit(live.instance, wait),
            element=wait.element,
            business_key=live.instance.key,
            call=wait.effect,
            order=live.order,
            sealing=live.sealing,
            unreadable=live.unreadable,
        )

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt of this step (§6, conventions)."""
        return f"{self.instance}:{self.effect}"

    @property
    def effect(self) -> str:
        """`element:visit`: the part of the key that its instance gives."""
        return f"{self.element}:{self.visit}"

    @property
    def told(self) -> dict[str, Any]:
        """What every line that the log says of an attempt at it bears."""
        return {
            "order": self.business_key,
            "instance": self.instance,
            "element": self.element,
            "service": self.call.service,
            "attempt": self.call.attempt,
        }


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt, with its evidence."""

    intent: Intent
    at: datetime
    """When it was sent."""
    took_ms: float
    outcome: Outcome
    exchanges: tuple[Exchange, ...] | None
    """What went over the wire, perhaps nothing; None: nobody was called."""
    desk: Desk | None = None
    """What a transactional connector wrote, to be committed with this answer or undone."""


Lay = Callable[[Intent], Desk]
"""Lays out the desk for an attempt."""

OpenMailroom = Callable[[Intent], Mailroom | None]
"""Lays out what its letter may enclose; None: nothing."""

Keep = Callable[[Intent, Sequence[Artifact]], Awaitable[None]]
"""Stores the documents that a call brought back; raises when it cannot."""


class PutOff(Protocol):
    """Takes back a call that is not made for so many seconds, or while a pause lasts."""

    def __call__(self, intent: Intent, delay_s: float, /, held_by: str | None = None) -> None:
        """`held_by`: the id of that pause."""
        ...
