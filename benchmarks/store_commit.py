"""What the store costs: orders taken in by the door, then carried through ten committed steps.

    python benchmarks/store_commit.py postgresql://… [--orders 5000] [--batch 200] [--json]

The database must be migrated and is written to. Reports, per part: seconds, rows a second,
milliseconds a commit, WAL an order, and CPU of PostgreSQL's backends and of Python.
"""

import argparse
import asyncio
import hashlib
import json
import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from mtd.core.process.effect import Call
from mtd.core.process.instance import Instance, Scope, State, Token, Wait
from mtd.core.process.journal import (
    Assigned,
    Closed,
    Ended,
    Entered,
    Entry,
    Fact,
    Opened,
    Put,
    Reached,
    Record,
    encode,
    fold,
)
from mtd.store.arriving.arrival import NewOrder, Sealed
from mtd.store.engine.collecting import collect
from mtd.store.engine.committing import commit
from mtd.store.engine.turned import LIVE, NEVER, Consumed, Status, Turned, turned
from mtd.store.engine.worker import Fenced, Worker
from mtd.store.ids import uuid7
from mtd.store.sessions import Session
from mtd.store.store import Store

STEPS = 10
STATES = {1: "VALIDATED", 3: "PAYMENT_CONFIRMED", 5: "DTE_ISSUANCE", 6: "INVOICED", 10: "CLOSED"}
PAYLOAD_BYTES = 1024


