"""Blocks of folios: what one worker may number documents with, and nobody else meanwhile.

A block is taken in a transaction of its own, under the worker's fence, so that no turn waits for a
range's row. What no document took of it goes back when its worker ends, is buried or is asked to.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from mtd.store.sessions import Connection, Session, structs
from mtd.store.statements import statements

_SQL = statements("engine/folio_blocks")


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """What folios are counted by."""

    tenant: int
    issuer: str
    """Tax id."""
    type_code: str
    series: str = ""
    """Of countries that number by series; else empty."""

    @property
    def named(self) -> str:
        """Type and, where there is one, series: `39`, or `01-F001`."""
        return "-".join(filter(None, (self.type_code, self.series)))


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive folios of one range, `first` to `last`."""

    first: int
    last: int
    range_first: int
    """The first folio of the range, which is its name within the series."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A block as the database knows it to be a worker's."""

    tenant: int
    issuer: str
    type_code: str
    series: str
    first: int
    last: int
    range_first: int
    recalled: bool = False
    """Another worker lacks folios."""

    @property
    def of(self) -> Series:
        """What its folios are counted by."""
        return Series(
            tenant=self.tenant, issuer=self.issuer, type_code=self.type_code, series=self.series
        )


async def reserve(
    session: Session,
    worker: str,
    series: Series,
    *,
    environment: str,
    day: date,
    size: int,
    used_up: Sequence[int] = (),
) -> Block | None:
    """At most `size` folios that may be used on `day`: handed back ones first, then new ones.

    `used_up`: first folios of this worker's blocks whose documents are all durable. None: there are
    none to be had, or this worker was buried. A block whose reply was lost is found by `mine`.
    """
    given = {
        **msgspec.structs.asdict(series),
        "worker": worker,
        "environment": environment,
        "day": day,
        "size": size,
        "used_up": list(used_up),
    }
    for statement in ("reuse", "reserve"):
        found = structs(Block, await session.fetch(*_SQL[statement](**given)))
        if found:
            return found[0]
    return None


async def mine(session: Session, worker: str) -> list[Held]:
    """The blocks that `worker` holds."""
    return structs(Held, await session.fetch(*_SQL["mine"](worker=worker)))


async def recall(
    session: Session, worker: str, series: Series, environment: str, day: date
) -> bool:
    """Ask the other workers for what they do not use; whether waiting for that makes sense."""
    given = msgspec.structs.asdict(series)
    held = await session.fetch(*_SQL["recall"](**given, worker=worker))
    if held[0][0]:
        return True
    free = await session.fetch(*_SQL["free"](**given, environment=environment, day=day))
    return bool(free[0][0])


async def hand_back(session: Session, worker: str, blocks: Sequence[tuple[Series, int]]) -> None:
    """Give blocks back, by series and first folio, of which no folio is on its way to a commit."""
    async with session.use() as connection, connection.transaction():
        dropped = await connection.fetch(
            *_SQL["drop"](
                worker=worker,
                tenants=[series.tenant for series, _ in blocks],
                issuers=[series.issuer for series, _ in blocks],
                type_codes=[series.type_code for series, _ in blocks],
                series=[series.series for series, _ in blocks],
                firsts=[first for _, first in blocks],
            )
        )
        await _free(connection, structs(Held, dropped))


async def leave(connection: Connection, worker: str) -> None:
    """Give back all that a worker holds which can write no more; in the caller's transaction."""
    await _free(connection, structs(Held, await connection.fetch(*_SQL["leave"](worker=worker))))


async def _free(connection: Connection, blocks: Sequence[Held]) -> None:
    if not blocks:
        return
    await connection.execute(
        *_SQL["hand_back"](
            tenants=[block.tenant for block in blocks],
            issuers=[block.issuer for block in blocks],
            type_codes=[block.type_code for block in blocks],
            series=[block.series for block in blocks],
            firsts=[block.first for block in blocks],
            lasts=[block.last for block in blocks],
            range_firsts=[block.range_first for block in blocks],
        )
    )
