"""A Chilean issuer: who signs the documents and under which resolution; settings, no secrets."""

from datetime import date

from msgspec import Struct

from mtd.core.tax.request import Place
from mtd.core.tax.vouchers import VoucherPolicy

ANONYMOUS_BUYER = "66666666-6"
"""The buyer of a boleta whom nobody named (SII, boleta electrónica)."""

AUTHORITY_RUT = "60803000-K"
"""The SII itself, to whom envelopes go."""


class Issuer(Struct, frozen=True, kw_only=True):
    """One taxpayer as its documents name it."""

    rut: str
    name: str
    business_line: str
    activities: tuple[int, ...]
    """SII activity codes, 1 to 4."""
    place: Place
    branch_name: str = ""
    branch_code: int | None = None
    """As the SII numbered it."""
    telephones: tuple[str, ...] = ()
    email: str = ""
    resolution_number: int
    """0 in certification."""
    resolution_date: date
    sii_office: str
    """The regional office, printed in the red box."""
    voucher_policy: VoucherPolicy = VoucherPolicy.RECEIPT_ALWAYS
