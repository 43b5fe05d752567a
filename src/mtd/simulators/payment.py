"""The payment gateway: capture, refund, void, query; payments by phone are confirmed later."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mtd.simulators.announcer import Event
from mtd.simulators.rest import Context, Operation, RestDesk, positive, say_malformed
from mtd.simulators.system import Reply, System, applied, refused, told, unchanged
from mtd.simulators.world import World

CONFIRMED_AFTER_S = 300.0
PHONE = "phone"

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


class Naming(msgspec.Struct, frozen=True):
    """Just the order."""

    order_id: Name


class Telling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only this system is told by its `/__control`."""

    paid: list[Capturing] = []
    confirm: list[Name] = []
    silently: list[Name] = []


class Captured(msgspec.Struct):
    """One payment of an order."""

    reference: str
    amount: Decimal
    state: str
    channel: str = ""
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
        by_phone = body.channel == PHONE
        if context.verdict == "declined" and not by_phone:
            return refused(402, "PAYMENT_DECLINED", "the issuer declined the payment")
        state = "PENDING" if by_phone else "CAPTURED"
        payment = Captured(f"PC-{context.key}", body.amount, state, body.channel)
        self._payments.setdefault(body.order_id, []).append(payment)
        if by_phone and context.verdict != "declined":
            self._confirm_later(body.order_id, payment, self._confirmed_after_s)
        answer = {"reference": payment.reference, "state": state, "amount": payment.amount}
        return applied(answer, status=202 if by_phone else 200, subject=_subject(payment))

    def refund(self, body: Refunding, context: Context) -> Reply:
        """Give back at most what was taken; nothing taken, or all given back, is no error."""
        payments = self._payments.get(body.order_id, [])
        voided = self._void(payments)
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

    def void(self, body: Naming, context: Context) -> Reply:
        """Take back what was asked for by phone and is not paid yet, or say that it is paid."""
        asked = [p for p in self._payments.get(body.order_id, []) if p.channel == PHONE]
        paid = sum((payment.left for payment in asked), Decimal(0))
        voided = self._void(asked)
        if paid:
            answer = {"state": "CAPTURED", "amount": paid}
        else:
            amount = sum((payment.amount for payment in voided), Decimal(0))
            answer = {"state": "VOIDED" if asked else "NONE", "amount": amount}
        undone = tuple(("capture", _subject(payment)) for payment in voided)
        return applied(answer, undone, subject=context.key) if voided else unchanged(answer)

    def query(self, body: Naming, _context: Context) -> Reply:
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
        """`{"paid": [{"order_id", "currency", "amount"}, …]}`: paid by phone, unasked;
        `{"confirm": [order, …]}`: the customers pay now all that they were asked for;
        `{"silently": [order, …]}`: so they do, and nobody is told."""
        try:
            told = msgspec.convert(command, Telling, strict=False)
        except msgspec.ValidationError as error:
            raise ValueError(str(error).replace("$.", "system.")) from error
        for body in told.paid:
            payment = Captured(f"PP-{body.order_id}", body.amount, "PENDING", PHONE)
            self._payments.setdefault(body.order_id, []).append(payment)
            self._confirm_later(body.order_id, payment, self._confirmed_after_s)
        for order in told.confirm:
            for payment in self._payments.get(order, []):
                if payment.state == "PENDING":
                    self._confirm_later(order, payment, 0.0)
        for order in told.silently:
            for payment in self._payments.get(order, []):
                if payment.state == "PENDING":
                    payment.state = "CAPTURED"

    def _void(self, payments: list[Captured]) -> list[Captured]:
        """Those that nobody has paid yet, voided; nobody can pay them any more."""
        voided = [payment for payment in payments if payment.state == "PENDING"]
        for payment in voided:
            self._announcer.break_off(payment.reference)
            payment.state = "VOIDED"
        return voided

    def _confirm_later(self, order: str, payment: Captured, after_s: float) -> None:
        """The event says so only when the money is there: the state changes with it."""
        payload = {
            "order_id": order,
            "reference": payment.reference,
            "amount": payment.amount,
            "state": "CAPTURED",
        }
        event = Event(
            name="PaymentConfirmed",
            key=order,
            payload=payload,
            after_s=after_s,
            then=lambda: setattr(payment, "state", "CAPTURED"),
        )
        self._announcer.tell(payment.reference, [event])


def _subject(payment: Captured) -> str:
    """What the ledger tells this payment of an order by."""
    return str(payment.amount)


def payment(world: World) -> System:
    """The payment gateway."""
    payments = Payments(world)
    desk = RestDesk(
        {
            ("POST", "/captures"): Operation(name="capture", shape=Capturing, act=payments.capture),
            ("POST", "/refunds"): Operation(name="refund", shape=Refunding, act=payments.refund),
            ("POST", "/voids"): Operation(name="void", shape=Naming, act=payments.void),
            ("GET", "/payments"): Operation(
                name="query", shape=Naming, act=payments.query, keyed=False
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
