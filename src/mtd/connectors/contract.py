"""What a connector is: one attempt in, one answer out, and how it may be repeated."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any

import msgspec

from mtd.connectors.wire import Wire, personal
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Failed

KIND_MAX = 64
"""Characters of a kind of work that is metered by itself: it may come from outside."""


class Repeat(Enum):
    """What may be done when nobody knows whether an attempt took effect."""

    BY_KEY = "by_key"
    """The legacy honours the idempotency key: the same key and bytes may be sent again."""
    QUERYABLE = "queryable"
    """The legacy can be asked: when `Attempt.sent_before`, ask first, then send."""
    NEVER = "never"
    """Neither: sent once; afterwards an unknown outcome is a person's to settle."""
    TRANSACTIONAL = "transactional"
    """No legacy: the effect is written in the commit of the answer, and undone without it."""
    LOCAL = "local"
    """No legacy at all: a pure function of the order; repeating it costs nothing."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of one step of one order, as committed in the journal before it is made."""

    key: str
    """Idempotency key, `instance:element:visit`: the same for every attempt of this step."""
    order: PurchaseOrder | None
    """None when the instance was not started by an order."""
    inputs: dict[str, Any]
    """The binding's input mapping, evaluated (JSON values; numbers are int or Decimal)."""
    number: int
    """1 for the first attempt."""
    sent_before: bool
    """An earlier attempt with this key may have reached the legacy."""


class Connector(msgspec.Struct, frozen=True):
    """An operation of a legacy system that a drawing's label may be bound to."""

    name: str
    """`legacy.operation`, the name bindings use, such as `payment.capture`."""
    run: Callable[[Attempt, Wire], Awaitable[Answer]]
    repeat: Repeat
    kind: str = ""
    """The input that tells its kinds of work apart, each of which is metered by itself."""
    choose: "Callable[[Attempt], Connector | Failed] | None" = None
    """Of an operation that several systems offer: who serves this attempt. `repeat` is then the
    most careful of theirs, and `system` the slowest of them."""
    system: str = ""
    """The system called, where the name does not begin with it."""

    @property
    def legacy(self) -> str:
        """The system called: the key of its settings, its limits and its breaker."""
        return self.system or self.name.partition(".")[0]

    def handler(self, inputs: Mapping[str, Any]) -> str:
        """What an attempt with these inputs is metered as."""
        kind = inputs.get(self.kind) if self.kind else None
        named = isinstance(kind, str) and kind.isidentifier() and len(kind) <= KIND_MAX
        return f"{self.name}:{kind}" if named else self.name


def for_order(
    operation: Callable[[Attempt, PurchaseOrder, Wire], Awaitable[Answer]],
) -> Callable[[Attempt, Wire], Awaitable[Answer]]:
    """What to run for an operation on orders: personal data is hidden from the evidence first.

    An instance without an order fails the step before anything is sent.
    """

    async def run(attempt: Attempt, wire: Wire) -> Answer:
        if attempt.order is None:
            return Failed("this step needs an order, and the instance has none")
        wire.hide(personal(attempt.order, attempt.inputs))
        return await operation(attempt, attempt.order, wire)

    return run
