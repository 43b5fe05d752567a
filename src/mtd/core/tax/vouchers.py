"""The voucher rule: how much of a sale a receipt must still cover (per-issuer policy)."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from mtd.core.tax.request import Payment, PaymentMeans


class VoucherPolicy(StrEnum):
    """What an electronic payment's voucher is, as the issuer declared it to the authority."""

    RECEIPT_ALWAYS = "receipt_always"
    """The voucher proves the payment only: every sale has its receipt."""
    VOUCHER_IS_RECEIPT = "voucher_is_receipt"
    """The voucher is the receipt of what was paid by card: a second one would count it twice."""


class Coverage(Struct, frozen=True):
    """Money of one sale by what documents it; stored with the order before it is issued."""

    by_voucher: Decimal
    by_receipt: Decimal

    @property
    def needs_receipt(self) -> bool:
        """False when the vouchers cover all that was paid."""
        return self.by_receipt > 0


def coverage(policy: VoucherPolicy, payments: Iterable[Payment]) -> Coverage:
    """Who documents what was paid. Only a card's voucher can be a receipt."""
    paid = list(payments)
    total = sum((one.amount for one in paid), Decimal(0))
    if policy is VoucherPolicy.RECEIPT_ALWAYS:
        return Coverage(Decimal(0), total)
    by_card = sum((one.amount for one in paid if one.means is PaymentMeans.CARD), Decimal(0))
    return Coverage(by_card, total - by_card)
