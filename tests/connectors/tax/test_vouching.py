"""What a card's voucher documents already, at a provider that issues by lines of text."""

from decimal import Decimal
from typing import Any

from mtd.core.orders.purchase_order import Payment, PaymentMethod
from mtd.core.process.outcome import Done
from tests.connectors.conversation import an_order, conversation

FIRST = {"systems": {"paperless": {"options": {"first_folio": 101, "folios": 50}}}}


async def test_what_no_voucher_documents_is_all_that_is_issued_and_annulled() -> None:
    card = Payment(method=PaymentMethod.CARD, amount=Decimal(7_900))
    gift = Payment(method=PaymentMethod.GIFT_CARD, amount=Decimal(4_000), instrument="GC-1")
    order = an_order(payments=(card, gift))
    async with conversation(FIRST) as talk:
        answer, wire = await talk.wired("paperless.issue", order, by_voucher=7_900)
        assert isinstance(answer, Done), answer
        sent = str(wire.exchanges[-1].request)
        assert "|4000" in sent and "7900" not in sent and "11900" not in sent
        note: dict[str, Any] = {"folio": 101, "reason": "1", "by_voucher": 7_900}
        answer, wire = await talk.wired("paperless.credit_note", order, **note)
        assert isinstance(answer, Done), answer
        sent = str(wire.exchanges[-1].request)
        assert "|4000" in sent and "11900" not in sent
