"""The payment gateway: capture, refund, query; payments by phone are confirmed later."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mtd.simulators.announcer import Event
from mtd.simulators.rest import Context, Operation, RestDesk, positive, say_malformed
from mtd.simulators.system import Reply, System, applied, refused, told, unchanged
from mtd.simulators.world import World

CONFIRMED_AFTER_S = 300.0

Name = Annotated[str, Meta(min_length=1, max_length=255)]


class Capturing(msgspec.Struct, frozen=True):
    """Money to be taken for an order."""

    order_id: Name
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    amount: Decimal
    channel: Annotated[str, Meta(max_length=50)] = ""
    """`phone`: the customer pays by a link, and the confirmation comes as an event."""
    token: Annotated[str, Meta(max_length=255)] | None = None
    authorization_code: Annotated[str, Meta(max_length=255)] | None = None

    def __post_init__(self) -> None:
        positive(amount=self.amount)


class Refunding(msgspec.Struct, frozen=True):
    """Money to be given back; without an amount, all of it."""

    order_id: Name
    amount: Decimal | None = None

    def __post_init__(self) -> None:
        positive(amount=self.amount)


class Asking(msgspec.Struct, frozen=True):
    """What has become of an order's payment."""

    order_id: Name


class Captured(msgspec.Struct):
    """One payment of an order."""

    reference: str
    amount: Decimal
    state: str
    refunded: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        """What can still be given back."""
        taken = self.state in ("CAPTURED", "PARTIALLY_REFUNDED")
        return self.amount - self.refunded if taken else Decimal(0)


class Payments:
    """The payments of each order: one, or several where another means paid a part."""

    def __init__(self, world: World) -> None:
        self._announcer = world.announcer
        self._confirmed_after_s = world.delay_s("confirmed", CONFIRMED_AFTER_S)
        self._payments: dict[str, list[Captured]] = {}

    def capture(self, body: Capturing, context: Context) -> Reply:
        """Take the money now or, by phone, when the customer has paid."""
        by_phone = body.channel == "phone"
        if context.verdict == "declined" and not by_phone:
            return refused(402, "PAYMENT_DECLINED", "the issuer declined the payment")
        state = "PENDING" if by_phone else "CAPTURED"
        payment = Captured(f"PC-{context.key}", body.amount, state)
        self._payments.setdefault(body.order_id, []).append(payment)
        if by_phone and context.verdict != "declined":
            self._confirm_later(body, payment)
        answer = {"reference": payment.reference, "state": state, "amount": payment.amount}
        return applied(answer, status=202 if by_phone else 200, subject=str(body.amount))

    def refund(self, body: Refunding, context: Context) -> Reply:
        """Give back at most what was taken; nothing taken, or all given back, is no error."""
        self._announcer.break_off(body.order_id)
        payments = self._payments.get(body.order_id, [])
        voided = [payment for payment in payments if payment.state == "PENDING"]
        for payment in voided:
            payment.state = "VOIDED"
        left = sum((payment.left for payment in payments), Decimal(0))
        amount = left if body.amount is None else body.amount
        if amount > left:
            return refused(409, "REFUND_TOO_LARGE", f"only {left} can be given back")
        if not amount:
            state = payments[0].state if payments else "NONE"
            answer = {"refunded": 0, "state": state}
            return applied(answer, ("capture",)) if voided else unchanged(answer)
        self._give_back(payments, amount)
        whole = amount == left
        state = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
        answer = {"refunded": amount, "state": state, "refund_id": f"PR-{context.key}"}
        return applied(answer, ("capture", "refund") if whole else (), subject=context.key)

    def query(self, body: Asking, _context: Context) -> Reply:
        """What has become of the order's payments."""
        payments = self._payments.get(body.order_id)
        if not payments:
            return refused(404, "UNKNOWN_ORDER", "no payment of this order")
        return told({"payments": payments})

    def _give_back(self, payments: list[Captured], amount: Decimal) -> None:
        for payment in payments:
            part = min(amount, payment.left)
            if part:
                payment.refunded += part
                whole = payment.refunded == payment.amount
                payment.state = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
                amount -= part

    def command(self, command: dict[str, Any]) -> None:
        """`{"paid": [{"order_id", "currency", "amount"}, …]}`: paid by phone, unasked."""
        try:
            paid = msgspec.convert(command.get("paid"), list[Capturing], strict=False)
        except msgspec.ValidationError as error:
            raise ValueError(f"system.paid: {error}") from error
        for body in paid:
            payment = Captured(f"PP-{body.order_id}", body.amount, "PENDING")
            self._payments.setdefault(body.order_id, []).append(payment)
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
