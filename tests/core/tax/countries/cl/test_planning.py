"""Plans of all seven types: exact totals, and every fault at once before a folio is taken."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mtd.core.tax.countries.cl.parts import inside, named, value, whole
from mtd.core.tax.countries.cl.pesos import net_of_gross, tax_of_net
from mtd.core.tax.countries.cl.planning import numbered, type_of
from mtd.core.tax.issuing import FiscalPlan, FiscalTotals
from mtd.core.tax.request import (
    Allowance,
    Correction,
    Direction,
    Dispatch,
    Payment,
    PaymentMeans,
    Reference,
    TaxCategory,
    Transfer,
)
from tests.core.tax.countries.cl.asking import (
    BUYER,
    EVERY_TYPE,
    TRANSPORT,
    guide,
    invoice,
    line,
    note,
    planned,
    receipt,
    refused,
)

RATE = Decimal(19)
PRICES = st.integers(1, 2_000_000)
QUANTITIES = st.decimals("0.001", 500, places=3)


def _totals(net: int, tax: int, exempt: int = 0) -> FiscalTotals:
    return FiscalTotals(
        net=Decimal(net),
        exempt=Decimal(exempt),
        tax=Decimal(tax),
        total=Decimal(net + tax + exempt),
        tax_rate=RATE if tax else Decimal(0),
    )


def _header(plan: FiscalPlan, *path: str) -> str:
    return value(plan.content, "Encabezado", *path)


@pytest.mark.parametrize("code", EVERY_TYPE)
def test_every_type_is_planned(code: str) -> None:
    plan = planned(EVERY_TYPE[code])
    assert plan.type_code == code
    assert _header(plan, "IdDoc", "TipoDTE") == code
    assert _header(plan, "IdDoc", "FchEmis") == "2026-11-27"
    assert int(_header(plan, "Totales", "MntTotal")) == plan.totals.total
    assert plan.warnings == ()


def test_a_boleta_s_tax_is_what_its_net_leaves() -> None:
    assert planned(receipt(line(86_710))).totals == _totals(72_866, 13_844)
    assert planned(receipt(line(680))).totals == _totals(571, 109)


def test_an_invoice_s_tax_follows_from_its_net() -> None:
    assert planned(invoice(line(1350, gross=False))).totals == _totals(1350, 257)


def test_an_invoice_from_gross_prices_says_so() -> None:
    plan = planned(invoice(line(11_900)))
    assert plan.totals == _totals(10_000, 1_900)
    assert _header(plan, "IdDoc", "MntBruto") == "1"
    assert named(plan.content, "DscRcgGlobal") == []


def test_a_gross_amount_without_a_net_is_rounded_in_the_open() -> None:
    """No net bears 680 pesos at 19 %: one of them is exempt, and both moves are told."""
    gross = next(g for g in range(1, 50) if net_of_gross(g, RATE) * 119 and _without_net(g))
    plan = planned(invoice(line(gross)))
    assert plan.totals.total == gross
    assert plan.totals.exempt == 1
    moves = named(plan.content, "DscRcgGlobal")
    assert [value(move.parts, "TpoMov") for move in moves] == ["D", "R"]
    assert [value(move.parts, "IndExeDR") for move in moves] == ["", "1"]


def _without_net(gross: int) -> bool:
    net = net_of_gross(gross, RATE)
    return net + tax_of_net(net, RATE) != gross


@given(PRICES, QUANTITIES)
def test_an_invoice_comes_to_what_was_paid_by_the_format_s_own_rules(
    price: int, quantity: Decimal
) -> None:
    paid = planned(receipt(line(price, str(quantity))), None).totals.total
    totals = planned(invoice(line(price, str(quantity)))).totals
    assert totals.total == paid
    assert totals.tax == tax_of_net(int(totals.net), RATE)
    assert totals.exempt in (0, 1)


@given(st.lists(st.tuples(PRICES, QUANTITIES, st.booleans()), min_size=1, max_size=60))
def test_sums_hold_to_the_peso(lines: list[tuple[int, Decimal, bool]]) -> None:
    asked = receipt(*(line(p, str(q), exempt=e) for p, q, e in lines))
    plan = planned(asked, None)
    amounts = [whole(part.parts, "MontoItem") for part in named(plan.content, "Detalle")]
    totals = plan.totals
    assert totals.total == sum(amounts)
    assert totals.net + totals.tax + totals.exempt == totals.total
    assert totals.net == net_of_gross(int(totals.net + totals.tax), RATE)


def test_line_allowances_act_on_the_rounded_line() -> None:
    off = Allowance(percent=Decimal("12.5"))
    more = Allowance(direction=Direction.SURCHARGE, amount=Decimal(100))
    plan = planned(receipt(line("333.3", 3, allowances=(off, more))))
    detail = inside(plan.content, "Detalle")
    assert whole(detail, "DescuentoMonto") == 125  # 12.5 % of 1,000
    assert value(detail, "DescuentoPct") == "12.5"
    assert whole(detail, "RecargoMonto") == 100
    assert whole(detail, "MontoItem") == 975
    assert [str(r.exact) for r in plan.rounding] == ["999.9", str(Decimal(97500) / 119)]


def test_document_allowances_act_on_their_category() -> None:
    off = Allowance(percent=Decimal(10), reason="Cliente frecuente")
    fee = Allowance(
        direction=Direction.SURCHARGE,
        amount=Decimal(50),
        category=TaxCategory.EXEMPT,
        reason="Bolsa",
    )
    asked = receipt(line(10_000), line(500, exempt=True), allowances=(off, fee))
    totals = planned(asked).totals
    assert (totals.net + totals.tax, totals.exempt) == (9_000, 550)


def test_a_note_that_corrects_text_moves_no_money() -> None:
    asked = note(
        line(0, description="Dice: Los Leones; debe decir: Los Leones 55"),
        correction=Correction.CORRECTS_TEXT,
    )
    plan = planned(asked)
    assert plan.totals == FiscalTotals()
    assert value(plan.content, "Referencia", "CodRef") == "2"
    assert [part.name for part in inside(plan.content, "Encabezado", "Totales")] == ["MntTotal"]


def test_a_reference_to_many_has_folio_zero() -> None:
    many = Reference(type_code="52", covers_many=True, issued_on=date(2026, 11, 1), reason="Guías")
    plan = planned(invoice(line(10), references=(many,)))
    assert value(plan.content, "Referencia", "FolioRef") == "0"
    assert value(plan.content, "Referencia", "IndGlobal") == "1"


def test_the_kind_is_exempt_when_nothing_is_taxed() -> None:
    assert type_of(receipt(line(1, exempt=True))) == "41"
    assert type_of(receipt(line(1, exempt=True), line(1))) == "39"
    assert type_of(invoice(line(1, exempt=True))) == "34"


def test_payment_decides_the_form_of_payment() -> None:
    later = Payment(means=PaymentMeans.TRANSFER, amount=Decimal(10), due_on=date(2026, 12, 27))
    on_credit = planned(invoice(line(10), payments=(later,)))
    assert _header(on_credit, "IdDoc", "FmaPago") == "2"
    assert _header(on_credit, "IdDoc", "FchVenc") == "2026-12-27"
    assert _header(planned(invoice(line(10))), "IdDoc", "FmaPago") == "1"
    assert _header(planned(invoice(line(10), payments=())), "IdDoc", "FmaPago") == "2"
    assert _header(planned(receipt(line(10))), "IdDoc", "FmaPago") == ""


def test_since_november_2026_a_guide_tells_its_transport() -> None:
    plan = planned(guide(line(11_900)))
    transport = inside(plan.content, "Encabezado", "Transporte")
    assert [part.name for part in transport] == [
        "Patente", "RUTTrans", "Chofer", "DirDest", "CmnaDest", "CiudadDest",
        "FchSalida", "HraSalida", "FchLlegada",
    ]  # fmt: skip
    assert value(transport, "HraSalida") == "13:30:00"  # UTC−3
    bare = guide(line(11_900), dispatch=Dispatch(transfer=Transfer.SALE))
    assert refused(bare) == ["Transporte: is missing"]
    without = replace(TRANSPORT, departs_at=None, vehicle_plate="", carrier_tax_id="")
    asked = guide(line(1), dispatch=Dispatch(transfer=Transfer.SALE, transport=without))
    assert refused(asked) == [
        "Transporte/Patente: is missing",
        "Transporte/RUTTrans: is missing",
        "Transporte/FchSalida: is missing",
        "Transporte/HraSalida: is missing",
    ]


def test_before_november_2026_it_need_not() -> None:
    october = datetime(2026, 11, 1, 2, 59, tzinfo=UTC)  # 23:59 of 31 October in Chile
    bare = guide(line(11_900), dispatch=Dispatch(transfer=Transfer.SALE), occurred_at=october)
    assert planned(bare).type_code == "52"


def test_a_guide_writes_net_prices() -> None:
    plan = planned(guide(line(1_000, 3)))
    assert value(plan.content, "Detalle", "PrcItem") == "840.336134"
    assert plan.totals == _totals(2_521, 479)


def test_above_135_uf_a_boleta_names_its_buyer() -> None:
    uf = Decimal(40_000)
    dear = receipt(line(5_400_001))
    assert refused(dear, uf=uf) == [
        "Receptor/RUTRecep: above 135 UF names its buyer",
        "payments: above 135 UF needs the means of payment",
    ]
    paid = (Payment(means=PaymentMeans.CARD, amount=Decimal(5_400_001)),)
    assert planned(replace(dear, buyer=BUYER, payments=paid), uf).warnings == ()
    assert planned(receipt(line(5_400_000)), uf).warnings == ()
    assert [w.field for w in planned(dear, None).warnings] == ["Totales/MntTotal"]


def test_a_long_name_goes_on_in_the_description() -> None:
    name = "Zapatilla " * 12
    plan = planned(receipt(line(10, description=name, detail="roja")))
    assert value(plan.content, "Detalle", "NmbItem") == name[:80].strip()
    assert value(plan.content, "Detalle", "DscItem") == f"{name.strip()} roja"


def test_what_is_cut_leaves_a_warning() -> None:
    plan = planned(invoice(line(10), buyer=replace(BUYER, business_line="y" * 41)))
    assert [str(w) for w in plan.warnings] == ["GiroRecep: was cut to 40 characters"]
    assert _header(plan, "Receptor", "GiroRecep") == "y" * 40


def test_the_folio_takes_its_place() -> None:
    parts = numbered(planned(EVERY_TYPE["39"]).content, 123)
    document = inside(parts, "Encabezado", "IdDoc")
    assert [part.name for part in document][:2] == ["TipoDTE", "Folio"]
    assert value(document, "Folio") == "123"
