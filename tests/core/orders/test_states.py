"""The headline state: what may follow what, and what no step can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.orders.states import (
    FINAL,
    NEXT,
    OVERLAYS,
    RECEIVED,
    IllegalTransition,
    OrderState,
    OrderStatus,
    follow,
)

S = OrderState
states = st.sampled_from(OrderState)
LAID = frozenset({S.EXCEPTION, S.ON_HOLD})
"""Overlays that are never reached, only laid over what is."""

steps = st.tuples(
    st.lists(states.map(str), max_size=3),
    st.lists(st.sampled_from(OVERLAYS).map(str), max_size=2),
    st.booleans(),
)


def _run(*entered: str, status: OrderStatus = RECEIVED) -> OrderStatus:
    moved = follow(status, entered, (), False)
    assert isinstance(moved, OrderStatus), moved
    return moved


def _refused(status: OrderStatus, *entered: str) -> bool:
    return isinstance(follow(status, entered, (), False), IllegalTransition)


def test_the_main_path_reaches_closed() -> None:
    path = [S.RECEIVED, S.VALIDATED, S.PAYMENT_CONFIRMED, S.DTE_ISSUANCE, S.INVOICED]
    path += [S.IN_FULFILLMENT, S.DISPATCHED, S.DELIVERED, S.CLOSED]
    status = RECEIVED
    for state in path:
        status = _run(state, status=status)
        assert status == OrderStatus(state, state)
    assert _run(*path) == status


def test_pickup_failure_return_and_cancel_paths() -> None:
    ready = _run("VALIDATED", "PAYMENT_CONFIRMED", "DTE_ISSUANCE", "INVOICED", "IN_FULFILLMENT")
    assert _run("READY_FOR_PICKUP", "DELIVERED", "CLOSED", status=ready).headline is S.CLOSED
    failed = _run("DISPATCHED", "DELIVERY_FAILED", status=ready)
    again = _run("IN_FULFILLMENT", status=failed)
    assert again.headline is S.IN_FULFILLMENT
    returned = _run("DISPATCHED", "DELIVERED", "RETURN_IN_PROGRESS", "RETURNED", status=again)
    assert returned.headline is S.RETURNED
    assert _run("CANCELLATION_REQUESTED", "CANCELLED", status=ready).headline is S.CANCELLED


def test_a_closed_order_comes_back_by_the_legal_guarantee_alone() -> None:
    closed = OrderStatus(S.CLOSED, S.CLOSED)
    again = _run("RETURN_IN_PROGRESS", "RETURNED", "CLOSED", status=closed)
    assert again == _run("RETURN_IN_PROGRESS", "DELIVERED", "CLOSED", status=closed) == closed
    for state in ("DELIVERED", "RETURNED", "CANCELLATION_REQUESTED"):
        assert _refused(closed, state)
    assert _refused(OrderStatus(S.CANCELLED, S.CANCELLED), "RETURN_IN_PROGRESS")


def test_a_slower_branch_does_not_take_the_headline_back() -> None:
    ahead = _run("VALIDATED", "PAYMENT_CONFIRMED", "IN_FULFILLMENT")
    assert _run("DTE_ISSUANCE", "INVOICED", status=ahead) == ahead
    held = OrderStatus(S.ON_HOLD, S.IN_FULFILLMENT, S.IN_FULFILLMENT)
    assert _run("VALIDATED", status=held) == ahead


@pytest.mark.parametrize("state", ["DISPATCHED", "CLOSED", "WAITING", "REJECTED", "EXPLODED"])
def test_steps_are_not_skipped(state: str) -> None:
    assert _refused(RECEIVED, state)


def test_a_refusal_says_what_was_tried() -> None:
    refusal = follow(RECEIVED, ["DELIVERED"], (), False)
    assert isinstance(refusal, IllegalTransition)
    assert refusal.message == "an order that is RECEIVED may not become DELIVERED"


def test_after_dispatch_nothing_is_cancelled() -> None:
    dispatched = OrderStatus(S.DISPATCHED, S.DISPATCHED)
    assert _refused(dispatched, "CANCELLATION_REQUESTED")
    refusal = follow(dispatched, (), ["CANCELLATION_REQUESTED"], False)
    assert isinstance(refusal, IllegalTransition)


def test_overlays_remember_where_to_resume() -> None:
    status = _run("VALIDATED")
    held = follow(status, (), ["ON_HOLD"], False)
    assert held == OrderStatus(S.ON_HOLD, S.VALIDATED, S.VALIDATED)
    assert isinstance(held, OrderStatus)
    both = follow(held, (), ["ON_HOLD"], True)
    assert both == OrderStatus(S.EXCEPTION, S.VALIDATED, S.ON_HOLD)
    assert isinstance(both, OrderStatus)
    assert follow(both, (), (), False) == status


def test_what_is_held_may_be_cancelled() -> None:
    invoiced = OrderStatus(S.ON_HOLD, S.INVOICED, S.INVOICED)
    assert _run("CANCELLED", status=invoiced) == OrderStatus(S.CANCELLED, S.CANCELLED)
    assert _refused(OrderStatus(S.INVOICED, S.INVOICED), "CANCELLED")


def test_a_cancellation_stays_requested_until_it_is_done() -> None:
    requested = _run("VALIDATED", "CANCELLATION_REQUESTED")
    assert _run("PAYMENT_CONFIRMED", status=requested) == requested
    failing = follow(requested, (), (), True)
    assert failing == OrderStatus(S.EXCEPTION, S.CANCELLATION_REQUESTED, S.CANCELLATION_REQUESTED)
    assert isinstance(failing, OrderStatus)
    assert _run("CANCELLED", status=failing).headline is S.CANCELLED


def test_intake_waits_receives_or_rejects() -> None:
    waiting = OrderStatus(S.WAITING, S.WAITING)
    assert _run("RECEIVED", status=waiting) == RECEIVED
    assert _run("REJECTED", status=waiting).headline is S.REJECTED
    assert _refused(waiting, "VALIDATED")


@given(st.lists(steps, max_size=12))
def test_no_history_breaks_the_rules(history: list[tuple[list[str], list[str], bool]]) -> None:
    status = RECEIVED
    for entered, held, troubled in history:
        moved = follow(status, entered, held, troubled)
        if isinstance(moved, IllegalTransition):
            continue
        assert moved.reached not in LAID
        if status.reached.is_final and S.RETURN_IN_PROGRESS.value not in entered:
            assert moved == OrderStatus(status.reached, status.reached)
        if moved.headline is not moved.reached:
            assert moved.headline in OVERLAYS
            assert moved.resume is not None
            assert moved.headline in {S(code) for code in held} | {S.EXCEPTION}
        else:
            assert moved.resume is None
        if troubled and not moved.reached.is_final:
            assert moved.headline is S.EXCEPTION
        status = moved


@given(states, states)
def test_one_step_goes_where_the_table_says_or_stays(before: OrderState, after: OrderState) -> None:
    if before in LAID:
        return
    moved = follow(OrderStatus(before, before), [after], (), False)
    if isinstance(moved, IllegalTransition):
        assert after not in NEXT[before]
        assert after is not before
    elif moved.reached is not before:
        cancels = after is S.CANCELLATION_REQUESTED and before.rank < S.DISPATCHED.rank
        assert after in NEXT[before] or cancels


@given(states)
def test_from_everywhere_an_end_can_be_reached(state: OrderState) -> None:
    reachable, new = {state}, {state}
    while new:
        new = {after for before in new for after in NEXT[before]} - reachable
        reachable |= new
    assert reachable & FINAL


def test_every_state_has_both_labels() -> None:
    assert all(state.es and state.en for state in OrderState)
    assert len({state.es for state in OrderState}) == len(OrderState)
    assert len({state.en for state in OrderState}) == len(OrderState)
