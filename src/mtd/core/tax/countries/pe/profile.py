"""Peru as data."""

from datetime import date
from decimal import Decimal

from mtd.core.money import Currency
from mtd.core.tax.country import CountryProfile, DocumentType, Issuing, RateSince
from mtd.core.tax.request import FiscalKind

PERU = CountryProfile(
    country="PE",
    name="Peru",
    currency=Currency.PEN,
    language="es-PE",
    time_zone="America/Lima",
    authority="SUNAT",
    tax_name="IGV",
    rates=(RateSince(date(2011, 3, 1), Decimal(18)),),  # Law 29.666: IGV 16 and IPM 2
    documents=(
        DocumentType("01", FiscalKind.INVOICE, "Factura electrónica"),
        DocumentType("03", FiscalKind.RECEIPT, "Boleta de venta electrónica"),
        DocumentType("07", FiscalKind.CREDIT_NOTE, "Nota de crédito electrónica"),
        DocumentType("08", FiscalKind.DEBIT_NOTE, "Nota de débito electrónica"),
        DocumentType("09", FiscalKind.DISPATCH, "Guía de remisión electrónica"),
    ),
    issuing=Issuing.NATIVE,
)
"""The codes are those of the SUNAT's catalogue 01."""
