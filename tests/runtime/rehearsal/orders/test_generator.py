"""Generated orders: the same each time, plausible, and of the mix that was asked for."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from mtd.core.orders.purchase_order import Channel, DocumentKind, PaymentMethod, ShipmentMethod
from mtd.core.rut import plain_rut
from mtd.runtime.rehearsal.orders.generator import Mix, generate

UNTIL = datetime(2026, 3, 14, 15, tzinfo=UTC)
COUNT = 2_000


def test_the_same_seed_gives_the_same_orders() -> None:
    assert list(generate(5, 50, UNTIL)) == list(generate(5, 50, UNTIL))
    keys = {order.key for seed in (5, 6) for order in generate(seed, 50, UNTIL)}
    assert len(keys) == 100


def test_the_mix_is_kept() -> None:
    orders = list(generate(1, COUNT, UNTIL))
    stores = Counter(order.store for order in orders)
    assert stores["paris"] / COUNT == pytest.approx(0.6, abs=0.05)
    channels = Counter(order.channel for order in orders)
    assert channels[Channel.ECOMMERCE] / COUNT == pytest.approx(0.7, abs=0.05)
    invoices = sum(order.buyer_document.kind is DocumentKind.INVOICE for order in orders)
    assert invoices / COUNT == pytest.approx(0.15, abs=0.04)
    gifts = sum(
        any(paid.method is PaymentMethod.GIFT_CARD for paid in order.payments) for order in orders
    )
    assert gifts / COUNT == pytest.approx(0.10, abs=0.03)
    pickups = sum(order.shipment.method is ShipmentMethod.PICKUP for order in orders)
    assert pickups / COUNT == pytest.approx(0.25, abs=0.05)


def test_another_mix_may_be_asked_for() -> None:
    mix = Mix(stores=(("carters", 1),), channels=((Channel.PHONE, 1),), invoices=1, gift_cards=0)
    for order in generate(1, 50, UNTIL, mix):
        assert (order.store, order.channel) == ("carters", Channel.PHONE)
        assert order.buyer_document.kind is DocumentKind.INVOICE


def test_orders_are_plausible() -> None:
    for order in generate(2, 300, UNTIL):
        assert order.customer.tax_id
        assert plain_rut(order.customer.tax_id) == order.customer.tax_id
        assert UNTIL - timedelta(days=1) <= order.placed_at <= UNTIL
        assert timedelta(0) < order.promised_at - order.placed_at < timedelta(days=8)
