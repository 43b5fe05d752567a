"""Chile as data."""

from datetime import date
from decimal import Decimal

from mtd.core.money import Currency
from mtd.core.tax.country import CountryProfile, DocumentType, Issuing, RateSince
from mtd.core.tax.request import FiscalKind

CHILE = CountryProfile(
    country="CL",
    name="Chile",
    currency=Currency.CLP,
    language="es-CL",
    time_zone="America/Santiago",
    authority="SII",
    tax_name="IVA",
    rates=(RateSince(date(2003, 10, 1), Decimal(19)),),  # Law 19.888
    documents=(
        DocumentType("33", FiscalKind.INVOICE, "Factura electrónica"),
        DocumentType("34", FiscalKind.INVOICE, "Factura no afecta o exenta electrónica"),
        DocumentType("39", FiscalKind.RECEIPT, "Boleta electrónica"),
        DocumentType("41", FiscalKind.RECEIPT, "Boleta no afecta o exenta electrónica"),
        DocumentType("52", FiscalKind.DISPATCH, "Guía de despacho electrónica"),
        DocumentType("56", FiscalKind.DEBIT_NOTE, "Nota de débito electrónica"),
        DocumentType("61", FiscalKind.CREDIT_NOTE, "Nota de crédito electrónica"),
    ),
    issuing=Issuing.NATIVE,
)
"""The types MTD issues; the code is the SII's (Formato DTE v2.2, field 2; Res. Ex. 74/2020)."""
