"""Peru's practice: whom a document names, which series it is numbered in, what codes mean."""

from msgspec.structs import replace

from mtd.core.tax.countries.pe.issuer import Series
from mtd.core.tax.countries.pe.practice import localised, practice, series_fault
from mtd.core.tax.request import Buyer
from tests.core.tax.countries.pe.asking import (
    COMPANY,
    ISSUER,
    PERSON,
    credit_note,
    invoice,
    planned,
    receipt,
)

OWN = Series(invoice="F002", receipt="B002", invoice_credit="FC02", receipt_credit="BC02")
STRANGER = Buyer(tax_id="12.345.678-5", name="Ana Peña")


def test_a_receipt_names_whom_peru_knows_and_an_invoice_somebody() -> None:
    assert localised(receipt(buyer=PERSON)).buyer == PERSON
    assert localised(receipt(buyer=STRANGER)).buyer is None
    assert localised(credit_note(buyer=STRANGER)).buyer is None
    assert localised(invoice(buyer=STRANGER)).buyer == STRANGER, "that is a fault, and told"
    on_invoice = replace(credit_note().references[0], type_code="01", number="F001-8")
    note = credit_note(buyer=STRANGER, references=(on_invoice,))
    assert localised(note).buyer == STRANGER


def test_a_branch_numbers_in_its_own_series() -> None:
    of = practice(ISSUER, {"miraflores": OWN})
    made = [planned(request) for request in (invoice(buyer=COMPANY), receipt(), credit_note())]
    assert [of.series(plan, "centro") for plan in made] == ["F001", "B001", "BC01"]
    assert [of.series(plan, "miraflores") for plan in made] == ["F002", "B002", "BC02"]
    assert len(of.own_series) == 8


def test_a_series_begins_as_its_type_does() -> None:
    assert series_fault("01", "F001") is series_fault("03", "BZZ9") is None
    assert series_fault("07", "BC01") is series_fault("07", "FC01") is None
    for code, series in (
        ("01", "B001"),
        ("03", "F001"),
        ("03", "b001"),
        ("03", "B01"),
        ("09", "T"),
    ):
        assert series_fault(code, series), (code, series)


def test_content_is_to_blame_for_a_rejection_and_for_nothing_else() -> None:
    blames = practice(ISSUER, {}).blames_content
    assert blames(["3205"]) and blames(["2800", "4252"])
    assert not blames(["1032"]) and not blames(["0100"]) and not blames([])
