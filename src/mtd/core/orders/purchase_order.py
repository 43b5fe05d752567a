"""The purchase order as every part of MTD sees it, whatever the file it came in."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from mtd.core.money import Currency
from mtd.core.orders.dimensions import PaymentState

SCHEMA_VERSION = 1
LINES_MAX = 1_000
PAYMENTS_MAX = 20
ATTRIBUTES_MAX = 100
IDENTIFIER_MAX = 200
TEXT_MAX = 500

UNPRINTABLE = r"\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
"""Controls, line breaks, marks that turn the reading direction, and what XML cannot carry."""

Identifier = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=IDENTIFIER_MAX,
        pattern=rf"^[^\s{UNPRINTABLE}]+(?![\s\S])",
        description="1–200 printable characters without spaces",
    ),
]
Text = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=TEXT_MAX,
        pattern=rf"^(?=[\s\S]*\S)[^{UNPRINTABLE}]+(?![\s\S])",
        description="1–500 printable characters on one line, not only spaces",
    ),
]
Slug = Annotated[
    str,
    Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}(?![\s\S])", description="a name in small letters"),
]
CountryCode = Annotated[str, Meta(pattern=r"^[A-Z]{2}(?![\s\S])", description="ISO 3166-1 alpha-2")]
Amount = Annotated[Decimal, Meta(description="money of the order's currency, never negative")]
Quantity = Annotated[Decimal, Meta(description="more than zero, at most three decimals")]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339 with offset; kept in UTC")]


class Channel(StrEnum):
    """Where the customer bought."""

    ECOMMERCE = "ecommerce"
    KIOSK = "kiosk"
    PHONE = "phone"


class DocumentKind(StrEnum):
    """The tax document that the buyer asked for: boleta or factura."""

    RECEIPT = "RECEIPT"
    INVOICE = "INVOICE"


class PaymentMethod(StrEnum):
    """What the customer paid with."""

    CARD = "card"
    GIFT_CARD = "gift_card"
    TRANSFER = "transfer"
    CASH = "cash"


class ShipmentMethod(StrEnum):
    """How the goods reach the customer."""

    HOME_DELIVERY = "home_delivery"
    PICKUP = "pickup"


class Address(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A postal address; `commune` and `region` are Chile's comuna and región."""

    street: Text
    number: Text | None = None
    unit: Text | None = None
    commune: Text
    city: Text
    region: Text
    postal_code: Text | None = None


class Customer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who bought; a kiosk's customer may leave nothing but a name."""

    name: Text
    tax_id: Identifier | None = None
    email: Text | None = None
    phone: Text | None = None
    address: Address | None = None


class BuyerDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tax document asked for and, for an `INVOICE`, to whom it is made out."""

    kind: DocumentKind
    tax_id: Identifier | None = None
    legal_name: Text | None = None
    business_line: Text | None = None
    """Giro."""
    address: Address | None = None


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article. Prices and discounts include the tax, as the customer saw them."""

    line_no: Annotated[int, Meta(ge=1, le=LINES_MAX)]
    sku: Identifier
    description: Text
    quantity: Quantity
    unit_price: Amount
    discount: Amount = Decimal(0)
    """Of the whole line, not of one unit."""
    tax_exempt: bool = False
    digital: bool = False
    """Delivered without a shipment (a subscription, a gift card)."""
    fulfilment_node: Identifier | None = None


class Totals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """net + exempt + tax = grand_total; goods − discounts + shipping = grand_total."""

    net: Amount
    exempt: Amount = Decimal(0)
    tax: Amount
    discounts: Amount = Decimal(0)
    """Of the lines and of the whole order together."""
    shipping: Amount = Decimal(0)
    """Tax included."""
    grand_total: Amount


class Payment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One means of payment and its share of the grand total."""

    method: PaymentMethod
    amount: Amount
    instrument: Identifier | None = None
    """Number of the gift card, or the payment gateway's token of the card; never a card number."""
    authorization_code: Identifier | None = None
    state: PaymentState = PaymentState.PENDING


class DeliverySlot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The window in which the customer expects the goods."""

    starts_at: Moment
    ends_at: Moment


class Shipment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the goods go: an `address` for home delivery, a `pickup_branch` for pickup."""

    method: ShipmentMethod
    address: Address | None = None
    pickup_branch: Identifier | None = None
    slot: DeliverySlot | None = None
    carrier: Identifier | None = None


class PurchaseOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer's order at a store (reference processes §5.5); `key` is its identity."""

    order_id: Identifier | None = None
    """The number the customer sees, where it differs from `external_id`; machines use `key`."""
    external_id: Identifier
    """The channel's own number, unique within country, store and channel."""
    country: CountryCode
    currency: Currency
    store: Slug
    branch: Identifier
    channel: Channel
    placed_at: Moment
    promised_at: Moment
    customer: Customer
    buyer_document: BuyerDocument
    lines: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=LINES_MAX)]
    totals: Totals
    payments: Annotated[tuple[Payment, ...], Meta(min_length=1, max_length=PAYMENTS_MAX)]
    shipment: Shipment
    attributes: Annotated[dict[Identifier, Text], Meta(max_length=ATTRIBUTES_MAX)] = {}
    schema_version: Annotated[int, Meta(ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION

    @property
    def key(self) -> str:
        """The idempotency key, such as `CL/paris/ecommerce/PW-10023`."""
        return f"{self.country}/{self.store}/{self.channel}/{self.external_id}"
