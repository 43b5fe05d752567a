"""Packing: what goes in comes out, what was never packed reads as it is, and it is smaller."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.orders.facts import facts
from mtd.core.orders.json import write_json
from mtd.core.process.trigger import Start
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.store.packing import pack, unpack

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ORDERS = tuple(generate(1, 50, NOW))
_JSON = msgspec.json.Encoder(decimal_format="number")
WRITTEN_FIRST = bytes.fromhex("0143ae0694cc510afd0050dece48cdc901e59f5a00")
"""Bytes as they lie in databases since there is packing."""


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_what_goes_in_comes_out(value: dict[str, object]) -> None:
    text = msgspec.json.encode(value)
    assert unpack(pack(text)) == text
    assert len(pack(text)) <= len(text)


def test_an_order_and_its_start_take_less_than_half() -> None:
    for order in ORDERS:
        content, start = write_json(order), _JSON.encode(Start(at=NOW, variables=facts(order)))
        assert unpack(pack(content)) == content and unpack(pack(start)) == start
        assert len(pack(content)) < len(content) / 2
        assert len(pack(start)) < len(start) / 2


def test_what_was_written_before_there_was_packing_reads_as_it_is() -> None:
    for text in (b"", b"{}", b'{"type":"retried"}', write_json(ORDERS[0])):
        assert unpack(text) == text


def test_what_is_no_object_is_left_alone() -> None:
    for text in (b"", b"[]", b"null", b"\xffrubbish"):
        assert pack(text) == text and unpack(text) == text


def test_words_never_change() -> None:
    assert unpack(WRITTEN_FIRST) == b'{"order_id":"7","country":"PE","hello":1}'


@given(st.data())
def test_what_is_cut_short_is_told(data: st.DataObject) -> None:
    packed = pack(write_json(ORDERS[0]))
    with pytest.raises(ValueError, match="packed text"):
        unpack(packed[: data.draw(st.integers(1, len(packed) - 1))])
