"""The voucher rule: how much of a sale a boleta must still cover (per-issuer policy)."""

from collections.abc import Iterable

from msgspec import Struct

from mtd.core.tax.countries.cl.issuer import VoucherPolicy
from mtd.core.tax.countries.cl.pesos import half_up
from mtd.core.tax.request import Payment, PaymentMeans


class Coverage(Struct, frozen=True):
    """Pesos of one sale by what documents them; stored with the order before it is issued."""

    by_voucher: int
    by_receipt: int

    @property
    def needs_receipt(self) -> bool:
        """False when the vouchers cover all that was paid."""
        return self.by_receipt > 0


def coverage(policy: VoucherPolicy, payments: Iterable[Payment]) -> Coverage:
    """Who documents what was paid. Only a card's voucher can be a boleta."""
    by_card = 0
    paid = 0
    for payment in payments:
        pesos = half_up(payment.amount)
        paid += pesos
        by_card += pesos if payment.means is PaymentMeans.CARD else 0
    if policy is VoucherPolicy.RECEIPT_ALWAYS:
        return Coverage(0, paid)
    return Coverage(by_card, paid - by_card)
