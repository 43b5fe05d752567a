"""What keeps a request from being a Peruvian document: each fault names its field and line."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from mtd.core.money import Currency
from mtd.core.tax.countries.pe.issuer import Issuer, Series
from mtd.core.tax.request import (
    Allowance,
    Buyer,
    Correction,
    FiscalKind,
    FiscalRequest,
    Payment,
    PaymentMeans,
    Reference,
    TaxCategory,
)
from tests.core.tax.countries.pe.asking import (
    ISSUER,
    NOON,
    PERSON,
    credit_note,
    faults_of,
    invoice,
    line,
    off,
    planned,
    receipt,
)

CUSTOMER = "AccountingCustomerParty/PartyIdentification/ID"
CORRECTED = Reference(
    type_code="03", number="B001-5", correction=Correction.ANNULS, reason="Devolución"
)


@dataclass(frozen=True)
class Case:
    request: FiscalRequest
    field: str
    line: int | None
    says: str


CASES = {
    "another country": Case(receipt(country="CL"), "", None, "is of CL in PEN"),
    "another currency": Case(receipt(currency=Currency.USD), "", None, "is of PE in USD"),
    "no offset": Case(
        receipt(occurred_at=NOON.replace(tzinfo=None)), "IssueDate", None, "its offset"
    ),
    "before the rate": Case(
        receipt(occurred_at=NOON.replace(year=2010)), "IssueDate", None, "first known rate"
    ),
    "a guide": Case(receipt(kind=FiscalKind.DISPATCH), "", None, "a dispatch is not issued"),
    "no lines": Case(receipt(lines=()), "InvoiceLine", None, "at least one line"),
    "too many": Case(receipt(*[line("1")] * 1000), "InvoiceLine", None, "1000 lines"),
    "no name": Case(
        receipt(line("1"), line("1", description=" \n")),
        "InvoiceLine/Item/Description",
        2,
        "is missing",
    ),
    "no quantity": Case(
        receipt(line("1", quantity=Decimal(0))), "InvoiceLine/InvoicedQuantity", 1, "above 0"
    ),
    "no number": Case(receipt(line("NaN")), "InvoiceLine/Price/PriceAmount", 1, "is NaN"),
    "a gift without value": Case(
        receipt(line("0")), "InvoiceLine/Price/PriceAmount", 1, "a gift tells its value"
    ),
    "too fine": Case(
        receipt(line("1.00000000001")), "InvoiceLine/Price/PriceAmount", 1, "finer than 10"
    ),
    "a strange unit": Case(
        receipt(line("1", unit="pieza")), "InvoiceLine/InvoicedQuantity/@unitCode", 1, "NIU"
    ),
    "mixed prices": Case(
        receipt(line("1"), line("1", price_includes_tax=False)),
        "InvoiceLine/Price/PriceAmount",
        2,
        "must include the tax if",
    ),
    "discount beyond": Case(
        receipt(line("10", allowances=(off(amount="10.01"),))),
        "InvoiceLine/AllowanceCharge/Amount",
        1,
        "discounts 0.01 more",
    ),
    "discount of mills": Case(
        receipt(line("10", allowances=(off(amount="0.001"),))),
        "InvoiceLine/AllowanceCharge/Amount",
        1,
        "in cents",
    ),
    "discount of nothing": Case(
        receipt(allowances=(off("5", category=TaxCategory.EXEMPT),)),
        "AllowanceCharge/Amount",
        1,
        "of which there are none",
    ),
    "invoice to nobody": Case(invoice(buyer=None), CUSTOMER, None, "names its buyer"),
    "invoice to a person": Case(invoice(buyer=PERSON), CUSTOMER, None, "needs a RUC"),
    "a wrong RUC": Case(
        invoice(buyer=Buyer(tax_id="20131312954", name="Andes")), CUSTOMER, None, "is no RUC"
    ),
    "a short name": Case(
        receipt(buyer=Buyer(tax_id="45678901", name="Li")),
        "AccountingCustomerParty/RegistrationName",
        None,
        "3 characters",
    ),
    "nobody above 700": Case(receipt(line("700.01")), CUSTOMER, None, "above S/ 700"),
    "note on nothing": Case(
        credit_note(references=()), "BillingReference", None, "corrects one document, not 0"
    ),
    "note on words": Case(
        credit_note(references=(replace(CORRECTED, correction=Correction.CORRECTS_TEXT),)),
        "DiscrepancyResponse/ResponseCode",
        1,
        "only corrects words",
    ),
    "note on a guide": Case(
        credit_note(references=(replace(CORRECTED, type_code="09"),)),
        "BillingReference/DocumentTypeCode",
        1,
        "neither an invoice",
    ),
    "note on another's series": Case(
        credit_note(references=(replace(CORRECTED, number="F001-5"),)),
        "BillingReference/ID",
        1,
        "is not series and number",
    ),
    "note without reason": Case(
        credit_note(references=(replace(CORRECTED, reason=""),)),
        "DiscrepancyResponse/Description",
        1,
        "2 to 500",
    ),
    "a correcting receipt": Case(
        receipt(references=(CORRECTED,)), "BillingReference", 1, "only a note corrects"
    ),
    "more credit than due": Case(
        invoice(
            payments=(
                Payment(means=PaymentMeans.CARD, amount=Decimal(200), due_on=date(2027, 1, 1)),
            )
        ),
        "PaymentTerms/Amount",
        None,
        "3265",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_names_field_and_line(name: str) -> None:
    case = CASES[name]
    assert case.says in faults_of(case.request)[(case.field, case.line)]


def test_700_soles_need_no_name() -> None:
    assert planned(receipt(line("700"))).totals.total == 700


def test_all_faults_come_at_once() -> None:
    found = faults_of(invoice(line("0"), line("1", quantity=Decimal(-1)), buyer=None))
    assert len(found) == 3


@pytest.mark.parametrize(
    ("issuer", "field"),
    [
        (replace(ISSUER, ruc="20100070971"), "AccountingSupplierParty/PartyIdentification/ID"),
        (replace(ISSUER, name=""), "AccountingSupplierParty/RegistrationName"),
        (replace(ISSUER, ubigeo="1501"), "AccountingSupplierParty/RegistrationAddress/ID"),
        (
            replace(ISSUER, establishment="1"),
            "AccountingSupplierParty/RegistrationAddress/AddressTypeCode",
        ),
        (replace(ISSUER, series=Series(receipt="F001")), "ID"),
        (replace(ISSUER, free_of_charge="10"), "InvoiceLine/TaxExemptionReasonCode"),
    ],
)
def test_the_issuer_s_settings_are_held_to_the_rules_too(issuer: Issuer, field: str) -> None:
    assert (field, None) in faults_of(receipt(), issuer)


TINY = Decimal("1E-999999999")
PRICE = "InvoiceLine/Price/PriceAmount, line 1"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (receipt(line("sNaN")), PRICE),
        (receipt(line(str(TINY))), PRICE),
        (receipt(line("1E+999999999")), PRICE),
        (receipt(line("10", quantity=TINY)), "InvoiceLine/InvoicedQuantity, line 1"),
        (
            receipt(line("10", allowances=(Allowance(percent=TINY),))),
            "InvoiceLine/AllowanceCharge/Amount, line 1",
        ),
        (receipt(occurred_at=datetime.fromisoformat("0001-01-01T00:00:00+14:00")), "IssueDate"),
        (receipt(occurred_at=datetime.fromisoformat("9999-12-31T23:59:00-14:00")), "IssueDate"),
        *(
            (
                invoice(payments=(Payment(means=PaymentMeans.CARD, amount=Decimal(amount)),)),
                "PaymentTerms/Amount, line 1",
            )
            for amount in ("NaN", "sNaN", "-1", "1E+999999999")
        ),
    ],
    ids=range(11),
)
def test_what_no_figure_or_moment_can_be_is_told_by_its_field(
    asked: FiscalRequest, field: str
) -> None:
    told = [name if n is None else f"{name}, line {n}" for name, n in faults_of(asked)]
    assert field in told
