"""The headline state of an order: what may follow what, and what people read (REQ-25)."""

from collections.abc import Sequence

from msgspec import Struct

from mtd.core.orders.dimensions import Labelled


class OrderState(Labelled):
    """Reference processes §5.1 (a); declared in the order of progress, which `rank` gives."""

    WAITING = "WAITING", "En espera", "Waiting"
    """At intake only: a parked message that is no order yet."""
    REJECTED = "REJECTED", "Rechazada", "Rejected"
    """At intake only: an unusable file."""
    RECEIVED = "RECEIVED", "Recibida", "Received"
    VALIDATED = "VALIDATED", "Validada", "Validated"
    PAYMENT_CONFIRMED = "PAYMENT_CONFIRMED", "Pago confirmado", "Payment confirmed"
    DTE_ISSUANCE = "DTE_ISSUANCE", "Emisión DTE", "Tax document being issued"
    INVOICED = "INVOICED", "Documentada", "Invoiced"
    IN_FULFILLMENT = "IN_FULFILLMENT", "En preparación", "In fulfilment"
    READY_FOR_PICKUP = "READY_FOR_PICKUP", "Lista para retiro", "Ready for pickup"
    DISPATCHED = "DISPATCHED", "Despachada", "Dispatched"
    DELIVERY_FAILED = "DELIVERY_FAILED", "Entrega fallida", "Delivery failed"
    DELIVERED = "DELIVERED", "Entregada", "Delivered"
    RETURN_IN_PROGRESS = "RETURN_IN_PROGRESS", "Devolución en curso", "Return in progress"
    RETURNED = "RETURNED", "Devuelta", "Returned"
    CANCELLATION_REQUESTED = (
        "CANCELLATION_REQUESTED",
        "Anulación solicitada",
        "Cancellation requested",
    )
    CANCELLED = "CANCELLED", "Anulada", "Cancelled"
    CLOSED = "CLOSED", "Cerrada", "Closed"
    ON_HOLD = "ON_HOLD", "Retenida", "On hold"
    EXCEPTION = "EXCEPTION", "Con excepción", "With an exception"

    @property
    def rank(self) -> int:
        """How far the order has come: a slower branch never takes the headline back."""
        return _RANKS[self]

    @property
    def is_final(self) -> bool:
        """The order is over; a closed one may come back by the legal guarantee alone."""
        return self in FINAL


S = OrderState
FINAL = frozenset({S.REJECTED, S.CANCELLED, S.CLOSED})
OVERLAYS = (S.EXCEPTION, S.CANCELLATION_REQUESTED, S.ON_HOLD)
"""States that lie over the one reached while something holds the order; the first one shows."""

NEXT: dict[OrderState, frozenset[OrderState]] = {
    S.WAITING: frozenset({S.RECEIVED, S.REJECTED}),
    S.REJECTED: frozenset(),
    S.RECEIVED: frozenset({S.VALIDATED, S.CANCELLED}),
    S.VALIDATED: frozenset({S.PAYMENT_CONFIRMED, S.CANCELLED}),
    S.ON_HOLD: frozenset({S.VALIDATED, S.CANCELLED}),
    # Documents and goods go their ways in parallel where the drawing says so (§6.2 D04).
    S.PAYMENT_CONFIRMED: frozenset({S.DTE_ISSUANCE, S.INVOICED, S.IN_FULFILLMENT}),
    S.DTE_ISSUANCE: frozenset({S.INVOICED, S.IN_FULFILLMENT}),
    # Digital goods are delivered without fulfilment (§6.2 D05c).
    S.INVOICED: frozenset({S.IN_FULFILLMENT, S.DELIVERED}),
    S.IN_FULFILLMENT: frozenset({S.DISPATCHED, S.READY_FOR_PICKUP}),
    S.READY_FOR_PICKUP: frozenset({S.DELIVERED, S.RETURN_IN_PROGRESS}),
    S.DISPATCHED: frozenset({S.DELIVERED, S.DELIVERY_FAILED, S.RETURN_IN_PROGRESS}),
    S.DELIVERY_FAILED: frozenset({S.IN_FULFILLMENT, S.RETURN_IN_PROGRESS}),
    S.DELIVERED: frozenset({S.CLOSED, S.RETURN_IN_PROGRESS}),
    S.RETURN_IN_PROGRESS: frozenset({S.RETURNED, S.DELIVERED}),
    S.RETURNED: frozenset({S.CLOSED}),
    S.CANCELLATION_REQUESTED: frozenset({S.CANCELLED}),
    S.CANCELLED: frozenset(),
    # The legal guarantee goes on after the closing (R70; Ley 19.496, art. 21).
    S.CLOSED: frozenset({S.RETURN_IN_PROGRESS}),
    S.EXCEPTION: frozenset({S.CANCELLED}),
}
"""What may follow directly; overlays may follow any state that `may_enter` allows."""

