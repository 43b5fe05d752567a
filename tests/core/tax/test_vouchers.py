"""Whether a card's voucher already is the receipt."""

from decimal import Decimal

from mtd.core.tax.request import Payment, PaymentMeans
from mtd.core.tax.vouchers import Coverage, VoucherPolicy, coverage

NOTHING = Decimal(0)
CARD = Payment(means=PaymentMeans.CARD, amount=Decimal(900))
GIFT = Payment(means=PaymentMeans.GIFT_CARD, amount=Decimal(100))


def test_the_issuer_s_policy_decides() -> None:
    assert coverage(VoucherPolicy.RECEIPT_ALWAYS, [CARD, GIFT]) == Coverage(NOTHING, Decimal(1_000))
    both = coverage(VoucherPolicy.VOUCHER_IS_RECEIPT, [CARD, GIFT])
    assert both == Coverage(Decimal(900), Decimal(100))
    assert not coverage(VoucherPolicy.VOUCHER_IS_RECEIPT, [CARD]).needs_receipt
    assert coverage(VoucherPolicy.VOUCHER_IS_RECEIPT, [GIFT]).needs_receipt
