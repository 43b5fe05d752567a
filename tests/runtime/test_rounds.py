"""Rounds go on past what fails, say no more of it than may be logged, and end when told to."""

import asyncio

from structlog.testing import capture_logs

from mtd.runtime.rounds import rounds


async def test_rounds_go_on_past_failures_until_told_to_stop() -> None:
    stopping, looks = asyncio.Event(), 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise ValueError("null value\nDETAIL: Failing row contains (Ana Rojas)")
        if looks == 3:
            stopping.set()

    with capture_logs() as said:
        await asyncio.wait_for(rounds(look, 0.001, stopping, "nothing is done"), 5)
    assert looks == 3
    assert [(one["event"], one["problem"]) for one in said] == [
        ("nothing is done", "ValueError: null value")
    ]


async def test_who_waits_between_two_rounds_ends_at_once() -> None:
    stopping, looked = asyncio.Event(), asyncio.Event()

    async def look() -> None:
        looked.set()

    going = asyncio.create_task(rounds(look, 3_600, stopping, "nothing is done"))
    await looked.wait()
    stopping.set()
    await asyncio.wait_for(going, 5)
