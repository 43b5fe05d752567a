"""Lines: bounds, rate and breaker hold whatever happens."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mtd.connectors.settings import LegacySettings
from mtd.runtime.hands.line import Line

QUEUE_MAX = 5
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["join", "go", "sound", "failed", "withdraw", "leave", "wait", "close"]),
        st.floats(0.0, 3.0),
    ),
    max_size=80,
)


def a_line(**other: float | None) -> Line[int]:
    settings = LegacySettings(base_url="http://127.0.0.1:9")
    return Line(replace(settings, **other), QUEUE_MAX)


@given(ACTS, st.integers(1, 3), st.one_of(st.none(), st.floats(0.2, 5.0)), st.integers(1, 3))
def test_bounds_hold(
    acts: list[tuple[str, float]], concurrency: int, rate: float | None, failures: int
) -> None:
    line = a_line(
        concurrency_max=concurrency,
        rate_per_s=rate,
        breaker_failures=failures,
        breaker_open_s=2.0,
    )
    now_s, job = 0.0, 0
    running: list[int] = []
    went: list[float] = []
    order: list[int] = []
    joined, left = 0, 0
    for act, seconds in acts:
        match act:
            case "join" if line.admits(now_s):
                job += 1
                joined += 1
                line.join(job)
            case "go":
                ready_in_s = line.ready_in_s(now_s)
                lets_through = line.lets_through(now_s)
                gone = line.next(now_s)
                if gone is not None:
                    assert lets_through and ready_in_s == 0.0
                    running.append(gone)
                    order.append(gone)
                    went.append(now_s)
                elif ready_in_s is not None:
                    assert ready_in_s > 0.0
            case "sound" | "failed" if running:
                line.settle(running.pop(0), sound=act == "sound", now_s=now_s)
            case "withdraw" if running:
                line.withdraw(running.pop(0))
            case "leave":
                left += len(line.leave(lambda one: one % 2 == 0))
            case "wait":
                now_s += seconds
            case "close":
                line.close()
                assert line.lets_through(now_s) and line.state(now_s) == "closed"
            case _:
                pass
        assert len(line) <= QUEUE_MAX
        assert line.running == len(running) <= concurrency
    assert order == sorted(order)
    assert joined == len(order) + left + len(line)
    if rate is not None:
        for i, first in enumerate(went):
            for n, last in enumerate(went[i:], 1):
                assert n <= max(1.0, rate) + (last - first) * rate + 1e-6


@given(st.integers(1, 5), st.floats(0.1, 10.0))
def test_the_breaker_opens_after_so_many_failures_and_lets_one_probe(
    failures: int, open_s: float
) -> None:
    line = a_line(breaker_failures=failures, breaker_open_s=open_s, concurrency_max=10)
    for n in range(failures):
        assert line.admits(0.0)
        line.join(n)
        assert line.next(0.0) == n
        line.settle(n, sound=False, now_s=0.0)
    line.join(100)
    assert not line.lets_through(0.0) and line.next(0.0) is None
    assert (line.state(0.0), line.failures) == ("open", failures)
    assert line.state(open_s) == "half_open" and line.open_s(open_s) == open_s
    assert line.opens_in_s(0.0) == open_s
    line.join(101)
    assert line.next(open_s) == 100
    assert line.next(open_s) is None and not line.admits(open_s)
    line.withdraw(100)
    assert line.next(open_s) == 101
    line.settle(101, sound=False, now_s=open_s)
    assert not line.lets_through(open_s)
    assert line.open_s(2 * open_s) == 2 * open_s, "since it opened, whatever was probed meanwhile"
    line.join(102)
    assert line.next(2 * open_s) == 102
    line.settle(102, sound=True, now_s=2 * open_s)
    assert line.admits(2 * open_s) and line.opens_in_s(2 * open_s) == 0.0


def test_an_old_attempt_that_comes_back_does_not_free_the_way_for_a_second_probe() -> None:
    line = a_line(breaker_failures=1, breaker_open_s=1.0, concurrency_max=10)
    for job in (1, 2):
        line.join(job)
        assert line.next(0.0) == job
    line.settle(1, sound=False, now_s=0.0)
    for job in (3, 4):
        line.join(job)
    assert line.next(1.0) == 3
    line.settle(2, sound=False, now_s=1.0)
    assert line.next(5.0) is None


def test_those_who_came_last_go_first_when_there_is_no_room() -> None:
    line = a_line()
    for job in range(5):
        line.join(job)
    assert not line.admits(0.0)
    assert line.leave_last(2) == [4, 3]
    assert [line.next(0.0) for _ in range(4)] == [0, 1, 2, None]


@given(st.integers(1, 5))
def test_closed_by_somebody_it_takes_as_many_failures_to_open_again(failures: int) -> None:
    line = a_line(breaker_failures=failures, breaker_open_s=60.0, concurrency_max=10)
    for again in range(2):
        for n in range(failures):
            assert line.state(float(again)) == "closed"
            line.join(n)
            assert line.next(float(again)) == n
            line.settle(n, sound=False, now_s=float(again))
        assert line.state(float(again)) == "open" and line.open_s(float(again)) == 0.0
        line.close()
        assert line.failures == 0 and line.open_s(5.0) == 0.0
