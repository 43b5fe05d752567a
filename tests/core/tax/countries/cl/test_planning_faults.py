"""Requests that make no lawful document: every fault at once, by field and line."""

import tracemalloc
from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from mtd.core.money import Currency
from mtd.core.tax.countries.cl.planning import plan
from mtd.core.tax.issuing import FiscalPlan
from mtd.core.tax.request import (
    Allowance,
    Buyer,
    Correction,
    Direction,
    FiscalKind,
    FiscalRequest,
    Reference,
)
from tests.core.tax.countries.cl.asking import (
    BUYER,
    ISSUER,
    TRANSPORT,
    guide,
    invoice,
    line,
    note,
    receipt,
    refused,
)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (receipt(), "Detalle: is missing"),
        (receipt(line(10, 0)), "Detalle/QtyItem, line 1: is 0, not above 0"),
        (receipt(line(10), line("NaN")), "Detalle/PrcItem, line 2: is NaN, not a number from 0"),
        (
            receipt(line("1.1234567")),
            "Detalle/PrcItem, line 1: is 1.1234567, finer than 6 decimals",
        ),
        (
            receipt(line(10, gross=False)),
            "Detalle/PrcItem, line 1: must include the tax in a boleta",
        ),
        (
            receipt(line(10, allowances=(Allowance(amount=Decimal(11)),))),
            "Detalle/DescuentoMonto, line 1: is 11, more than the line's 10",
        ),
        (
            receipt(line(10), allowances=(Allowance(amount=Decimal(11)),)),
            "DscRcgGlobal/ValorDR: discounts more than there is to be discounted",
        ),
        (
            receipt(line(10), allowances=(Allowance(),)),
            "DscRcgGlobal/ValorDR, line 1: needs either a percentage or an amount",
        ),
        (
            receipt(line(10), allowances=(Allowance(percent=Decimal(101)),)),
            "DscRcgGlobal/ValorDR, line 1: is 101 %, not above 0 and up to 100 %",
        ),
        (receipt(line(10, description="")), "Detalle/NmbItem, line 1: is missing"),
        (receipt(*[line(1)] * 1_001), "Detalle, line 1001: is there more than 1000 times"),
        (invoice(*[line(1)] * 61), "Detalle, line 61: is there more than 60 times"),
        (invoice(line(10), buyer=None), "Receptor/RUTRecep: is missing"),
        (
            invoice(line(10), buyer=Buyer(tax_id="1-2", name="x")),
            "Receptor/RUTRecep: is '1-2', not a RUT with its check digit (v2.2 field 50, p. 17)",
        ),
        (
            invoice(line(10), buyer=replace(BUYER, business_line="")),
            "Receptor/GiroRecep: is missing",
        ),
        (
            invoice(line(10), line(10, gross=False)),
            "Detalle/PrcItem, line 2: must include the tax if the first line's does, and only then",
        ),
        (note(line(10), references=()), "Referencia: is missing"),
        (
            note(line(10), correction=Correction.CORRECTS_TEXT),
            "Detalle/MontoItem, line 1: must be 0 where CodRef is 2",
        ),
        (
            note(line(10), references=(Reference(type_code="33", number="x"),)),
            "Referencia/FolioRef, line 1: is no folio of a tax document",
        ),
        (
            guide(line(10), allowances=(Allowance(amount=Decimal(1)),)),
            "DscRcgGlobal, line 1: does not belong in this document (p. 9)",
        ),
        (guide(line(10), dispatch=None), "IdDoc/IndTraslado: is missing"),
        (
            receipt(line(10), currency=Currency.USD),
            "currency: is USD, where CLP is meant",
        ),
        (
            receipt(line(10), occurred_at=datetime(2026, 1, 1)),  # noqa: DTZ001 that is the fault
            "IdDoc/FchEmis: needs a moment with its offset",
        ),
    ],
)
def test_a_fault_names_field_and_line(asked: FiscalRequest, fault: str) -> None:
    assert fault.removeprefix(": ") in refused(asked)


def test_every_fault_is_told_at_once() -> None:
    broken = replace(ISSUER, rut="1-1", activities=(), business_line="")
    asked = invoice(line(10, description=""), line(10), buyer=replace(BUYER, name=""))
    assert refused(asked, broken) == [
        "Emisor/RUTEmisor: is '1-1', not a RUT with its check digit (v2.2 field 32, p. 15)",
        "Emisor/GiroEmis: is missing",
        "Emisor/Acteco: is missing",
        "Receptor/RznSocRecep: is missing",
        "Detalle/NmbItem, line 1: is missing",
    ]


def test_a_figure_that_is_none_hides_no_other_fault() -> None:
    broken = replace(ISSUER, activities=())
    off = (Allowance(),)
    asked = invoice(line("NaN", description=""), line(1), buyer=None, allowances=off)
    assert refused(replace(asked, payments=()), broken) == [
        "Detalle/PrcItem, line 1: is NaN, not a number from 0",
        "DscRcgGlobal/ValorDR, line 1: needs either a percentage or an amount",
        "Emisor/Acteco: is missing",
        "Receptor/RUTRecep: is missing",
        "Receptor/RznSocRecep: is missing",
        "Receptor/GiroRecep: is missing",
        "Receptor/DirRecep: is missing",
        "Receptor/CmnaRecep: is missing",
        "Detalle/NmbItem, line 1: is missing",
    ]


