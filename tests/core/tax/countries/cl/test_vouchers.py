"""Whether a card's voucher already is the boleta."""

from decimal import Decimal

from mtd.core.tax.countries.cl.issuer import VoucherPolicy
from mtd.core.tax.countries.cl.vouchers import Coverage, coverage
from mtd.core.tax.request import Payment, PaymentMeans

CARD = Payment(means=PaymentMeans.CARD, amount=Decimal(900))
GIFT = Payment(means=PaymentMeans.GIFT_CARD, amount=Decimal(100))


def test_the_issuer_s_policy_decides() -> None:
    assert coverage(VoucherPolicy.RECEIPT_ALWAYS, [CARD, GIFT]) == Coverage(0, 1_000)
    assert coverage(VoucherPolicy.VOUCHER_IS_RECEIPT, [CARD, GIFT]) == Coverage(900, 100)
    assert not coverage(VoucherPolicy.VOUCHER_IS_RECEIPT, [CARD]).needs_receipt
    assert coverage(VoucherPolicy.VOUCHER_IS_RECEIPT, [GIFT]).needs_receipt
