"""Ids and statements: UUIDv7 by the book, and SQL that is named and numbered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.store import statements as loader
from mtd.store.ids import SLOTS, derived, slot_of, uuid7
from mtd.store.statements import composed, numbered, read

MOMENTS = st.integers(0, 15_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@given(MOMENTS, st.binary(min_size=10, max_size=16))
def test_an_id_is_a_uuid_of_version_7(at: datetime, chance: bytes) -> None:
    id_ = UUID(made := uuid7(at, chance))
    assert str(id_) == made
    assert (id_.version, id_.variant) == (7, "specified in RFC 4122")
    assert id_.int >> 80 == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert slot_of(made) == id_.int % SLOTS


@given(MOMENTS, st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_later_ids_sort_after_earlier_ones(at: datetime, one: bytes, two: bytes) -> None:
    assert uuid7(at, one) < uuid7(at + timedelta(milliseconds=1), two)


def test_a_derived_id_is_always_the_same() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert derived(at, 1, "a", 2) == derived(at, 1, "a", 2) != derived(at, 1, "a", 3)


def test_too_little_chance_is_our_bug() -> None:
    with pytest.raises(ValueError, match="ten bytes"):
        uuid7(datetime.now(UTC), b"short")


def test_parameters_are_numbered_and_casts_are_not() -> None:
    statement = numbered("SELECT :b::text, :a, :b, '12:30'::time, x::int[]")
    assert statement.text == "SELECT $1::text, $2, $1, '12:30'::time, x::int[]"
    assert statement(a=1, b="x") == (statement.text, "x", 1)
    with pytest.raises(KeyError):
        statement(a=1)


def test_a_statement_is_composed_of_its_parts() -> None:
    statement = composed(
        {"a": "a AS (SELECT :x)", "b": "b AS (SELECT :y, :x)", "z": "SELECT"}, "ab", "z"
    )
    assert statement.text == "WITH a AS (SELECT $1),\nb AS (SELECT $2, $1)\nSELECT"


def test_every_statement_has_a_name_and_a_purpose() -> None:
    folder = Path(loader.__file__).with_name("sql")
    files = sorted(folder.rglob("*.sql"))
    assert files
    for file in files:
        text = file.read_text()
        found = read(file.relative_to(folder).with_suffix("").as_posix())
        assert len(found) == text.count("-- name:"), file.name
        assert all(found.values()), file.name
        assert text.count(f"-- name: {file.stem}.") == len(found), file.name
