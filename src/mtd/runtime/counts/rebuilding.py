"""Rebuilding: everything is counted anew from the journal, to replace the counts or to check them.

Both see one moment of the database, and hold whoever counts off meanwhile.
"""

import asyncio
import itertools
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import timedelta, tzinfo
from typing import Any, TypeVar

import msgspec

from mtd.runtime.counts.adding import add, order_rows, promise_rows, step_rows
from mtd.runtime.counts.advancing import advance, count_on
from mtd.runtime.counts.tally import Tally
from mtd.store.counts import counting, failed, settled
from mtd.store.counts.course import Course, Instance
from mtd.store.counts.tallied import OpenOrder, RestingRow, Whole, read_whole
from mtd.store.orders.board import FIRST
from mtd.store.sessions import Connection, Fault, delay_s, fault

PAGE = 500
"""Instances that are counted together."""
SUMS_MAX = 20_000
"""Sums that are held in memory before they are added to the tables."""
LIMIT_MS = 600_000
"""For one statement, and for what is thought between two of them."""
TRIES_MAX = 20
FINDINGS_MAX = 50
KEPT = timedelta(days=1)
"""How long it is known of an instance that ended how far it was counted: late answers come."""

T = TypeVar("T")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A count that is not what the journal says."""

    table: str
    key: str
    counted: str
    journal: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison with the journal found."""

    instances: int
    rows: int
    """Of the counts."""
    findings: tuple[Finding, ...]


async def rebuild(connection: Connection, zone: tzinfo) -> int:
    """Count everything anew; how many instances there are."""
    return await _alone(connection, lambda: _rebuilt(connection, zone))


async def verify(connection: Connection, zone: tzinfo) -> Verdict:
    """Count what is left to count, and all of it anew, and compare.

    Holds the whole recount in memory: about a kilobyte for each row of the counts.
    """
    return await _alone(connection, lambda: _verified(connection, zone))


async def _alone(connection: Connection, act: Callable[[], Awaitable[T]]) -> T:
    """`act` in one transaction that sees one moment, while nobody else counts."""
    for tries in itertools.count():
        try:
            async with connection.transaction():
                await counting.whole(connection, LIMIT_MS)
                await counting.lock(connection)
                return await act()
        except Exception as error:
            # Somebody counted between the moment and the lock: then the moment is an old one.
            if fault(error) is not Fault.AGAIN or tries >= TRIES_MAX:
                raise
            await asyncio.sleep(delay_s(tries))
    raise AssertionError("tries do not end")


async def _rebuilt(connection: Connection, zone: tzinfo) -> int:
    now = await counting.moment(connection)
    await counting.forget_all(connection)
    await settled.forget(connection)
    await failed.forget(connection)
    tally, instances = Tally(zone), 0
    async for some in _pages(connection):
        await count_on(connection, some, tally)
        instances += len(some)
        kept = [one for one in some if one.ended_at is None or one.ended_at > now - KEPT]
        await counting.note(connection, kept)
        listed = len(tally.settlements) + len(tally.failed)
        if len(tally.steps) + len(tally.orders) + listed > SUMS_MAX:
            await add(connection, tally)
            tally = Tally(zone)
    await add(connection, tally)
    await counting.done(connection, await counting.ends(connection), now)
    return instances


