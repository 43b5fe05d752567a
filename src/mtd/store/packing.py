"""Packing: JSON that is written for every order, deflated with the words that it always holds.

A byte that names the words, then raw deflate (RFC 1951) primed with them. JSON texts of ours
begin with a brace, so that what was written before there was packing reads as it is. Known
words never change: a new set gets a number of its own, and the old ones stay for what they packed.
"""

import zlib
from collections.abc import Mapping

LATEST = 1
_WINDOW_BITS = -12
"""Raw, with 4 KiB to look back: a larger window costs ten times the time to set up."""
_MEMORY_LEVEL = 5
_LEVEL = 6
_BRACE = b"{"


def pack(text: bytes) -> bytes:
    """`text` as it is stored; a JSON object comes out packed wherever that is shorter."""
    if not text.startswith(_BRACE):
        return text
    deflating = zlib.compressobj(
        _LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL, zdict=_WORDS[LATEST]
    )
    packed = bytes((LATEST,)) + deflating.compress(text) + deflating.flush()
    return packed if len(packed) < len(text) else text


def unpack(stored: bytes) -> bytes:
    """What `pack` was given. Raises ValueError for what it did not make."""
    words = _WORDS.get(stored[0]) if stored else None
    if words is None:
        return stored
    inflating = zlib.decompressobj(_WINDOW_BITS, zdict=words)
    try:
        text = inflating.decompress(stored[1:])
    except zlib.error as error:
        raise ValueError(f"packed text does not unpack: {error}") from error
    if not inflating.eof:
        raise ValueError("packed text is cut short")
    return text


_WORDS: Mapping[int, bytes] = {
    1: (
        b'{"type":"submitted","at":"2026-01-01T00:00:00.000000Z","wait":1,"outputs":{},"actor":"'
        b'{"type":"retried","incident":1,"variables":{},"reason":"'
        b'{"type":"start","at":"2026-01-01T00:00:00.000000Z","variables":{"order_key":"CL/'
        b'/ecommerce/","country":"CL","currency":"CLP","store":"","branch":"","channel":"ecommerce'
        b'","placed_at":"2026-01-01T00:00:00Z","promised_at":"2026-01-01T00:00:00Z","amount":1990,'
        b'"shipping":3990,"discount_share":0.0000,"line_discount_share_max":0.0000,"line_count":1,'
        b'"unit_count":1,"has_digital_goods":false,"has_physical_goods":true,"buyer_document":"'
        b'RECEIPT","payment_methods":["card"],"has_card":true,"card_amount":9990,"has_gift_card":'
        b'false,"gift_card_amount":0,"other_amount":0,"shipment_method":"home_delivery",'
        b'"slot_starts_at":"2026-01-01T00:00:00Z","slot_ends_at":"2026-01-01T00:00:00Z"}}'
        b'{"order_id":null,"external_id":"","country":"CL","currency":"CLP","store":"","branch":"",'
        b'"channel":"kiosk","channel":"phone","channel":"ecommerce","placed_at":'
        b'"2026-01-01T00:00:00Z","promised_at":null,"promised_at":"2026-01-01T00:00:00Z",'
        b'"customer":{"name":"","tax_id":null,"tax_id":"1234567-8","email":null,"email":"'
        b'@gmail.com","phone":null,"phone":"+569","address":null},"address":{"street":"","number":'
        b'"","unit":null,"unit":"Depto. ","commune":"","city":"Santiago","region":"Metropolitana '
        b'de Santiago","postal_code":null},"postal_code":"0000000"}},"buyer_document":{"kind":'
        b'"INVOICE","tax_id":"","legal_name":"","business_line":"","address":{"kind":"RECEIPT",'
        b'"tax_id":null,"legal_name":null,"business_line":null,"address":null},"lines":[{"line_no":'
        b'1,"sku":"","description":"","quantity":1,"unit_price":9990,"discount":0,"tax_exempt":'
        b'false,"digital":true,"fulfilment_node":null},"digital":false,"fulfilment_node":""},'
        b'{"line_no":2,"sku":"","totals":{"net":0,"exempt":0,"tax":0,"discounts":0,"shipping":0,'
        b'"grand_total":9990},"payments":[{"method":"gift_card","amount":9990,"instrument":"",'
        b'"authorization_code":null,"state":"CAPTURED"},{"method":"transfer","amount":9990,'
        b'"method":"card","amount":9990,"instrument":"tok_","authorization_code":"","state":'
        b'"AUTHORIZED"}],"shipment":{"method":"store_pickup","address":null,"pickup_branch":"",'
        b'"method":"home_delivery","address":{"street":"","pickup_branch":null,"slot":null,"slot":'
        b'{"starts_at":"2026-01-01T00:00:00Z","ends_at":"2026-01-01T00:00:00Z"},"carrier":""},'
        b'"attributes":{},"schema_version":1}'
    ),
}
"""By number, what each set of words is; what comes up oftenest stands last."""
