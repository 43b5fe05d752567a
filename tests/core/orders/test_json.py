"""Canonical JSON: what is written is read again, and nothing hostile becomes an order."""

import json
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.orders.flaw import FLAWS_MAX, Unreadability, Unreadable
from mtd.core.orders.json import (
    BODY_MAX_BYTES,
    DEPTH_MAX,
    VALUES_MAX,
    fingerprint,
    read_json,
    write_json,
)
from mtd.core.orders.purchase_order import PurchaseOrder
from tests.core.orders.examples import orders, plain_order

PLAIN = write_json(plain_order())


@given(orders())
def test_what_is_written_is_read_again(order: PurchaseOrder) -> None:
    body = write_json(order)
    assert read_json(body) == order
    assert write_json(order) == body


@given(st.binary(max_size=200))
def test_bytes_never_raise(body: bytes) -> None:
    assert isinstance(read_json(body), Unreadable)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


def _keys(part: Any) -> list[Any]:
    if isinstance(part, list):
        return [0] if part else []
    return list(cast("dict[str, Any]", part)) if isinstance(part, dict) else []


@given(st.data(), json_values)
def test_a_field_of_any_other_kind_never_raises(data: st.DataObject, value: Any) -> None:
    tree: Any = json.loads(PLAIN)
    part: Any = tree
    while True:
        key = data.draw(st.sampled_from(_keys(part)))
        inner: Any = part[key]
        if not (_keys(inner) and data.draw(st.booleans())):
            break
        part = inner
    part[key] = value
    assert isinstance(read_json(json.dumps(tree).encode()), PurchaseOrder | Unreadable)


def test_amounts_never_pass_through_a_float() -> None:
    body = PLAIN.replace(b'"CLP"', b'"USD"').replace(b"6000", b"100000000000000.01")
    order = read_json(body)
    assert isinstance(order, PurchaseOrder)
    assert order.lines[0].unit_price == Decimal("100000000000000.01")


def test_equal_orders_have_equal_fingerprints_whatever_their_form() -> None:
    other = PLAIN.replace(b"6000", b"6E3").replace(b"13:22:05Z", b"10:22:05-03:00")
    assert other != PLAIN
    order = read_json(b"\xef\xbb\xbf" + other)
    assert isinstance(order, PurchaseOrder)
    assert fingerprint(order) == fingerprint(plain_order())
    assert fingerprint(order) != fingerprint(plain_order(branch="PA-VINA"))
    there, back = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    assert fingerprint(plain_order(attributes=there)) == fingerprint(plain_order(attributes=back))


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        (b'"sku":', b'"sku":"A","sku":', "lines[0].sku", "twice"),
        (b'"sku":"PA-1"', b'"sku":"PA\\u0000"', "lines[0].sku", "NUL"),
        (b'"sku":"PA-1"', b'"sku":"PA\\ud800"', "lines[0].sku", "surrogate"),
        (b'"sku":"PA-1"', b'"sku":"P A"', "lines[0].sku", "not allowed"),
        (b'"sku":"PA-1"', b'"sku":"P\\u202eA"', "lines[0].sku", "not allowed"),
        (b'"sku":"PA-1"', b'"sku":"PA-1\\n"', "lines[0].sku", "not allowed"),
        (b'"sku":"PA-1"', b'"sku":1', "lines[0].sku", "Expected str, got int"),
        (b'"sku":"PA-1"', b'"sku":"' + b"A" * 201 + b'"', "lines[0].sku", "length <= 200"),
        (b'"sku":"PA-1",', b"", "lines[0].sku", "missing"),
        (b'"sku":', b'"Sku":', "lines[0].Sku", "not a field"),
        (b"6000", b"6000.5", "lines[0].unit_price", "no decimals"),
        (b"6000", b"-6000", "lines[0].unit_price", "negative"),
        (b"6000", b'"6000"', "lines[0].unit_price", "JSON number"),
        (b"6000", b"NaN", "lines[0].unit_price", "limits"),
        (b"6000", b"-Infinity", "lines[0].unit_price", "limits"),
        (b"6000", b"1e400", "lines[0].unit_price", "limits"),
        (b"6000", b"1e" + b"9" * 5000, "lines[0].unit_price", "limits"),
        (b"6000", b"1" * 5000, "lines[0].unit_price", "limits"),
        (b"6000", b"1" * 38, "lines[0].unit_price", "below"),
        (b"6000", b"true", "lines[0].unit_price", "bool"),
        (b'"quantity":2', b'"quantity":0', "lines[0].quantity", "more than 0"),
        (b'"quantity":2', b'"quantity":1.0001', "lines[0].quantity", "3 decimals"),
        (b'"line_no":1', b'"line_no":1.0', "lines[0].line_no", "Expected int"),
        (b"13:22:05Z", b"13:22:05", "placed_at", "timezone"),
        (b"2026-03-14T13:22:05Z", b"0001-01-01T00:00:00+05:00", "placed_at", "years"),
        (b'"CLP"', b'"EUR"', "currency", "EUR"),
        (b'"attributes":{}', b'"attributes":{"a b":"c"}', "attributes", "not allowed"),
        (b'"schema_version":1', b'"schema_version":2', "schema_version", "<= 1"),
    ],
)
def test_a_flaw_names_its_field(old: bytes, new: bytes, field: str, words: str) -> None:
    assert old in PLAIN
    found = read_json(PLAIN.replace(old, new, 1))
    assert isinstance(found, Unreadable)
    assert [flaw.field for flaw in found.flaws] == [field]
    assert words in found.flaws[0].message


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"", Unreadability.JSON_INVALID, "not JSON"),
        (b"null", Unreadability.JSON_INVALID, "Expected"),
        (b'"\xff"', Unreadability.JSON_INVALID, "UTF-8"),
        ('"\u00e1"'.encode("utf-16"), Unreadability.JSON_INVALID, "UTF-8"),
        (b"[" * (DEPTH_MAX + 1), Unreadability.JSON_INVALID, "deeper"),
        (b'{"a":' * 100_000, Unreadability.JSON_INVALID, "deeper"),
        (b"[" + b"1," * VALUES_MAX + b"1]", Unreadability.JSON_INVALID, "values"),
        (b" " * (BODY_MAX_BYTES + 1), Unreadability.TOO_LARGE, "larger"),
        (b'{"a":1', Unreadability.JSON_INVALID, "line 1"),
    ],
)
def test_what_is_refused_as_a_whole(body: bytes, code: Unreadability, words: str) -> None:
    found = read_json(body)
    assert isinstance(found, Unreadable)
    assert found.code is code
    assert words in found.flaws[0].message


def test_brackets_in_texts_are_no_nesting() -> None:
    order = plain_order(attributes={"note": "[{" * 100 + '\\"'})
    assert read_json(write_json(order)) == order


def test_flaws_are_bounded_and_printable() -> None:
    hostile = b'{"\\u202e\\n' + b"k" * 1000 + b'":[' + b"NaN," * 1000 + b"NaN]}"
    found = read_json(hostile)
    assert isinstance(found, Unreadable)
    assert len(found.flaws) == FLAWS_MAX
    for flaw in found.flaws:
        assert len(flaw.field) <= 600
        assert flaw.field.isprintable()
