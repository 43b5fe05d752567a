"""A document being composed: its request, its issuer, and the texts that had to be cut."""

from datetime import datetime

from mtd.core.tax.countries.pe.issuer import Issuer
from mtd.core.tax.countries.pe.parts import clean, optional
from mtd.core.tax.issuing import FiscalFault, Part
from mtd.core.tax.request import FiscalRequest

LENGTHS = {
    "Description": 500,
    "RegistrationName": 1500,
    "Line": 200,
    "SellersItemIdentification": 30,
}
"""The most characters of each text (rules 2027, 2022, 4094, 4269)."""


class Draft:
    """A document being composed; a text that had to be cut leaves a warning."""

    def __init__(
        self, type_code: str, request: FiscalRequest, issuer: Issuer, at: datetime
    ) -> None:
        self.type_code = type_code
        self.request = request
        self.issuer = issuer
        self.at = at
        """The moment of issue in Peru."""
        self.warnings: list[FiscalFault] = []

    def text(self, name: str, text: str, line: int | None = None, length: int = 0) -> Part | None:
        """A text within its length; None when it is empty."""
        fitting, longest = clean(text), length or LENGTHS[name]
        if len(fitting) > longest:
            self.warnings.append(FiscalFault(name, f"was cut to {longest} characters", line))
            fitting = fitting[:longest].rstrip()
        return optional(name, fitting)
