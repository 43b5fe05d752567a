"""The payment gateway: capture, refund, void, query; it honours idempotency keys."""

from decimal import Decimal
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import get, post
from mtd.core.money import total
from mtd.core.orders.purchase_order import Payment, PaymentMethod, PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Refused

REFUSALS = frozenset({"PAYMENT_DECLINED"})
BY_PHONE = "phone"


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payment gateway has none of its own."""


class Captured(msgspec.Struct, frozen=True):
    """Money taken, or, in state PENDING, asked for."""

    reference: str
    state: str
    amount: Decimal


class Voided(msgspec.Struct, frozen=True):
    """What has become of all that the customer was asked for by phone or link."""

    state: str
    amount: Decimal


class Standing(msgspec.Struct, frozen=True):
    """A payment as the gateway knows it."""

    state: str
    amount: Decimal
    channel: str = ""


class Refunded(msgspec.Struct, frozen=True):
    """Money given back."""

    refunded: Decimal
    state: str


class Known(msgspec.Struct, frozen=True):
    """The order's payments as the gateway knows them."""

    payments: list[Standing]


async def capture(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Take the input `amount`, or what the order's gift cards do not pay.

    Outputs `reference`, `state`, `amount`. A declined payment is Refused(PAYMENT_DECLINED).
    """
    return await _capture(attempt, order, wire, channel=None)


async def request(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Ask the customer to pay by phone or link; the message PaymentConfirmed follows."""
    return await _capture(attempt, order, wire, channel=BY_PHONE)


async def refund(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Give back the input `amount`, or everything; nothing taken is done at once."""
    body = {"order_id": order.key, "amount": attempt.inputs.get("amount")}
    got = await post(wire, "/refunds", body, Refunded, key=attempt.key)
    if not isinstance(got, Refunded):
        return got
    return Done({"refunded": got.refunded, "state": got.state})


async def void_request(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Take every unpaid request of the order back, so that nobody can pay it any more.

    The gateway decides at one instant. Outputs `state`: CAPTURED when the customer has paid one
    meanwhile, VOIDED, or NONE when nothing was asked for; and `amount`.
    """
    body = {"order_id": order.key}
    got = await post(wire, "/voids", body, Voided, key=attempt.key)
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Voided) else got


async def query(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """What the gateway knows of the order's payments, of the input `channel` if there is one.

    Outputs `state`, CAPTURED if any is, else that of the newest (NONE of no payment), and `amount`.
    """
    got = await get(
        wire, "/payments", {"order_id": order.key}, Known, refusals=frozenset({"UNKNOWN_ORDER"})
    )
    if isinstance(got, Refused):
        return Done({"state": "NONE", "amount": Decimal(0)})
    if isinstance(got, Failed):
        return got
    channel = attempt.inputs.get("channel")
    payments = [each for each in got.payments if channel in (None, each.channel)]
    states = [each.state for each in payments] or ["NONE"]
    state = "CAPTURED" if "CAPTURED" in states else states[-1]
    return Done({"state": state, "amount": total(each.amount for each in payments)})


CONNECTORS = (
    Connector("payment.capture", for_order(capture), Repeat.BY_KEY),
    Connector("payment.request", for_order(request), Repeat.BY_KEY),
    Connector("payment.refund", for_order(refund), Repeat.BY_KEY),
    Connector("payment.void_request", for_order(void_request), Repeat.BY_KEY),
    Connector("payment.query", for_order(query), Repeat.BY_KEY),
)


async def _capture(
    attempt: Attempt, order: PurchaseOrder, wire: Wire, channel: str | None
) -> Answer:
    means = [each for each in order.payments if each.method is not PaymentMethod.GIFT_CARD]
    amount = attempt.inputs.get("amount")
    if amount is None:
        amount = total(each.amount for each in means)
    if not amount:
        return Done({"state": "NONE", "amount": Decimal(0)})
    body: dict[str, Any] = {
        "order_id": order.key,
        "currency": order.currency.value,
        "amount": amount,
        "channel": channel,
        **_means(means),
    }
    got = await post(wire, "/captures", body, Captured, key=attempt.key, refusals=REFUSALS)
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Captured) else got


def _means(payments: list[Payment]) -> dict[str, str | None]:
    """The gateway's token, and the authorisation that the shop got already; of a card if any."""
    for payment in sorted(payments, key=lambda each: each.method is not PaymentMethod.CARD):
        return {
            "token": payment.instrument,
            "authorization_code": payment.authorization_code,
        }
    return {}
