"""Orders for the tests: one that is plain, and a strategy for every other."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from mtd.core.money import Currency
from mtd.core.orders.dimensions import PaymentState
from mtd.core.orders.mapping import Mapping, read_mapping
from mtd.core.orders.purchase_order import (
    Address,
    BuyerDocument,
    Channel,
    Customer,
    DeliverySlot,
    DocumentKind,
    Line,
    Payment,
    PaymentMethod,
    PurchaseOrder,
    Shipment,
    ShipmentMethod,
    Totals,
)

PLACED_AT = datetime(2026, 3, 14, 13, 22, 5, tzinfo=UTC)
ADDRESS = Address(street="Av. Providencia", commune="Ñuñoa", city="Santiago", region="RM")
MAPPINGS_FOLDER = Path(__file__).parents[3] / "customers" / "mappings"


def shipped_mappings() -> list[Mapping]:
    """The mappings of the three stores, as they are delivered."""
    files = sorted(MAPPINGS_FOLDER.glob("*.toml"))
    if not files:
        pytest.skip("no customers/mappings in this checkout")
    return [read_mapping(file.read_text("utf-8"), file.name) for file in files]


def plain_order(**changes: Any) -> PurchaseOrder:
    """A valid order of two shirts, with `changes` to its own fields."""
    fields: dict[str, Any] = {
        "external_id": "PW-10023",
        "country": "CL",
        "currency": Currency.CLP,
        "store": "paris",
        "branch": "PA-COSTANERA",
        "channel": Channel.ECOMMERCE,
        "placed_at": PLACED_AT,
        "promised_at": PLACED_AT + timedelta(days=3),
        "customer": Customer(
            name="Ana Peña",
            tax_id="12.345.678-5",
            email="Ana@correo.example",
            phone="+56 9 12345678",
        ),
        "buyer_document": BuyerDocument(kind=DocumentKind.RECEIPT),
        "lines": (plain_line(),),
        "totals": Totals(
            net=Decimal(10_000),
            tax=Decimal(1_900),
            discounts=Decimal(100),
            grand_total=Decimal(11_900),
        ),
        "payments": (Payment(method=PaymentMethod.CARD, amount=Decimal(11_900)),),
        "shipment": Shipment(method=ShipmentMethod.HOME_DELIVERY, address=ADDRESS),
    }
    return PurchaseOrder(**(fields | changes))


def plain_line(**changes: Any) -> Line:
    """Two shirts for 12,000 less 100."""
    fields: dict[str, Any] = {
        "line_no": 1,
        "sku": "PA-1",
        "description": "Polera",
        "quantity": Decimal(2),
        "unit_price": Decimal(6_000),
        "discount": Decimal(100),
    }
    return Line(**(fields | changes))


def _texts(size_max: int) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))
    return st.text(letters, min_size=1, max_size=size_max).map(str.strip).filter(bool)


texts = _texts(20)
identifiers = texts.map(lambda text: "".join(text.split())).filter(bool)
moments = st.datetimes(datetime(2001, 1, 1), datetime(2199, 12, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
addresses = st.builds(
    Address,
    street=texts,
    number=st.none() | texts,
    unit=st.none() | texts,
    commune=texts,
    city=texts,
    region=texts,
    postal_code=st.none() | texts,
)
maybe_address = st.none() | addresses


@st.composite
def orders(
    draw: st.DrawFn, store: str = "paris", currency: Currency | None = None
) -> PurchaseOrder:
    """Any order that can be read, sensible or not: of `store`, in `currency` or any."""
    chosen = currency or draw(st.sampled_from(Currency))
    amounts = st.integers(0, 10**14).map(lambda units: Decimal(units) * chosen.unit)
    some = partial(st.lists, max_size=3)
    return PurchaseOrder(
        order_id=draw(st.none() | identifiers),
        external_id=draw(identifiers),
        country="CL",
        currency=chosen,
        store=store,
        branch=draw(identifiers),
        channel=draw(st.sampled_from(Channel)),
        placed_at=draw(moments),
        promised_at=draw(moments),
        customer=draw(
            st.builds(
                Customer,
                name=texts,
                tax_id=st.none() | identifiers,
                email=st.none() | texts,
                phone=st.none() | texts,
                address=maybe_address,
            )
        ),
        buyer_document=draw(
            st.builds(
                BuyerDocument,
                kind=st.sampled_from(DocumentKind),
                tax_id=st.none() | identifiers,
                legal_name=st.none() | texts,
                business_line=st.none() | texts,
                address=maybe_address,
            )
        ),
        lines=tuple(draw(some(_lines(amounts), min_size=1))),
        totals=draw(
            st.builds(
                Totals,
                net=amounts,
                exempt=amounts,
                tax=amounts,
                discounts=amounts,
                shipping=amounts,
                grand_total=amounts,
            )
        ),
        payments=tuple(draw(some(_payments(amounts), min_size=1))),
        shipment=draw(
            st.builds(
                Shipment,
                method=st.sampled_from(ShipmentMethod),
                address=maybe_address,
                pickup_branch=st.none() | identifiers,
                slot=st.none() | st.builds(DeliverySlot, starts_at=moments, ends_at=moments),
                carrier=st.none() | identifiers,
            )
        ),
        attributes=draw(st.dictionaries(identifiers, texts, max_size=3)),
    )


def _lines(amounts: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Line]:
    return st.builds(
        Line,
        line_no=st.integers(1, 1_000),
        sku=identifiers,
        description=texts,
        quantity=st.integers(1, 10**9).map(lambda thousandths: Decimal(thousandths) / 1000),
        unit_price=amounts,
        discount=amounts,
        tax_exempt=st.booleans(),
        digital=st.booleans(),
        fulfilment_node=st.none() | identifiers,
    )


def _payments(amounts: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Payment]:
    return st.builds(
        Payment,
        method=st.sampled_from(PaymentMethod),
        amount=amounts,
        instrument=st.none() | identifiers,
        authorization_code=st.none() | identifiers,
        state=st.sampled_from(PaymentState),
    )
