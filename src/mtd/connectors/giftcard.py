"""The gift-card system: authorise, redeem, reverse; it honours idempotency keys."""

from decimal import Decimal
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import post
from mtd.core.orders.purchase_order import PaymentMethod, PurchaseOrder
from mtd.core.process.outcome import Answer, Done

REFUSALS = frozenset({"GIFTCARD_DECLINED"})


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The gift-card system has none of its own."""


class Paid(msgspec.Struct, frozen=True):
    """What the cards have paid, or hold."""

    state: str
    redemption_id: str = ""
    authorization_id: str = ""


class Reversed(msgspec.Struct, frozen=True):
    """What went back to the cards."""

    reversed: Decimal


async def authorise(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Hold what the order's gift cards are to pay; outputs `authorization_id`."""
    return await _pay("/authorizations", attempt, order, wire)


async def redeem(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Take what the order's gift cards are to pay, all or nothing; outputs `redemption_id`."""
    return await _pay("/redemptions", attempt, order, wire)


async def reverse(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Give back all that this order took from cards; nothing taken is done at once."""
    body = {"order_id": order.key}
    got = await post(wire, "/reversals", body, Reversed, key=attempt.key)
    return Done({"reversed": got.reversed}) if isinstance(got, Reversed) else got


CONNECTORS = (
    Connector("giftcard.authorise", for_order(authorise), Repeat.BY_KEY),
    Connector("giftcard.redeem", for_order(redeem), Repeat.BY_KEY),
    Connector("giftcard.reverse", for_order(reverse), Repeat.BY_KEY),
)


async def _pay(path: str, attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    cards = _cards(order)
    if not cards:
        return Done({"state": "NONE"})
    body = {"order_id": order.key, "currency": order.currency.value, "cards": cards}
    got = await post(wire, path, body, Paid, key=attempt.key, refusals=REFUSALS)
    if not isinstance(got, Paid):
        return got
    return Done({name: value for name, value in msgspec.structs.asdict(got).items() if value})


def _cards(order: PurchaseOrder) -> list[dict[str, Any]]:
    """Number and amount of each gift card; a card without a number is the order's own voucher."""
    return [
        {"number": payment.instrument or order.key, "amount": payment.amount}
        for payment in order.payments
        if payment.method is PaymentMethod.GIFT_CARD and payment.amount > 0
    ]
