"""What one row of a journal adds: promises once, tasks late or not, elements as they are drawn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from mtd.core.process.effect import UserTask
from mtd.core.process.facts import Ended, Entered, Fact, Gone, Opened, Put, Reached, Troubled
from mtd.core.process.instance import Incident, Scope, State, Token, Wait
from mtd.core.process.journal import Entry, Record, encode
from mtd.runtime.counts.counting import count, placed
from mtd.runtime.counts.tally import HOUR, Tally
from mtd.store.counts.course import Course, Sale

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SALE = Sale(
    country="CL", store="paris", channel="phone", document="RECEIPT", currency="CLP",
    amount=Decimal(900), received_at=NOON - timedelta(hours=3), promised_at=NOON,
)  # fmt: skip


def played(*rows: tuple[datetime, Sequence[Fact]]) -> tuple[Course, Tally]:
    """An order whose journal has these rows."""
    course, tally = Course((1, "an order"), 0, "p@1", SALE, "VALIDATED"), Tally(UTC)
    scope = Scope(0, "Process_1", variables={"carrier": "STARKEN"})
    begin = (SALE.received_at, (Entered(scope), Put(Token(1, "Pack", 0))))
    for seq, (at, facts) in enumerate((begin, *rows), start=1):
        payload = encode(Record(2, [1], list(facts)))
        count(course, Entry(seq, at, "fired", "", payload), tally)
    return course, tally


@pytest.mark.parametrize(
    ("rows", "became"),
    [
        ([(NOON, "DISPATCHED")], "kept"),
        ([(NOON + MINUTE, "READY_FOR_PICKUP")], "missed"),
        ([(NOON + MINUTE, "CANCELLED")], "dropped"),
        ([(NOON - MINUTE, "DISPATCHED"), (NOON + MINUTE, "DELIVERED")], "kept"),
        ([(NOON + MINUTE, "DISPATCHED"), (NOON + MINUTE, "CLOSED")], "missed"),
    ],
)
def test_a_promise_is_settled_once_by_when_it_was_due(
    rows: list[tuple[datetime, str]], became: str
) -> None:
    course, tally = played(*((at, [Reached(state)]) for at, state in rows))
    (hour,) = [one for key, one in tally.promises.items() if key.grain == HOUR]
    told = {name: getattr(hour, name) for name in ("kept", "missed", "dropped")}
    assert told == {"kept": 0, "missed": 0, "dropped": 0} | {became: 1}
    assert {key.carrier for key in tally.promises} == {"STARKEN"}
    assert not course.awaited
    (listed,) = tally.settlements
    assert (listed.instance, listed.became, listed.due_at) == ("an order", became, NOON)
    assert (listed.store, listed.channel, listed.carrier) == ("paris", "phone", "STARKEN")
    (received,) = [k for k in tally.orders if (k.state, k.grain) == ("RECEIVED", HOUR)]
    assert received.since == NOON - timedelta(hours=3)


def test_an_order_is_counted_once_in_each_state_and_anew_when_it_is_stuck_further_on() -> None:
    stuck = Troubled(Incident(9, "Pack", 0, None, "HTTP_503", "no answer"))
    again = [Reached("CANCELLED")]
    course, tally = played(
        (NOON, [stuck]), (NOON, [stuck]), (NOON, [Reached("INVOICED"), stuck, stuck]),
        (NOON, [Reached("INVOICED")]), (NOON, again), (NOON, again),
    )  # fmt: skip
    sums = {key.state: one.n for key, one in tally.orders.items() if key.grain == HOUR}
    assert sums == {"RECEIVED": 1, "EXCEPTION": 2, "INVOICED": 1, "CANCELLED": 1}
    assert sum(one.incidents for key, one in tally.steps.items() if key.grain == HOUR) == 4
    assert course.reached == {"INVOICED", "CANCELLED"}


@pytest.mark.parametrize(("left", "late"), [(NOON, 0), (NOON + MINUTE, 1)])
def test_a_task_that_is_done_after_it_was_due_is_late(left: datetime, late: int) -> None:
    task = Wait(2, "Pack", 0, 1, UserTask("Pack", "agent", due=NOON))
    course, tally = played(
        (NOON - MINUTE, [Opened(task)]), (left, [Gone(1), Ended(State.COMPLETED)])
    )
    pack = [one for key, one in tally.steps.items() if key.grain == HOUR]
    assert sum(one.visits for one in pack) == sum(one.leaves for one in pack) == 1
    assert sum(one.overdue for one in pack) == late
    assert course.ended_at == left and not course.tokens


def test_elements_are_counted_where_they_are_drawn() -> None:
    assert placed("p@1", "Pack") == ("p@1", "Pack")
    assert placed("p@1", "tax@2:Sign") == ("tax@2", "Sign")
