"""An intake process that may be told to die right after one of its steps.

python -m tests.runtime.intake.crashing DSN HOME [STEP]
"""

import asyncio
import inspect
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mtd.runtime.intake import delivering, folder, registering, take_in
from mtd.runtime.intake.archive import Archive
from mtd.runtime.operations.operations import Operations
from mtd.store.arriving import intake
from tests.runtime.intake.place import opened

LEASE_S = 0.3
STEPS: dict[str, tuple[Any, str]] = {
    "archived": (Archive, "keep"),
    "registered": (intake, "register"),
    "claimed": (intake, "claim"),
    "read": (Archive, "read"),
    "placed": (Operations, "place"),
    "settled": (intake, "settle"),
    "linked": (folder, "_linked"),
    "put away": (registering, "put_away"),
}
"""The steps of a file, in order, each a function of the intake."""
COMMITTING = {"registered": registering, "claimed": delivering, "settled": delivering}
"""Steps that are steps only once they are committed, and who commits them."""


def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, after which nothing happens any more, if it had anything to do."""
    if inspect.iscoroutinefunction(function):

        async def last_async(*args: Any, **kwargs: Any) -> Any:
            outcome = await function(*args, **kwargs)
            return _dead(outcome)

        return last_async

    def last(*args: Any, **kwargs: Any) -> Any:
        return _dead(function(*args, **kwargs))

    return last


def _dead(outcome: Any) -> Any:
    if outcome == []:
        return outcome  # an empty round is no step
    os.kill(os.getpid(), signal.SIGKILL)
    return outcome


def die_after(step: str) -> None:
    """Arrange it: where a step ends with a commit, after that."""
    owner, name = STEPS[step]
    committer: Any = COMMITTING.get(step)
    if committer is None:
        setattr(owner, name, deadly(getattr(owner, name)))
        return
    function = getattr(owner, name)
    done: list[Any] = []
    insist = committer.insist

    async def noting(*args: Any, **kwargs: Any) -> Any:
        outcome = await function(*args, **kwargs)
        done.extend(outcome)
        return outcome

    async def insisting(*args: Any) -> Any:
        outcome = await insist(*args)
        return _dead(outcome) if done else outcome

    setattr(owner, name, noting)
    committer.insist = insisting


async def main(dsn: str, home: Path) -> None:
    """Take in until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with opened(dsn, home) as place:
        await take_in(place.app, place.operations, stopping)


if __name__ == "__main__":
    delivering.LEASE_S = LEASE_S
    if len(sys.argv) > 3:
        die_after(sys.argv[3])
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
