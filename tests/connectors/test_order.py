"""Services on the order itself: a sale must have been paid, in its country's money."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from mtd.connectors import CONNECTORS
from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Wires
from mtd.core.money import Currency
from mtd.core.orders.dimensions import PaymentState
from mtd.core.orders.purchase_order import (
    BuyerDocument,
    DocumentKind,
    Payment,
    PaymentMethod,
    PurchaseOrder,
)
from mtd.core.process.outcome import Answer, Done, Refused
from tests.connectors.conversation import today
from tests.core.orders.examples import plain_order


async def validated(order: PurchaseOrder) -> Answer:
    attempt = Attempt(key="k", order=order, inputs={}, number=1, sent_before=False)
    wires = Wires({}, environment={}, now=today)
    try:
        return await CONNECTORS["order.validate_sale"].run(attempt, wires.none)
    finally:
        await wires.close()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payments": (Payment(method=PaymentMethod.CARD, amount=Decimal(11_900)),)}, "payments"),
        ({"currency": Currency.PEN}, "currency"),
        ({"buyer_document": BuyerDocument(kind=DocumentKind.RECEIPT, tax_id="1-1")}, "tax_id"),
    ],
)
async def test_a_sale_comes_in_paid_in_its_countrys_money_with_its_tax_id(
    changes: dict[str, Any], field: str
) -> None:
    paid = tuple(replace(p, state=PaymentState.CAPTURED) for p in plain_order().payments)
    assert isinstance(await validated(plain_order(payments=paid)), Done)
    answer = await validated(plain_order(**{"payments": paid, **changes}))
    assert isinstance(answer, Refused) and answer.code == "SALE_INVALID"
    assert field in answer.message