async def _verified(connection: Connection, zone: tzinfo) -> Verdict:
    while not await advance(connection, zone):
        pass
    tally, instances = Tally(zone), 0
    open_: list[OpenOrder] = []
    resting: list[RestingRow] = []
    findings: list[Finding] = []
    journal = dict.fromkeys(_LISTED, 0)
    async for some in _pages(connection):
        await count_on(connection, some, tally)
        instances += len(some)
        # As many as orders, or more: they are compared by the page, and not held in memory.
        for table, rows in ((SETTLED, tally.settlements), (FAILED, tally.failed)):
            if len(findings) < FINDINGS_MAX:
                kept = await _LISTED[table].among(connection, [one.at for one in some])
                findings += _differing(table, kept, rows)
            journal[table] += len(rows)
            rows.clear()
        for one in some:
            open_ += _open(one)
            resting += _resting(one)
    counted = await read_whole(connection)
    recounted = Whole(
        orders=order_rows(tally),
        steps=step_rows(tally),
        promises=promise_rows(tally),
        open=open_,
        resting=resting,
    )
    counts = {table: await room.count(connection) for table, room in _LISTED.items()}
    if not findings:
        findings += [
            _finding(table, "rows", str(counts[table]), str(n))
            for table, n in journal.items()
            if counts[table] != n
        ]
    compared = itertools.chain(findings, _compared(counted, recounted))
    sums = sum(len(getattr(counted, table)) for table in Whole.__struct_fields__)
    return Verdict(
        instances=instances,
        rows=sum(counts.values()) + sums,
        findings=tuple(itertools.islice(compared, FINDINGS_MAX)),
    )


async def _pages(connection: Connection) -> AsyncIterator[list[Course]]:
    """Every instance, as if nothing of it had been counted, some at a time."""
    after: Instance = (0, FIRST)
    while page := await counting.instances(connection, after, PAGE):
        yield await counting.fresh(connection, page)
        after = page[-1]


def _open(course: Course) -> Iterator[OpenOrder]:
    if course.open is not None and course.sale is not None:
        yield OpenOrder(
            tenant=course.tenant,
            instance=course.instance,
            promised_at=course.sale.promised_at,
            carrier=course.carrier,
            awaited=course.awaited,
        )


def _resting(course: Course) -> Iterator[RestingRow]:
    for token, where in course.tokens.items():
        yield RestingRow(
            tenant=course.tenant,
            instance=course.instance,
            token=token,
            definition=where.definition,
            element=where.element,
            store=course.sale.store if course.sale is not None else "",
            since=where.since,
            due_at=where.due_at,
        )


def _compared(counted: Whole, recounted: Whole) -> Iterator[Finding]:
    for table in Whole.__struct_fields__:
        yield from _differing(table, getattr(counted, table), getattr(recounted, table))


def _differing(
    table: str, counted: Iterable[msgspec.Struct], journal: Iterable[msgspec.Struct]
) -> Iterator[Finding]:
    ours, theirs = _by_key(counted, _KEYS[table]), _by_key(journal, _KEYS[table])
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) != theirs.get(key):
            told = _told(ours.get(key)), _told(theirs.get(key))
            yield _finding(table, " ".join(map(str, key)), *told)


def _finding(table: str, key: str, counted: str, journal: str) -> Finding:
    return Finding(table=table, key=key, counted=counted, journal=journal)


def _by_key(
    rows: Iterable[msgspec.Struct], names: Sequence[str]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        values = msgspec.structs.asdict(row)
        found[tuple(values.pop(name) for name in names)] = values
    return found


def _told(values: Mapping[str, Any] | None) -> str:
    if values is None:
        return "nothing"
    return ", ".join(f"{name} {value}" for name, value in values.items() if value)


SETTLED, FAILED = "settled", "failed"
_GRAIN = ("tenant", "grain", "since")
_KEYS = {
    "orders": (
        *_GRAIN, "country", "store", "channel", "document", "currency", "state", "definition",
    ),
    "steps": (*_GRAIN, "definition", "element", "store"),
    "promises": (*_GRAIN, "country", "store", "channel", "carrier"),
    "open": ("tenant", "instance"),
    "resting": ("tenant", "instance", "token"),
    SETTLED: ("tenant", "instance"),
    FAILED: ("tenant", "instance", "seq"),
}  # fmt: skip
"""By what the rows of each table are told apart."""
_LISTED: dict[str, Any] = {SETTLED: settled, FAILED: failed}
"""Which keeps the rows that the sums are made of."""
