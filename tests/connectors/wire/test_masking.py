"""No secret and no personal data stays in clear in what is kept of an exchange."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mtd.connectors.wire.exchange import BODY_KEPT_MAX
from mtd.connectors.wire.masking import MASK, masked, personal
from mtd.core.orders.purchase_order import PurchaseOrder
from tests.connectors.conversation import (
    PASSWORD,
    TOKEN,
    an_order,
    conversation,
    with_gift_card,
)
from tests.core.orders.examples import ADDRESS

PRIVATE = {
    "name": "Ana «María» O'Higgins & Peña",
    "tax_id": "12.345.678-5",
    "email": "ana.maria+paris@correo.example",
    "phone": "+56 9 8765 4321",
}
STREET = 'Pasaje "Los <Aromos>"'


def private_order() -> PurchaseOrder:
    order = with_gift_card()
    address = replace(ADDRESS, street=STREET, number="1234")
    return replace(
        order,
        customer=replace(order.customer, **PRIVATE, address=address),
        shipment=replace(order.shipment, address=address),
    )


STEPS: list[tuple[str, dict[str, Any]]] = [
    ("giftcard.redeem", {}),
    ("payment.capture", {"amount": 11_900}),
    ("eom.reserve", {}),
    ("paperless.issue", {}),
    ("paperless.find", {}),
    ("logistics.request_dispatch", {"shipment_id": "SH-1"}),
    ("salessupport.publish", {}),
    ("salessupport.open_case", {"reason": "x", "message": "call ana.maria+paris@correo.example"}),
    ("mail.send", {"kind": "order_confirmation"}),
    ("mail.send", {"kind": "dispatched", "to": "otra@correo.example"}),
]


@pytest.mark.parametrize(("name", "inputs"), STEPS)
async def test_the_evidence_of_a_step_names_nobody(name: str, inputs: dict[str, Any]) -> None:
    async with conversation(token="env:TOKEN") as talk:
        _, wire = await talk.wired(name, private_order(), **inputs)
        kept = msgspec.json.encode(wire.exchanges).decode()
        assert wire.exchanges and MASK in kept
        secrets = [*PRIVATE.values(), "12345678-5", "GC-7788990011", PASSWORD, TOKEN, "mtd</"]
        shapes = ["Higgins", "Aromos", "otra@", "8765"]
        assert [secret for secret in [*secrets, *shapes] if secret in kept] == []


@pytest.mark.parametrize(
    "text",
    [
        '{"email":"x","card":"4111 1111 1111 1111"}',
        "pan=4111111111111111&next=1",
        "<number>4111-1111-1111-1111</number>",
        "4111111111111111",
    ],
)
def test_card_numbers_are_masked_by_their_check_digit(text: str) -> None:
    assert "1111" not in masked(text, ())


@pytest.mark.parametrize(
    "text",
    ["4111111111111112", "SH-6b04baf3-1", "2026-11-23T21:44:00+00:00", "CL/paris/ecommerce/PW-1"],
)
def test_what_is_nobodys_is_left(text: str) -> None:
    assert masked(text, ()) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "An\\"a", "sku": "A"}', f'{{"name": "{MASK}", "sku": "A"}}'),
        ("<q:pass>x</q:pass><a>1</a>", f"<q:pass>{MASK}</q:pass><a>1</a>"),
        ("/payments?order_id=1&token=abc", f"/payments?order_id=1&token={MASK}"),
        ("RUT 12.345.678-K o 1.234.567-8", f"RUT {MASK} o {MASK}"),
        ("escriba a ana@correo.cl.", f"escriba a {MASK}."),
    ],
)
def test_fields_and_shapes_are_masked_where_they_stand(text: str, expected: str) -> None:
    assert masked(text, ()) == expected


@given(
    before=st.integers(BODY_KEPT_MAX - 60, BODY_KEPT_MAX + 5),
    value=st.text(
        st.characters(categories=("Lu", "Ll"), max_codepoint=0x17F), min_size=8, max_size=50
    ),
)
def test_a_value_that_the_bound_cuts_in_two_leaves_no_half(before: int, value: str) -> None:
    kept = masked("," * before + value + "," * 40, [value])
    assert len(kept) <= BODY_KEPT_MAX + len(MASK)
    assert not set(value) & set(kept.replace(MASK, ""))


@given(st.text(max_size=300), st.lists(st.text(min_size=3, max_size=20), max_size=4))
def test_masking_never_fails_and_never_shows_what_is_hidden(text: str, hidden: list[str]) -> None:
    shown = masked(text, hidden)
    for value in hidden:
        assert value not in shown or value in MASK * 100 or "*" in value


def test_what_a_person_corrected_is_personal_too() -> None:
    corrected = {"buyer": {"tax_id": "1-9", "legal_name": "Otra Empresa"}, "lines": ["A"]}
    hidden = personal(an_order(), corrected)
    assert "Otra Empresa" in hidden and "A" not in hidden


@pytest.mark.parametrize("length", [300, BODY_KEPT_MAX * 2])
def test_what_is_packed_is_not_shown(length: int) -> None:
    """A zip in base64 may hold anybody's name; cut or whole, nothing of it is kept."""
    shown = masked(f"<a><contentFile>{'UEsDBBQA' * (length // 8)}==</contentFile></a>", ())
    assert "UEsDB" not in shown
    assert shown.startswith(f"<a><contentFile>{MASK}")