def test_a_note_that_annuls_names_one_document_only() -> None:
    two = (
        Reference(type_code="33", number="1", correction=Correction.ANNULS),
        Reference(type_code="33", number="2", correction=Correction.ANNULS),
    )
    message = "Referencia/CodRef: a note that annuls or corrects text names one only"
    assert message in refused(note(line(10), references=two))


ANNULS, TEXT = Correction.ANNULS, Correction.CORRECTS_TEXT
CREDIT, DEBIT = FiscalKind.CREDIT_NOTE, FiscalKind.DEBIT_NOTE


@pytest.mark.parametrize(
    ("kind", "correction", "of", "fault"),
    [
        (DEBIT, ANNULS, "33", "a debit note annuls a credit note only"),
        (DEBIT, ANNULS, "39", "a debit note annuls a credit note only"),
        (DEBIT, TEXT, "61", "a debit note corrects no text"),
        (CREDIT, ANNULS, "61", "a credit note is annulled by a debit note"),
        (CREDIT, ANNULS, "56", None),
        (DEBIT, ANNULS, "61", None),
        (DEBIT, ANNULS, "60", None),
        (DEBIT, Correction.CORRECTS_AMOUNTS, "33", None),
    ],
)
def test_what_a_note_may_do_to_which_document(
    kind: FiscalKind, correction: Correction, of: str, fault: str | None
) -> None:
    """Formato DTE v2.2, field e8, cases a to d."""
    refers = Reference(type_code=of, number="7", correction=correction, reason="x")
    price = 0 if correction is TEXT else 10
    asked = note(line(price), kind=kind, references=(refers,))
    if fault is None:
        assert isinstance(plan(asked, ISSUER), FiscalPlan)
    else:
        assert f"Referencia/CodRef, line 1: {fault}" in refused(asked)


TINY, HUGE = Decimal("1E-999999999"), Decimal("1E+999999999")
"""Some bytes of JSON that, written out, are a gigabyte."""
FIRST, LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00"


def departing(at: str) -> FiscalRequest:
    asked = guide(line(10))
    assert asked.dispatch
    transport = replace(TRANSPORT, departs_at=datetime.fromisoformat(at))
    return replace(asked, dispatch=replace(asked.dispatch, transport=transport))


def referring(type_code: str, number: str) -> FiscalRequest:
    correction = Correction.CORRECTS_AMOUNTS
    one = Reference(type_code=type_code, number=number, correction=correction)
    return note(line(10), references=(one,))


OUT_OF_BOUNDS: dict[str, tuple[FiscalRequest, str]] = {
    "a quantity next to nothing": (receipt(line(10, str(TINY))), "Detalle/QtyItem, line 1"),
    "a price next to nothing": (receipt(line(str(TINY))), "Detalle/PrcItem, line 1"),
    "a price without end": (receipt(line(str(HUGE))), "Detalle/PrcItem, line 1"),
    "no number": (receipt(line("sNaN")), "Detalle/PrcItem, line 1"),
    "a discount without end": (
        receipt(line(10, allowances=(Allowance(amount=HUGE),))),
        "Detalle/DescuentoMonto, line 1",
    ),
    "a surcharge of more figures than amounts have": (
        receipt(
            line(10),
            allowances=(Allowance(direction=Direction.SURCHARGE, amount=Decimal(10) ** 70),),
        ),
        "DscRcgGlobal/ValorDR, line 1",
    ),
    "a percentage next to nothing": (
        receipt(line(10, allowances=(Allowance(percent=TINY),))),
        "Detalle/DescuentoMonto, line 1",
    ),
    "the first moment": (
        receipt(line(10), occurred_at=datetime.fromisoformat(FIRST)),
        "IdDoc/FchEmis",
    ),
    "the last moment": (
        receipt(line(10), occurred_at=datetime.fromisoformat(LAST)),
        "IdDoc/FchEmis",
    ),
    "a departure in the year 1": (departing(FIRST), "Transporte/FchSalida"),
    "a departure by nobody's clock": (departing("2026-11-27T10:00:00"), "Transporte/FchSalida"),
    "a folio of more figures than there are": (
        referring("33", "9" * 5_000),
        "Referencia/FolioRef, line 1",
    ),
    "a type of more figures than there are": (
        referring("3" * 5_000, "7"),
        "Referencia/TpoDocRef, line 1",
    ),
}


@pytest.mark.parametrize("what", OUT_OF_BOUNDS)
def test_what_no_figure_or_moment_can_be_is_told_by_its_field(what: str) -> None:
    """Nor is it written out on the way."""
    asked, field = OUT_OF_BOUNDS[what]
    tracemalloc.start()
    told = refused(asked)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert any(one.startswith(f"{field}: ") for one in told), told
    assert peak < 16 * 1024 * 1024
    assert all(len(one) < 200 for one in told)


def test_the_other_faults_are_told_beside_a_moment_that_is_none() -> None:
    asked = receipt(line(10, description=" "), occurred_at=datetime.fromisoformat(FIRST))
    assert [one.partition(":")[0] for one in refused(asked)] == [
        "IdDoc/FchEmis",
        "Detalle/NmbItem, line 1",
    ]