_CODES = frozenset(state.value for state in OrderState)
_RANKS = {state: rank for rank, state in enumerate(OrderState)}


class OrderStatus(Struct, frozen=True):
    """What people see, how far the order really is, and where it resumes after an overlay."""

    headline: OrderState
    reached: OrderState
    resume: OrderState | None = None


class IllegalTransition(Struct, frozen=True):
    """A step that an order in state `before` may not take; the status stays as it was."""

    before: OrderState
    after: str

    @property
    def message(self) -> str:
        """In words, for the journal."""
        return f"an order that is {self.before} may not become {self.after}"


RECEIVED = OrderStatus(S.RECEIVED, S.RECEIVED)
"""Where an order's instance begins."""


def follow(
    status: OrderStatus, entered: Sequence[str], held: Sequence[str], troubled: bool
) -> OrderStatus | IllegalTransition:
    """The status after one step of the order's instance.

    `entered`: states of the elements this step entered, in that order. `held`: overlays of the
    elements on which a token rests now. `troubled`: an incident is open. A state passed long ago
    that a slower branch enters changes nothing. A final order takes no overlay: an incident left
    in it is the operator's, not the customer's.
    """
    before, reached = status.headline, status.reached
    for code in entered:
        step = _step(before, reached, code)
        if isinstance(step, IllegalTransition):
            return step
        before = reached = step
    overlays = {S.EXCEPTION} if troubled else set[OrderState]()
    for code in () if reached.is_final else held:
        if code not in _CODES or not may_enter(reached, OrderState(code)):
            return IllegalTransition(reached, code)
        overlays.add(OrderState(code))
    return _overlaid(reached, overlays)


def may_enter(reached: OrderState, overlay: OrderState) -> bool:
    """Whether `overlay` may lie over an order that has come to `reached` (§5.1 rules)."""
    if overlay not in OVERLAYS or reached.is_final:
        return False
    if overlay is S.CANCELLATION_REQUESTED:
        return reached is overlay or S.RECEIVED.rank <= reached.rank < S.DISPATCHED.rank
    return True


def _step(before: OrderState, reached: OrderState, code: str) -> OrderState | IllegalTransition:
    """The state reached once `code` is entered by an order that shows `before`."""
    if code == reached.value:
        return reached
    if code not in _CODES:
        return IllegalTransition(before, code)
    state = OrderState(code)
    if reached.is_final and state not in NEXT[reached]:
        return IllegalTransition(before, code)
    if state in OVERLAYS:
        if not may_enter(reached, state):
            return IllegalTransition(before, code)
        return state if state is S.CANCELLATION_REQUESTED else reached
    ahead = state in NEXT[before] and state.rank > reached.rank
    if state in NEXT[reached] or ahead:
        return state
    passed = S.RECEIVED.rank <= state.rank < reached.rank
    return reached if passed else IllegalTransition(before, code)


def _overlaid(reached: OrderState, overlays: set[OrderState]) -> OrderStatus:
    """The status that shows the topmost overlay and resumes what lies below it."""
    if reached.is_final:
        return OrderStatus(reached, reached)
    layers = [overlay for overlay in OVERLAYS if overlay in overlays or overlay is reached]
    headline, below = (*layers, reached, reached)[:2]
    return OrderStatus(headline, reached, None if headline is reached else below)
