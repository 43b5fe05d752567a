"""What is asked for: one tax document of one order, in no country's words."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from mtd.core.money import Currency


class FiscalKind(StrEnum):
    """The kinds of document that every country of the table has."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    DISPATCH = "dispatch"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"


class TaxCategory(StrEnum):
    """How a line stands to the value-added tax."""

    STANDARD = "standard"
    EXEMPT = "exempt"
    OUT_OF_SCOPE = "out_of_scope"
    """The tax does not reach it (Peru's inafecto); where a country makes no difference, exempt."""


class Direction(StrEnum):
    """Whether an allowance lowers or raises the amount."""

    DISCOUNT = "discount"
    SURCHARGE = "surcharge"


class Correction(StrEnum):
    """What a note does to the document that it refers to."""

    ANNULS = "annuls"
    CORRECTS_TEXT = "corrects_text"
    CORRECTS_AMOUNTS = "corrects_amounts"


class PaymentMeans(StrEnum):
    """What was paid with."""

    CARD = "card"
    CASH = "cash"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    GIFT_CARD = "gift_card"
    OTHER = "other"


class Transfer(StrEnum):
    """Why goods move under a dispatch document."""

    SALE = "sale"
    SALE_TO_COME = "sale_to_come"
    CONSIGNMENT = "consignment"
    FREE_DELIVERY = "free_delivery"
    INTERNAL = "internal"
    OTHER = "other"
    RETURN = "return"


class Carriage(StrEnum):
    """On whose account the goods are carried."""

    BUYER = "buyer"
    ISSUER_TO_BUYER = "issuer_to_buyer"
    ISSUER_ELSEWHERE = "issuer_elsewhere"


class Place(Struct, frozen=True, kw_only=True):
    """An address as a tax document writes it."""

    street: str = ""
    district: str = ""
    """Chile's comuna, Peru's distrito."""
    city: str = ""


class Buyer(Struct, frozen=True, kw_only=True):
    """To whom the document is made out."""

    tax_id: str
    tax_id_scheme: str = ""
    """The country's own where empty: RUT in Chile, RUC in Peru."""
    name: str = ""
    business_line: str = ""
    place: Place = Place()
    email: str = ""
    contact: str = ""


class Allowance(Struct, frozen=True, kw_only=True):
    """A discount or surcharge of a line, or of all lines of one category: percent or amount."""

    direction: Direction = Direction.DISCOUNT
    percent: Decimal | None = None
    amount: Decimal | None = None
    category: TaxCategory = TaxCategory.STANDARD
    """Of a whole document's allowance; a line's is the line's own."""
    reason: str = ""


class ItemCode(Struct, frozen=True):
    """An article's code under a scheme, such as EAN13."""

    scheme: str
    code: str


class RequestLine(Struct, frozen=True, kw_only=True):
    """One article or service."""

    description: str
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Decimal = Decimal(0)
    price_includes_tax: bool = False
    category: TaxCategory = TaxCategory.STANDARD
    allowances: tuple[Allowance, ...] = ()
    detail: str = ""
    codes: tuple[ItemCode, ...] = ()


class Payment(Struct, frozen=True, kw_only=True):
    """How much was, or is to be, paid and with what."""

    means: PaymentMeans
    amount: Decimal
    due_on: date | None = None
    """None when it was paid with the sale."""


class Reference(Struct, frozen=True, kw_only=True):
    """Another document that this one rests on or, with `correction`, corrects."""

    type_code: str
    """The country's own code of that type of document, such as 39 or 801."""
    number: str = ""
    issued_on: date | None = None
    correction: Correction | None = None
    reason: str = ""
    issuer_tax_id: str = ""
    """Only of a document that somebody else issued."""
    covers_many: bool = False
    """True when it stands for more documents of this type than can be named."""


class Transport(Struct, frozen=True, kw_only=True):
    """Who carries goods, in what and when."""

    vehicle_plate: str = ""
    trailer_plate: str = ""
    carrier_tax_id: str = ""
    driver_tax_id: str = ""
    driver_name: str = ""
    destination: Place = Place()
    departs_at: datetime | None = None
    arrives_on: date | None = None


class Dispatch(Struct, frozen=True, kw_only=True):
    """Why and how goods move."""

    transfer: Transfer
    carriage: Carriage | None = None
    transport: Transport = Transport()


class FiscalRequest(Struct, frozen=True, kw_only=True):
    """One tax document asked for; the same request plans the same document for ever."""

    country: str
    """ISO 3166-1 alpha-2."""
    issuer: str
    """Key of the issuer in the settings; its tax identity is not the order's affair."""
    order: str
    kind: FiscalKind
    occurred_at: datetime
    """With offset. The document's date is this moment's in the country's time zone."""
    currency: Currency
    lines: tuple[RequestLine, ...]
    buyer: Buyer | None = None
    """None: nobody in particular, where the country allows it."""
    allowances: tuple[Allowance, ...] = ()
    payments: tuple[Payment, ...] = ()
    references: tuple[Reference, ...] = ()
    dispatch: Dispatch | None = None
    mail: str = ""
    """Where the document goes; empty when nobody asked for it."""