@dataclass
class Meter:
    """CPU and WAL between two moments."""

    admin: Session
    pids: list[int]
    figures: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])

    @contextmanager
    def cpu(self) -> Generator[dict[str, float]]:
        """Seconds of wall, of the backends' CPU and of this process's CPU."""
        spent = {"wall_s": -time.perf_counter(), "python_s": -time.process_time()}
        spent["postgres_s"] = -sum(map(_cpu_s, self.pids))
        yield spent
        spent["wall_s"] += time.perf_counter()
        spent["python_s"] += time.process_time()
        spent["postgres_s"] += sum(map(_cpu_s, self.pids))

    async def wal(self) -> int:
        """WAL written so far, bytes."""
        rows = await self.admin.fetch("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(rows[0][0])


async def main() -> None:
    """Run the parts one after the other and print what they cost."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("dsn")
    options.add_argument("--orders", type=int, default=5000)
    options.add_argument("--batch", type=int, default=200)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()

    store = await Store.open(given.dsn)
    worker = await store.enroll("bench", _id())
    await worker.heartbeat()
    admin = Session(given.dsn, {})
    meter = Meter(admin, [])
    await _warm(store, worker, given.batch)
    meter.pids = await _pids(admin)

    before = await meter.wal()
    with meter.cpu() as door:
        for start in range(0, given.orders, given.batch):
            await store.deliver([_order(f"{worker.id}-{start + i}") for i in range(given.batch)])
    between = await meter.wal()
    commits_ms: list[float] = []
    with meter.cpu() as turns:
        steps = await _run(worker, given.orders, given.batch, commits_ms)
    after = await meter.wal()
    figures = {
        "orders": given.orders,
        "batch": given.batch,
        "door_orders_per_s": given.orders / door["wall_s"],
        "door_postgres_us_per_order": 1e6 * door["postgres_s"] / given.orders,
        "door_python_us_per_order": 1e6 * door["python_s"] / given.orders,
        "door_wal_bytes_per_order": (between - before) / given.orders,
        "steps_per_s": steps / turns["wall_s"],
        "commit_ms_median": sorted(commits_ms)[len(commits_ms) // 2],
        "commit_ms_p99": sorted(commits_ms)[len(commits_ms) * 99 // 100],
        "postgres_us_per_step": 1e6 * turns["postgres_s"] / steps,
        "python_us_per_step": 1e6 * turns["python_s"] / steps,
        "turn_wal_bytes_per_order": (after - between) / given.orders,
        "wal_bytes_per_order": (after - before) / given.orders,
    }
    if given.json:
        json.dump(figures, sys.stdout)
    else:
        for name, value in figures.items():
            print(f"{name:28} {value:12,.1f}")
    await admin.close()
    await worker.retire()
    await store.close()


async def _run(worker: Worker, orders: int, batch: int, commits_ms: list[float]) -> int:
    """Start and carry through what is in the inbox; how many journal rows that took."""
    steps = done = 0
    while done < orders:
        collected = await collect(worker, batch)
        current: list[Instance] = []
        turns: list[Turned] = []
        for incoming in collected.incoming:
            blank = Instance(
                id=incoming.instance, definition=incoming.definition or "", key=incoming.key
            )
            after, entry = _step(blank, 0, collected.now)
            current.append(after)
            turns.append(_turned(None, after, entry, incoming.consumed))
        steps += await _commit(worker, turns, commits_ms)
        for n in range(1, STEPS + 1):
            turns = []
            for i, before in enumerate(current):
                current[i], entry = _step(before, n, collected.now)
                turns.append(_turned(before, current[i], entry))
            steps += await _commit(worker, turns, commits_ms)
        done += len(current)
    return steps


async def _commit(worker: Worker, turns: Sequence[Turned], commits_ms: list[float]) -> int:
    began = time.perf_counter()
    outcome = await commit(worker, turns)
    commits_ms.append(1e3 * (time.perf_counter() - began))
    assert not isinstance(outcome, Fenced) and not outcome.conflicts and not outcome.poisoned
    return len(turns)


def _step(before: Instance, n: int, at: datetime) -> tuple[Instance, Entry]:
    """Step `n` of a row of service tasks: what `advance` would journal."""
    facts: list[Fact] = []
    if n == 0:
        facts += [Entered(Scope(0, "Process_1")), Put(Token(1, "Task_0", 0))]
    else:
        facts += [Closed(n + 1), Assigned(0, {f"result_{n}": "ok", "amount": Decimal(19990)})]
        facts.append(Put(Token(1, f"Task_{n}", 0, f"Flow_{n}")))
    if n in STATES:
        facts.append(Reached(STATES[n]))
    if n == STEPS:
        facts.append(Ended(State.COMPLETED))
    else:
        call = Call("payment.capture", {"amount": Decimal(19990)})
        facts.append(Opened(Wait(n + 2, f"Task_{n}", 0, 1, call)))
    kind = "answered" if n else "start"
    payload = encode(Record(1, [kind, n + 1, "done"], facts))
    entry = Entry(before.seq + 1, at, kind, f"Task_{max(0, n - 1)}", payload)
    return fold(before, [entry]), entry


def _turned(
    before: Instance | None, after: Instance, entry: Entry, consumed: Consumed | None = None
) -> Turned:
    moved = before is None or after.reached != before.reached
    status = Status(state=after.reached[-1], reached=after.reached) if after.reached else None
    return turned(
        tenant=1,
        before=before,
        after=after,
        entries=(entry,),
        wake_at=LIVE if after.state is State.RUNNING else NEVER,
        consumed=consumed or Consumed(),
        status=status if moved else None,
    )


def _order(name: str) -> NewOrder:
    order = _id()
    return NewOrder(
        tenant=1,
        id=order,
        country="CL",
        store="paris",
        channel="ecommerce",
        external_id=name[-16:],
        branch="0012",
        currency="CLP",
        amount=Decimal(19990),
        placed_at=datetime.now(UTC),
        promised_at=datetime.now(UTC),
        buyer_document="RECEIPT",
        content=Sealed(
            person=os.urandom(16),
            key_id=order,
            wrapped_key=os.urandom(60),
            ciphertext=os.urandom(PAYLOAD_BYTES),
            hash=hashlib.sha256(name.encode()).digest(),
        ),
        keys=(os.urandom(16), os.urandom(16), os.urandom(16)),
        definition="retail_purchase_order@1",
        trigger=msgspec.json.encode(
            {"type": "start", "at": datetime.now(UTC), "variables": {"store": "paris"}}
        ),
        source="api",
    )


async def _warm(store: Store, worker: Worker, batch: int) -> None:
    await store.deliver([_order(f"warm-{os.urandom(5).hex()}") for _ in range(batch)])
    await _run(worker, batch, batch, [])


async def _pids(admin: Session) -> list[int]:
    rows = await admin.fetch("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'mtd %'")
    return [row[0] for row in rows]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _id() -> str:
    return uuid7(datetime.now(UTC), os.urandom(10))


if __name__ == "__main__":
    asyncio.run(main())
