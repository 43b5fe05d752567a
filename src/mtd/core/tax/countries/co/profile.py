"""Colombia as data."""

from datetime import date
from decimal import Decimal

from mtd.core.money import Currency
from mtd.core.tax.country import CountryProfile, DocumentType, Issuing, RateSince
from mtd.core.tax.request import FiscalKind

COLOMBIA = CountryProfile(
    country="CO",
    name="Colombia",
    currency=Currency.COP,
    language="es-CO",
    time_zone="America/Bogota",
    authority="DIAN",
    tax_name="IVA",
    rates=(
        RateSince(date(2017, 1, 1), Decimal(19)),  # Law 1819 of 2016, art. 184
        RateSince(date(2001, 1, 1), Decimal(16)),  # Law 633 of 2000, art. 26
    ),
    documents=(
        DocumentType("01", FiscalKind.INVOICE, "Factura electrónica de venta"),
        DocumentType("20", FiscalKind.RECEIPT, "Documento equivalente electrónico, tiquete POS"),
        DocumentType("91", FiscalKind.CREDIT_NOTE, "Nota crédito electrónica"),
        DocumentType("92", FiscalKind.DEBIT_NOTE, "Nota débito electrónica"),
    ),
    issuing=Issuing.PROVIDER,
)
"""The codes are those of the DIAN's annex (Anexo técnico de factura electrónica, list 13.1.3)."""
