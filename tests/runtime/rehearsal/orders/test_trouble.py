"""The scripted trouble: every kind happens, no order gets two, and files are what they claim."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from mtd.core.orders.flaw import Unreadable
from mtd.core.orders.json import fingerprint
from mtd.core.orders.purchase_order import PaymentMethod, PurchaseOrder
from mtd.core.orders.xml import read_xml
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.orders.trouble import Trouble, arrivals, script
from tests.core.orders.examples import shipped_mappings

UNTIL = datetime(2026, 3, 14, 15, tzinfo=UTC)


def test_every_trouble_happens_and_most_orders_have_none() -> None:
    orders = list(generate(1, 500, UNTIL))
    counted = Counter(script(orders, 1).values())
    assert set(counted) == set(Trouble)
    assert counted[Trouble.UNDELIVERABLE_FILE] == 1
    assert counted.total() < 50
    assert script(orders, 1) == script(orders, 1) != script(orders, 2)


def test_few_orders_get_little_trouble() -> None:
    for count in range(12):
        troubled = script(list(generate(1, count, UNTIL)), 1)
        assert len(troubled) <= count // 2
        assert 0 not in troubled


@pytest.mark.parametrize(("seed", "count"), [(3, 500), *((seed, 12) for seed in range(20))])
def test_the_files_are_what_they_claim(seed: int, count: int) -> None:
    orders = list(generate(seed, count, UNTIL))
    mappings = shipped_mappings()
    files = list(arrivals(orders, mappings, seed))
    assert len({file.file_name for file in files}) == len(orders)
    earlier: dict[str, str] = {}
    for order, file in zip(orders, files, strict=True):
        country, store, channel, _ = file.file_name.split("/")
        assert file.order_key.startswith(f"{country}/{store}/{channel}/")
        read = read_xml(file.body, mappings, store)
        assert isinstance(read, Unreadable) == (file.trouble is Trouble.MALFORMED_FILE)
        if isinstance(read, PurchaseOrder):
            assert read.key == file.order_key
            if file.trouble in (Trouble.DUPLICATE, Trouble.DUPLICATE_CHANGED):
                same = earlier[read.key] == fingerprint(read)
                assert same == (file.trouble is Trouble.DUPLICATE)
            else:
                assert read == order
                assert read.key not in earlier
                earlier[read.key] = fingerprint(read)
        if file.trouble is Trouble.GIFT_CARD_DECLINED:
            assert PaymentMethod.GIFT_CARD in {paid.method for paid in order.payments}
