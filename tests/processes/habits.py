"""What a scripted world is used to: a plain order, and what others answer and send to it."""

from typing import Any

ORDER: dict[str, Any] = {
    "order_key": "CL/paris/ecommerce/PW-1",
    "country": "CL",
    "currency": "CLP",
    "store": "paris",
    "branch": "P001",
    "channel": "ecommerce",
    "placed_at": "2026-03-02T12:00:00Z",
    "promised_at": "2026-03-06T21:00:00Z",
    "line_count": 2,
    "amount": 59990,
    "discount_share": 0,
    "line_discount_share_max": 0,
    "exempt_only": False,
    "buyer_document": "RECEIPT",
    "card_amount": 59990,
    "has_gift_card": False,
    "gift_card_amount": 0,
    "other_amount": 0,
    "has_physical_goods": True,
    "shipment_method": "home_delivery",
}
"""Facts of an order as `core.orders.facts` gives them."""

ANSWERS: dict[str, dict[str, Any]] = {
    "eom.reserve": {"shipment_id": "S-1"},
    "payment.query": {"state": "PENDING"},
    "payment.void_request": {"state": "VOIDED"},
    "logistics.cancel_dispatch": {"state": "CANCELLED"},
    "logistics.request_preparation": {"shipment_id": "S-1", "state": "PREPARING"},
    "logistics.send_guide": {"tracking": "K-1", "state": "REQUESTED"},
    "pos.post_sale": {"sale_id": "PS-1", "state": "POSTED"},
    "pos.query": {"sale_id": "PS-1", "state": "POSTED"},
    "pos.post_return": {"return_id": "PR-1"},
    "tax.number": {"folio": None},
    "tax.send": {"track_id": "T-1", "folio": 101},
    "tax.issue": {"track_id": "T-1", "folio": 101},
    "tax.status": {"document_state": "ACCEPTED"},
    "tax.fetch": {"url": "https://paperless.example/101.pdf", "document": "39-101"},
    "tax.find": {"track_id": None, "folio": None, "document_state": None},
    "tax.credit_note": {"folio": 7},
    "tax.dispatch_guide": {"folio": 52},
    "salessupport.open_case": {"case_id": "C-1"},
    "mail.send": {"mail_id": "M-1"},
}
"""What each legacy system answers unless the script says otherwise."""

MESSAGES: dict[str, list[dict[str, Any] | None]] = {
    "PaymentConfirmed": [{}],
    "DteStatusChanged": [{"document_state": "ACCEPTED"}],
    "FulfilmentEvent": [{"status": "PICKED"}, {"status": "PACKED"}],
    "LogisticsEvent": [{"status": "READY"}],
    "PosAck": [{}],
    "ReadyForPickup": [{}],
    "PickedUp": [{}],
    "Dispatched": [{"tracking": "K-1"}, {"tracking": "K-2"}, {"tracking": "K-3"}],
    "Delivered": [{}],
}
"""What others send, in order, unless the script says otherwise; None withholds one."""
