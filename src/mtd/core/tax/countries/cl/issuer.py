"""A Chilean issuer: who signs the documents and under which resolution; settings, no secrets."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from mtd.core.tax.request import Place

ANONYMOUS_BUYER = "66666666-6"
"""The buyer of a boleta whom nobody named (SII, boleta electrónica)."""

AUTHORITY_RUT = "60803000-K"
"""The SII itself, to whom envelopes go."""


class VoucherPolicy(StrEnum):
    """What an electronic payment's voucher is, as the issuer declared it to the SII."""

    RECEIPT_ALWAYS = "receipt_always"
    """The voucher proves the payment only: every sale has its boleta."""
    VOUCHER_IS_RECEIPT = "voucher_is_receipt"
    """The voucher is the boleta of what was paid by card: a second one would count it twice."""


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
