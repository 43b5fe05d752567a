"""Orders that might have been placed: seeded, plausible, valid; for the demo and the benches."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from mtd.core.money import Currency, rounded, total
from mtd.core.orders.dimensions import PaymentState
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
from mtd.core.orders.validation import goods
from mtd.core.rut import check_digit
from mtd.runtime.rehearsal.orders.assortment import (
    ARTICLES,
    BRANCHES,
    BUSINESS_LINES,
    COMMUNES,
    EMAIL_LETTERS,
    FIRST_NAMES,
    LAST_NAMES,
    STREETS,
)

T = TypeVar("T")

CHILE = ZoneInfo("America/Santiago")
VAT_FACTOR = Decimal("1.19")
FREE_SHIPPING_FROM = Decimal(39_990)
SHIPPING = Decimal(3_990)
PLACED_WITHIN_S = 24 * 3600
QUANTITIES = (1, 1, 1, 1, 2, 2, 3)
LINE_COUNTS = (1, 1, 2, 2, 3, 4)
SLOT_HOURS = ((9, 13), (13, 17), (17, 21))


class Mix(Struct, frozen=True):
    """Of what the orders are made: relative weights, and shares from 0 to 1."""

    stores: tuple[tuple[str, int], ...] = (("paris", 6), ("umbrale", 2), ("carters", 2))
    channels: tuple[tuple[Channel, int], ...] = (
        (Channel.ECOMMERCE, 7),
        (Channel.KIOSK, 2),
        (Channel.PHONE, 1),
    )
    invoices: float = 0.15
    gift_cards: float = 0.10
    pickups: float = 0.25
    discounted_lines: float = 0.20
    exempt: float = 0.0
    """Orders of which nothing is taxed."""


USUAL = Mix()


def generate(seed: int, count: int, until: datetime, mix: Mix = USUAL) -> Iterator[PurchaseOrder]:
    """`count` valid Chilean orders placed in the 24 hours before `until`; the same each time.

    Their external ids hold the seed, so that a run with another seed orders other things.
    """
    chance = Random(seed)  # noqa: S311 the same each time, on purpose
    for number in range(count):
        store = _chosen(chance, mix.stores)
        external_id = f"{store[:2].upper()}{seed}-{10_000 + number}"
        placed_at = until - timedelta(seconds=chance.randrange(PLACED_WITHIN_S))
        yield _order(chance, mix, store, external_id, placed_at.replace(microsecond=0))


def _order(
    chance: Random, mix: Mix, store: str, external_id: str, placed_at: datetime
) -> PurchaseOrder:
    customer = _customer(chance)
    branch = chance.choice(BRANCHES[store])
    lines = _lines(chance, mix, store, branch)
    shipment, promised_at = _shipment(chance, mix, customer, branch, placed_at)
    totals = _totals(lines, shipment.method)
    if mix.exempt and chance.random() < mix.exempt:
        lines, totals = _untaxed(lines, totals)
    channel = _chosen(chance, mix.channels)
    return PurchaseOrder(
        external_id=external_id,
        country="CL",
        currency=Currency.CLP,
        store=store,
        branch=branch,
        channel=channel,
        placed_at=placed_at,
        promised_at=promised_at,
        customer=customer,
        buyer_document=_document(chance, mix, customer),
        lines=lines,
        totals=totals,
        payments=_payments(chance, mix, channel, totals.grand_total),
        shipment=shipment,
        attributes={"campaign": "cyber"} if chance.random() < 0.1 else {},
    )


def _chosen(chance: Random, weights: tuple[tuple[T, int], ...]) -> T:
    things, weight = zip(*weights, strict=True)
    return chance.choices(things, weight)[0]


def _rut(chance: Random, first: int, last: int) -> str:
    number = chance.randrange(first, last)
    return f"{number}-{check_digit(number)}"


def _customer(chance: Random) -> Customer:
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    account = f"{first}.{last}{chance.randrange(1000)}".translate(EMAIL_LETTERS).lower()
    return Customer(
        name=f"{first} {last} {chance.choice(LAST_NAMES)}",
        tax_id=_rut(chance, 5_000_000, 26_000_000),
        email=f"{account}@correo.example",
        phone=f"+569{chance.randrange(30_000_000, 99_999_999)}",
        address=_address(chance),
    )


def _address(chance: Random) -> Address:
    commune, city, region, postal_code = chance.choice(COMMUNES)
    return Address(
        street=chance.choice(STREETS),
        number=str(chance.randrange(10, 9_900)),
        unit=f"Depto. {chance.randrange(101, 2_510)}" if chance.random() < 0.4 else None,
        commune=commune,
        city=city,
        region=region,
        postal_code=postal_code,
    )


def _document(chance: Random, mix: Mix, customer: Customer) -> BuyerDocument:
    if chance.random() >= mix.invoices:
        return BuyerDocument(kind=DocumentKind.RECEIPT, tax_id=customer.tax_id)
    return BuyerDocument(
        kind=DocumentKind.INVOICE,
        tax_id=_rut(chance, 76_000_000, 78_000_000),
        legal_name=f"{chance.choice(LAST_NAMES)} y {chance.choice(LAST_NAMES)} SpA",
        business_line=chance.choice(BUSINESS_LINES),
        address=_address(chance),
    )


def _lines(chance: Random, mix: Mix, store: str, branch: str) -> tuple[Line, ...]:
    articles = chance.sample(ARTICLES[store], chance.choice(LINE_COUNTS))
    return tuple(
        [
            _line(chance, mix, number, article, branch)
            for number, article in enumerate(articles, start=1)
        ]
    )


def _line(
    chance: Random, mix: Mix, number: int, article: tuple[str, str, int], branch: str
) -> Line:
    sku, description, price = article
    quantity = Decimal(chance.choice(QUANTITIES))
    percent = chance.choice((5, 10, 20, 30)) if chance.random() < mix.discounted_lines else 0
    return Line(
        line_no=number,
        sku=sku,
        description=description,
        quantity=quantity,
        unit_price=Decimal(price),
        discount=rounded(quantity * price * percent / 100, Currency.CLP),
        fulfilment_node=branch if chance.random() < 0.3 else f"{branch[:2]}-CD-PUDAHUEL",
    )


def _totals(lines: tuple[Line, ...], method: ShipmentMethod) -> Totals:
    of_goods = total(goods(line, Currency.CLP) for line in lines)
    discounts = total(line.discount for line in lines)
    at_home = method is ShipmentMethod.HOME_DELIVERY
    shipping = SHIPPING if at_home and of_goods < FREE_SHIPPING_FROM else Decimal(0)
    grand_total = of_goods - discounts + shipping
    net = rounded(grand_total / VAT_FACTOR, Currency.CLP)
    return Totals(
        net=net,
        tax=grand_total - net,
        discounts=discounts,
        shipping=shipping,
        grand_total=grand_total,
    )


def _untaxed(lines: tuple[Line, ...], totals: Totals) -> tuple[tuple[Line, ...], Totals]:
    """Books, say, that come without a charge: shipping is always taxed."""
    due = totals.grand_total - totals.shipping
    exempt = Totals(
        net=Decimal(0), exempt=due, tax=Decimal(0), discounts=totals.discounts, grand_total=due
    )
    return tuple(replace(line, tax_exempt=True) for line in lines), exempt


def _payments(chance: Random, mix: Mix, channel: Channel, due: Decimal) -> tuple[Payment, ...]:
    gift = _gift_payment(chance, due) if chance.random() < mix.gift_cards else None
    rest = due - gift.amount if gift else due
    given = (gift,) if gift else ()
    if not rest:
        return given
    by_card = channel is not Channel.PHONE or chance.random() < 0.5
    return (*given, _card_payment(chance, rest) if by_card else _transfer(rest))


def _gift_payment(chance: Random, due: Decimal) -> Payment:
    whole = chance.random() < 0.5
    return Payment(
        method=PaymentMethod.GIFT_CARD,
        amount=due if whole else rounded(due / 2, Currency.CLP),
        instrument=f"GC{chance.randrange(10**13, 10**14)}",
    )


def _card_payment(chance: Random, amount: Decimal) -> Payment:
    return Payment(
        method=PaymentMethod.CARD,
        amount=amount,
        instrument=f"tok_{chance.getrandbits(64):016x}",
        authorization_code=f"{chance.randrange(10**6):06d}",
        state=PaymentState.AUTHORIZED,
    )


def _transfer(amount: Decimal) -> Payment:
    return Payment(method=PaymentMethod.TRANSFER, amount=amount)


def _shipment(
    chance: Random, mix: Mix, customer: Customer, branch: str, placed_at: datetime
) -> tuple[Shipment, datetime]:
    """How the goods go, and until when they are promised: the end of that day or of its slot."""
    local = placed_at.astimezone(CHILE)
    if chance.random() < mix.pickups:
        promised_at = _at_hour(local + timedelta(days=chance.randrange(1, 3)), 20)
        return Shipment(method=ShipmentMethod.PICKUP, pickup_branch=branch), promised_at
    day = local + timedelta(days=chance.randrange(2, 7))
    opens, closes = chance.choice(SLOT_HOURS)
    slot = DeliverySlot(
        starts_at=_at_hour(day, opens),
        ends_at=_at_hour(day, closes),
    )
    carrier = chance.choice(("CHILEXPRESS", "STARKEN", "BLUEXPRESS"))
    shipment = Shipment(
        method=ShipmentMethod.HOME_DELIVERY,
        address=customer.address,
        slot=slot,
        carrier=carrier,
    )
    return shipment, slot.ends_at


def _at_hour(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0).astimezone(UTC)
