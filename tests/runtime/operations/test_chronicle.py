"""The chronicle: rows of a journal with the evidence that belongs to each."""

from datetime import UTC, datetime

from mtd.core.process.definition import Definition, Element
from mtd.core.process.journal import VERSION, Entry, Reached, Record, encode
from mtd.runtime.operations.chronicle import chronicle
from mtd.store.engine.turned import Attempted
from mtd.store.orders.trace import Traced

AT = datetime(2026, 11, 27, tzinfo=UTC)
DRAWN = Definition(
    name="short", version=1, root="p",
    elements={"a": Element(id="a", name="Capturar pago", kind="serviceTask")},
)  # fmt: skip


def row(seq: int, wait: int, *attempts: Attempted) -> Traced:
    payload = encode(Record(VERSION, [wait, "done", 5, None], [Reached("PAID")]))
    return Traced(Entry(seq, AT, "answered", "a", payload), attempts)


def attempt(seq: int, wait: int, number: int = 1) -> Attempted:
    return Attempted(
        seq=seq, wait=wait, visit="v1", attempt=number, service="payment.capture", at=AT,
        took_ms=5.0, outcome="done", request=b"[1]", response=b"[2]",
    )  # fmt: skip


def test_each_attempt_is_told_with_its_row() -> None:
    chapters = chronicle(DRAWN, [row(1, 4, attempt(1, 4)), row(2, 5), row(3, 5, attempt(3, 5, 2))])
    assert [[one.attempt for one in chapter.attempts] for chapter in chapters] == [[1], [], [2]]
    assert [chapter.label for chapter in chapters] == ["Capturar pago"] * 3
    assert chapters[0].told == ["state PAID"]
    first = chapters[0].attempts[0]
    assert (bytes(first.request), bytes(first.response)) == (b"[1]", b"[2]")
