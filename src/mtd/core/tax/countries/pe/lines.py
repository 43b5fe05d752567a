"""The lines of a document: quantity, prices with and without tax, discounts, tax, article."""

from collections.abc import Iterator
from decimal import Decimal

from mtd.core.tax.countries.pe.amounts import PricedLine
from mtd.core.tax.countries.pe.catalogues import (
    BASE_CHARGE,
    BASE_DISCOUNT,
    CREDIT_NOTE,
    REFERENCE_VALUE,
    UNIT,
    WITH_TAX,
    Scheme,
)
from mtd.core.tax.countries.pe.draft import LENGTHS, Draft
from mtd.core.tax.countries.pe.parts import clean, group, leaf, money, trimmed
from mtd.core.tax.issuing import Part


def line_part(draft: Draft, number: int, line: PricedLine) -> Part:
    """One line of an invoice, receipt or credit note."""
    currency = draft.request.currency
    note = draft.type_code == CREDIT_NOTE
    given = line.request
    counted = leaf(
        "CreditedQuantity" if note else "InvoicedQuantity",
        trimmed(given.quantity),
        unitCode=given.unit or UNIT,
    )
    return group(
        "CreditNoteLine" if note else "InvoiceLine",
        leaf("ID", number),
        counted,
        money("LineExtensionAmount", line.value, currency),
        group(
            "PricingReference",
            group(
                "AlternativeConditionPrice",
                _fine_money("PriceAmount", line.unit_price, draft),
                leaf("PriceTypeCode", REFERENCE_VALUE if line.free else WITH_TAX),
            ),
        ),
        *(() if note else _moved(line, draft)),
        _line_tax(line, draft),
        _item(draft, number, line),
        group("Price", _fine_money("PriceAmount", _price(line, note=note), draft)),
    )


def _price(line: PricedLine, *, note: bool) -> Decimal:
    """Without tax; a note has no discounts, so its price has lost them already (rule 3271)."""
    if line.free:
        return Decimal(0)
    return line.net_price if note else line.unit_value


def _fine_money(name: str, amount: Decimal, draft: Draft) -> Part:
    return leaf(name, trimmed(amount), currencyID=draft.request.currency.value)


def _moved(line: PricedLine, draft: Draft) -> Iterator[Part]:
    currency = draft.request.currency
    moves = ((BASE_DISCOUNT, "false", line.discount), (BASE_CHARGE, "true", line.surcharge))
    for code, charge, amount in moves:
        if amount:
            yield group(
                "AllowanceCharge",
                leaf("ChargeIndicator", charge),
                leaf("AllowanceChargeReasonCode", code),
                money("Amount", amount, currency),
                money("BaseAmount", line.base, currency),
            )


def _line_tax(line: PricedLine, draft: Draft) -> Part:
    currency = draft.request.currency
    # The tax on a gift is told, but it is no part of what the buyer owes (rule 3292).
    owed = Decimal(0).quantize(currency.unit) if line.free else line.tax
    return group(
        "TaxTotal",
        money("TaxAmount", owed, currency),
        group(
            "TaxSubtotal",
            money("TaxableAmount", line.value, currency),
            money("TaxAmount", line.tax, currency),
            group(
                "TaxCategory",
                leaf("Percent", trimmed(line.rate)),
                leaf("TaxExemptionReasonCode", line.affectation.code),
                scheme_part(line.affectation.scheme),
            ),
        ),
    )


def _item(draft: Draft, number: int, line: PricedLine) -> Part:
    given = line.request
    described = f"{given.description} {given.detail}" if given.detail else given.description
    code = clean(given.codes[0].code)[: LENGTHS["SellersItemIdentification"]] if given.codes else ""
    return group(
        "Item",
        draft.text("Description", described, number),
        group("SellersItemIdentification", leaf("ID", code)) if code else None,
    )


def scheme_part(scheme: Scheme) -> Part:
    """A tax of catalogue 05."""
    return group(
        "TaxScheme",
        leaf("ID", scheme.code),
        leaf("Name", scheme.name),
        leaf("TaxTypeCode", scheme.international),
    )
