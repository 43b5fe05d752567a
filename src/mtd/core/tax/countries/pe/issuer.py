"""A Peruvian issuer: who signs the documents and under which series; settings, no secrets."""

from msgspec import Struct

from mtd.core.tax.request import Place

FREE_UNTAXED = "31"
"""Catalogue 07: *Inafecto, retiro por bonificación* (IGV regulation, art. 5 no. 13)."""

MAIN_ESTABLISHMENT = "0000"
"""The fiscal domicile itself, among a taxpayer's establishments."""


class Series(Struct, frozen=True, kw_only=True):
    """The series that this issuer numbers itself, each in its own sequence."""

    invoice: str = "F001"
    receipt: str = "B001"
    invoice_credit: str = "FC01"
    """Of credit notes on invoices: it begins with F (rule 1001 of the SUNAT)."""
    receipt_credit: str = "BC01"
    """Of credit notes on receipts: it begins with B."""


class Issuer(Struct, frozen=True, kw_only=True):
    """One taxpayer as its documents name it."""

    ruc: str
    name: str
    trade_name: str = ""
    ubigeo: str
    """Six digits of the INEI: department, province, district."""
    place: Place
    """Street, district, and the province as its city."""
    department: str = ""
    establishment: str = MAIN_ESTABLISHMENT
    """Four digits, as the SUNAT numbered it."""
    telephone: str = ""
    email: str = ""
    series: Series = Series()
    free_of_charge: str = FREE_UNTAXED
    """Catalogue 07, what a gift is: 11 to 16 bear IGV, 21 and 31 to 36 do not."""
    resolution: str = ""
    """The intendance's resolution, printed where one was given."""
