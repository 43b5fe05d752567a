"""The turn: collect what happened, advance, commit, act. One turn is one commit.

    collect   answers of the hands, timers that are due, what the door took in
    advance   each instance through what happened to it: in memory, pure (`move`)
    commit    every row of every move in one statement; the live map changes only after it
    act       only now may the world be touched

While a turn commits, the next one's work gathers: that is group commit.
"""

from mtd.runtime.engine.engine import Engine
from mtd.runtime.engine.moving import move
from mtd.runtime.settings.lifetimes import USUAL, Lifetimes


async def turn(engine: Engine, lifetimes: Lifetimes = USUAL) -> int:
    """Everything that happened, advanced, committed and acted upon; how many instances moved."""
    happened = await engine.collect()
    moves = [move(one, engine.now(), lifetimes) for one in happened]
    committed = await engine.commit(moves)
    await engine.act(committed)
    return len(committed)
