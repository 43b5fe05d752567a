"""The payment gateway: capture, refund, query; payments by phone are confirmed later."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mtd.simulators.announcer import Event
from mtd.simulators.rest import Context, Operation, RestDesk, say_malformed
from mtd.simulators.system import Reply, System, applied, refused, told, unchanged
from mtd.simulators.world import World

CONFIRMED_AFTER_S = 300.0

Name = Annotated[str, Meta(min_length=1, max_length=255)]
Amount = Annotated[Decimal, Meta(gt=0)]


class Capturing(msgspec.Struct, frozen=True):
    """Money to be taken for an order."""

    order_id: Name
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    amount: Amount
    channel: Annotated[str, Meta(max_length=50)] = ""
    """`phone`: the customer pays by a link, and the confirmation comes as an event."""
    token: Annotated[str, Meta(max_length=255)] | None = None
    authorization_code: Annotated[str, Meta(max_length=255)] | None = None


class Refunding(msgspec.Struct, frozen=True):
    """Money to be given back; without an amount, all of it."""

    order_id: Name
    amount: Amount | None = None


class Asking(msgspec.Struct, frozen=True):
    """What has become of an order's payment."""

    order_id: Name


class Captured(msgspec.Struct):
    """An order's payment."""

    reference: str
    amount: Decimal
    state: str
    refunded: Decimal = Decimal(0)


class Payments:
    """The payment of each order."""

    def __init__(self, world: World) -> None:
        self._announcer = world.announcer
        self._confirmed_after_s = world.delay_s("confirmed", CONFIRMED_AFTER_S)
        self._payments: dict[str, Captured] = {}

    def capture(self, body: Capturing, context: Context) -> Reply:
        """Take the money now or, by phone, when the customer has paid."""
        if context.verdict == "declined" and body.channel != "phone":
            return refused(402, "PAYMENT_DECLINED", "the issuer declined the payment")
        reference = f"PC-{context.key}"
        by_phone = body.channel == "phone"
        payment = Captured(reference, body.amount, "PENDING" if by_phone else "CAPTURED")
        self._payments[body.order_id] = payment
        if by_phone and context.verdict != "declined":
            self._confirm_later(body, payment)
        answer = {"reference": reference, "state": payment.state, "amount": payment.amount}
        return applied(answer, status=202 if by_phone else 200)

    def refund(self, body: Refunding, context: Context) -> Reply:
        """Give back at most what was taken; nothing taken, or all given back, is no error."""
        self._announcer.break_off(body.order_id)
        payment = self._payments.get(body.order_id)
        if payment is None or payment.state in ("REFUNDED", "VOIDED"):
            return unchanged({"refunded": 0, "state": "NONE" if payment is None else payment.state})
        if payment.state == "PENDING":
            payment.state = "VOIDED"
            return applied({"refunded": 0, "state": "VOIDED"}, undoes=("capture",))
        left = payment.amount - payment.refunded
        amount = left if body.amount is None else body.amount
        if amount > left:
            return refused(409, "REFUND_TOO_LARGE", f"only {left} can be given back")
        payment.refunded += amount
        whole = payment.refunded == payment.amount
        payment.state = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
        answer = {"refunded": amount, "state": payment.state, "refund_id": f"PR-{context.key}"}
        return applied(answer, undoes=("capture", "refund") if whole else ("refund",))

    def query(self, body: Asking, _context: Context) -> Reply:
        """What has become of it."""
        payment = self._payments.get(body.order_id)
        if payment is None:
            return refused(404, "UNKNOWN_ORDER", "no payment of this order")
        return told(payment)

    def command(self, command: dict[str, Any]) -> None:
        """`{"paid": {"order_id", "currency", "amount"}}`: paid by phone without being asked."""
        try:
            body = msgspec.convert(command.get("paid"), Capturing, strict=False)
        except msgspec.ValidationError as error:
            raise ValueError(f"system.paid: {error}") from error
        reference = f"PP-{body.order_id}"
        payment = self._payments[body.order_id] = Captured(reference, body.amount, "PENDING")
        self._confirm_later(body, payment)

    def _confirm_later(self, body: Capturing, payment: Captured) -> None:
        """The event says so only when the money is there: the state changes with it."""
        payload = {
            "order_id": body.order_id,
            "reference": payment.reference,
            "amount": payment.amount,
            "state": "CAPTURED",
        }
        event = Event(
            name="PaymentConfirmed",
            key=body.order_id,
            payload=payload,
            after_s=self._confirmed_after_s,
            then=lambda: setattr(payment, "state", "CAPTURED"),
        )
        self._announcer.tell(body.order_id, [event])


def payment(world: World) -> System:
    """The payment gateway."""
    payments = Payments(world)
    desk = RestDesk(
        {
            ("POST", "/captures"): Operation(name="capture", shape=Capturing, act=payments.capture),
            ("POST", "/refunds"): Operation(name="refund", shape=Refunding, act=payments.refund),
            ("GET", "/payments"): Operation(
                name="query", shape=Asking, act=payments.query, keyed=False
            ),
        }
    )
    return System(
        name="payment",
        median_ms=120,
        p99_ms=900,
        shares={"declined": 0.005, "event_late": 0.01, "event_repeated": 0.02},
        verdicts=frozenset({"declined"}),
        read=desk.read,
        malformed=say_malformed,
        command=payments.command,
    )
