"""The turn: collect what happened, advance, commit, act. One turn is one commit.

    collect   answers of the hands, timers that are due, what the door took in
    advance   each instance through what happened to it: in memory, pure (`move`)
    commit    every row of every move in one statement; the live map changes only after it
    act       only now may the world be touched

While a turn commits, the next one's work gathers: that is group commit. A large turn lets the
hands go on between two moves: no answer is kept waiting until all of it is advanced.
"""

import asyncio
from collections.abc import Sequence

from mtd.runtime.clock import elapsed_s
from mtd.runtime.engine.engine import Engine
from mtd.runtime.engine.happening import Happened, Move
from mtd.runtime.engine.moving import move
from mtd.runtime.settings.lifetimes import USUAL, Lifetimes

BREATH_S = 0.02
"""So long a turn advances before whoever else runs on the loop goes on."""


async def turn(engine: Engine, lifetimes: Lifetimes = USUAL) -> int:
    """Everything that happened, advanced, committed and acted upon; how many instances moved."""
    happened = await engine.collect()
    moves = await _advanced(engine, happened, lifetimes)
    committed = await engine.commit(moves)
    await engine.act(committed)
    return len(committed)


async def _advanced(
    engine: Engine, happened: Sequence[Happened], lifetimes: Lifetimes
) -> list[Move]:
    moves: list[Move] = []
    breath_s = elapsed_s()
    for one in happened:
        moves.append(move(one, engine.now(), lifetimes))
        if elapsed_s() - breath_s >= BREATH_S:
            await asyncio.sleep(0)
            breath_s = elapsed_s()
    return moves
