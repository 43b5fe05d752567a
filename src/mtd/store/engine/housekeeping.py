"""Housekeeping: what is set aside or forgotten now and then, in the engine's own name."""

from mtd.store.arriving.messages import TRIED_MAX
from mtd.store.engine.worker import Worker
from mtd.store.statements import statements

_SQL = statements("engine/housekeeping")


async def expire_messages(worker: Worker) -> int:
    """Set aside, for people to see, the messages whose time to live is over; how many."""
    return len(await worker.reading.insist(*_SQL["expired"](tried_max=TRIED_MAX)))


async def forget_turns(worker: Worker, older_s: float) -> int:
    """Forget proofs of commits older than `older_s` seconds; how many."""
    return len(await worker.reading.insist(*_SQL["turns"](older_s=older_s)))


async def forget_snapshots(worker: Worker) -> int:
    """Forget the snapshots of instances that are over; how many."""
    return len(await worker.reading.insist(*_SQL["snapshots"]()))


async def forget_erased(worker: Worker) -> int:
    """Erase what was left of erased persons and need be kept no longer; how many keys."""
    return len(await worker.reading.insist(*_SQL["erased"]()))
