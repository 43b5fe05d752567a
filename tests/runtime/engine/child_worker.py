"""A worker in a process of its own, to be killed: each effect leaves a file."""

import asyncio
import sys
from pathlib import Path

from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done
from mtd.runtime.engine.working import work
from tests.runtime.plant import a_legacy, a_plant, chain


async def main() -> None:
    """Work until killed."""
    effects = Path(sys.argv[2])

    async def effect(attempt: Attempt, _: Wire) -> Answer:
        (effects / attempt.key.replace(":", "-")).touch()
        await asyncio.sleep(0.05)
        return Done()

    definition = chain("three", ["far.do"] * 3)
    async with a_plant(sys.argv[1], sys.argv[1], definition, legacy={"far": a_legacy()}) as plant:
        plant.connect("far.do", effect)
        await work(plant.app, plant.connectors, asyncio.Event())


asyncio.run(main())
