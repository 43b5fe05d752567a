"""Reconciling: what agrees is silent, every planted gap is found, and only that one."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mtd.core.orders.reconciling import Booked, Issued, Kind, Sold, differences

DAY, BEFORE, AFTER = "2026-11-26", "2026-11-25", "2026-11-27"
Books = tuple[list[Sold], list[Booked], list[Issued]]


def books(count: int) -> Books:
    """So many sales of the day that agree in everything."""
    numbers = range(count)
    sold = [
        Sold(
            order=f"CL/s/ecommerce/{n}",
            day=DAY,
            total=Decimal(100 + n),
            state="CLOSED",
            document=f"39-{n}",
            is_posted=True,
            is_mailed=True,
        )
        for n in numbers
    ]
    booked = [Booked(order=one.order, day=DAY, total=one.total) for one in sold]
    issued = [
        Issued(order=one.order, day=DAY, document=str(one.document), total=one.total)
        for one in sold
    ]
    return sold, booked, issued


def lose_posted(of: Books, n: int) -> None:
    del of[1][n]


def post_twice(of: Books, n: int) -> None:
    of[1].append(of[1][n])


def change_posted(of: Books, n: int) -> None:
    of[1][n] = replace(of[1][n], total=Decimal(1))


def cancel(of: Books, n: int) -> None:
    of[0][n] = replace(of[0][n], state="CANCELLED")


def book_a_stranger(of: Books, _n: int) -> None:
    of[1].append(Booked(order="CL/s/ecommerce/ghost", day=DAY, total=Decimal(9)))


def lose_issued(of: Books, n: int) -> None:
    del of[2][n]


def issue_twice(of: Books, n: int) -> None:
    of[2].append(replace(of[2][n], document="39-999"))


def change_issued(of: Books, n: int) -> None:
    of[2][n] = replace(of[2][n], total=Decimal(1))


def issue_to_a_stranger(of: Books, _n: int) -> None:
    of[2].append(Issued(order="CL/s/ecommerce/ghost", day=DAY, document="39-8", total=Decimal(9)))


def mail_nothing(of: Books, n: int) -> None:
    of[0][n] = replace(of[0][n], is_mailed=False)


PLANTED: dict[Kind, Callable[[Books, int], None]] = {
    Kind.POS_MISSING: lose_posted,
    Kind.POS_TWICE: post_twice,
    Kind.POS_AMOUNT: change_posted,
    Kind.POS_NOT_VOIDED: cancel,
    Kind.POS_UNKNOWN: book_a_stranger,
    Kind.DOCUMENT_MISSING: lose_issued,
    Kind.DOCUMENT_TWICE: issue_twice,
    Kind.DOCUMENT_AMOUNT: change_issued,
    Kind.DOCUMENT_UNKNOWN: issue_to_a_stranger,
    Kind.MAIL_MISSING: mail_nothing,
}


def test_every_kind_is_planted() -> None:
    assert set(PLANTED) == set(Kind)


@given(st.sampled_from(list(Kind)), st.integers(1, 6), st.data())
def test_a_planted_gap_is_found_and_nothing_else(
    kind: Kind, count: int, data: st.DataObject
) -> None:
    of = books(count)
    assert differences(DAY, *of) == []
    PLANTED[kind](of, data.draw(st.integers(0, count - 1)))
    assert [one.kind for one in differences(DAY, *of)] == [kind]


@pytest.mark.parametrize("booked_on", [DAY, AFTER])
def test_what_is_booked_after_midnight_finds_its_sale(booked_on: str) -> None:
    sold, booked, issued = books(1)
    late = [replace(one, day=booked_on) for one in booked]
    assert differences(DAY, sold, late, issued) == []


def test_what_belongs_to_the_day_before_is_no_stranger() -> None:
    sold, booked, issued = books(2)
    sold[0] = replace(sold[0], day=BEFORE)
    assert differences(DAY, sold, booked, issued) == []


def test_what_is_not_done_yet_is_under_way() -> None:
    sold, _, _ = books(1)
    waiting = [replace(sold[0], state="DELIVERED", document=None, is_posted=False, is_mailed=False)]
    assert differences(DAY, waiting, [], []) == []
