"""The SUNAT's catalogues, as far as MTD uses them (Anexo 8, R.S. 097-2012 and its changes)."""

from decimal import Decimal

from msgspec import Struct

from mtd.core.tax.request import Correction, TaxCategory

INVOICE, RECEIPT, CREDIT_NOTE = "01", "03", "07"
"""Catalogue 01: types of document."""
GUIDES = ("09", "31")
"""Catalogue 01: dispatch guides of the sender and of the carrier."""

INTERNAL_SALE = "0101"
"""Catalogue 51: the type of operation."""

AMOUNT_IN_WORDS = "1000"
"""Catalogue 52: the legend."""

BASE_DISCOUNT, BASE_CHARGE = "00", "47"
"""Catalogue 53: a line's discount and charge that move the base of the tax."""

WITH_TAX, REFERENCE_VALUE = "01", "02"
"""Catalogue 16: the unit price with tax, and the reference value of what is given away."""

NOTE_REASONS = {Correction.ANNULS: "01", Correction.CORRECTS_AMOUNTS: "09"}
"""Catalogue 09: the operation is annulled; the value is lowered."""

RUC, DNI, FOREIGNER, PASSPORT, NOBODY = "6", "1", "4", "7", "-"
"""Catalogue 06: identity documents; the last of a receipt that names nobody."""

UNIT, SERVICE = "NIU", "ZZ"
"""UN/ECE recommendation 20, as catalogue 03 has it: pieces and services."""


class Scheme(Struct, frozen=True):
    """A tax of catalogue 05, or what stands in its place."""

    code: str
    name: str
    international: str
    """UN/ECE 5153."""


IGV = Scheme("1000", "IGV", "VAT")
EXONERATED = Scheme("9997", "EXO", "VAT")
UNAFFECTED = Scheme("9998", "INA", "FRE")
FREE = Scheme("9996", "GRA", "FRE")

SCHEMES = (IGV, EXONERATED, UNAFFECTED, FREE)
"""In the order in which a document's totals tell them."""


class Affectation(Struct, frozen=True):
    """How a line stands to the IGV (catalogue 07)."""

    code: str
    scheme: Scheme
    bears_tax: bool
    """Whether the rate applies; of a gift the issuer owes it and the buyer does not pay it."""


SOLD = {
    TaxCategory.STANDARD: Affectation("10", IGV, bears_tax=True),
    TaxCategory.EXEMPT: Affectation("20", EXONERATED, bears_tax=False),
    TaxCategory.OUT_OF_SCOPE: Affectation("30", UNAFFECTED, bears_tax=False),
}

GIVEN = {
    **{code: Affectation(code, FREE, bears_tax=True) for code in ("11", "12", "13", "14", "15")},
    **{
        code: Affectation(code, FREE, bears_tax=False)
        for code in ("21", "31", "32", "33", "34", "35", "36")
    },
}
"""What is given away, by code."""

NO_RATE = Decimal(0)
