"""Together: each gets its own answer, those who come at once share a round, none harms another."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from mtd.runtime.together import Together
from mtd.store.sessions import Unavailable

UNSTORABLE = 13


class Database:
    """Doubles numbers when it is let; a round with UNSTORABLE in it is refused as a whole."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.open = asyncio.Event()

    async def doubled(self, numbers: Sequence[int]) -> list[int]:
        self.rounds.append(list(numbers))
        await self.open.wait()
        if UNSTORABLE in numbers:
            raise asyncpg.DataError("it cannot be stored")
        return [2 * number for number in numbers]


@pytest.fixture
async def database() -> Database:
    return Database()


async def asked(together: Together[int, int], numbers: Sequence[int]) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(together.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_who_comes_while_a_round_is_on_its_way_shares_the_next(database: Database) -> None:
    together = Together(database.doubled, round_max=4)
    tasks = await asked(together, [1])
    tasks += await asked(together, [2, 3, 4, 5, 6])
    database.open.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10, 12]
    assert database.rounds == [[1], [2, 3, 4, 5], [6]]
    assert await together.ask(7) == 14


async def test_what_cannot_be_stored_is_refused_alone(database: Database) -> None:
    together = Together(database.doubled)
    tasks = await asked(together, [0, 1, 2, UNSTORABLE, 4, 5])
    database.open.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers.pop(3), asyncpg.DataError)
    assert answers == [0, 2, 4, 8, 10]


async def test_an_outage_is_told_to_each_and_the_next_is_asked_again() -> None:
    outages = [ConnectionError("away")]

    async def fragile(numbers: Sequence[int]) -> Sequence[int]:
        if outages:
            raise outages.pop()
        return numbers

    together = Together(fragile)
    first = await asyncio.gather(together.ask(1), together.ask(2), return_exceptions=True)
    assert [str(one) for one in first] == ["away", "away"]
    assert await together.ask(3) == 3


async def test_who_gives_up_leaves_the_others_their_answers(database: Database) -> None:
    together = Together(database.doubled)
    first, second, third = await asked(together, [1, 2, 3])
    second.cancel()
    database.open.set()
    assert (await first, await third) == (2, 6)


async def test_too_many_are_told_to_come_again(database: Database) -> None:
    together = Together(database.doubled, queue_max=2)
    tasks = await asked(together, [1])
    tasks += await asked(together, [2, 3])
    with pytest.raises(Unavailable):
        await together.ask(4)
    database.open.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6]
