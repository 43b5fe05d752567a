"""Sharing: asked once by many; what is asked all the time is renewed behind those who look."""

import asyncio

import pytest

from mtd.runtime.desk.sharing import Shared

LONG_S = 60.0
PATIENCE_S = 10.0


class Source:
    """Answers 1, 2, 3 …, once it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.answered = asyncio.Semaphore(0)
        self.began, self.may = asyncio.Event(), asyncio.Event()
        self.may.set()
        self.fails = False

    async def ask(self) -> int:
        self.asked += 1
        self.began.set()
        await self.may.wait()
        self.answered.release()
        if self.fails:
            raise OSError("away")
        return self.asked


async def test_many_who_ask_at_once_are_answered_by_one_question() -> None:
    shared, source = Shared(), Source()
    source.may.clear()
    many = [asyncio.create_task(shared.get("q", source.ask, LONG_S)) for _ in range(10)]
    await source.began.wait()
    source.may.set()
    assert await asyncio.gather(*many) == [1] * 10
    assert await shared.get("another", source.ask, LONG_S) == 2


async def test_a_stale_answer_is_shown_at_once_and_renewed_once_behind() -> None:
    shared, source = Shared(), Source()
    assert await shared.get("q", source.ask) == 1
    source.may.clear()
    async with asyncio.timeout(PATIENCE_S):
        assert [await shared.get("q", source.ask, 0.0, LONG_S) for _ in range(5)] == [1] * 5
        source.may.set()
        for _ in range(2):
            await source.answered.acquire()
        assert await shared.get("q", source.ask, LONG_S) == source.asked == 2


async def test_what_is_too_old_is_waited_for() -> None:
    shared, source = Shared(), Source()
    assert [await shared.get("q", source.ask, 0.0, 0.0) for _ in range(3)] == [1, 2, 3]


async def test_an_answer_that_cannot_be_renewed_is_shown_until_it_is_too_old() -> None:
    shared, source = Shared(), Source()
    await shared.get("q", source.ask)
    source.fails = True
    async with asyncio.timeout(PATIENCE_S):
        assert await shared.get("q", source.ask, 0.0, LONG_S) == 1
        for _ in range(2):
            await source.answered.acquire()
        await asyncio.sleep(0)
        assert await shared.get("q", source.ask, 0.0, LONG_S) == 1
        await source.answered.acquire()
    with pytest.raises(OSError, match="away"):
        await shared.get("q", source.ask, 0.0, 0.0)
