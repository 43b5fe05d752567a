"""Promises: what a restored database is told of folios that were given out after its backup.

No folio is given out twice: what was on its way to the authority is promised to whoever had it,
and everything else that may have been given out becomes explained gaps.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.store.engine.folio_blocks import Series
from mtd.store.sessions import Asker, Session, structs
from mtd.store.statements import statements

ACTOR = "restore"
REASON = "given out, or free to be, before the database was lost and restored"

_SQL = statements("tax/promises")


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Up to `last`, the folios of its range were given out."""

    series: Series
    last: int


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was about to be sent."""

    tenant: int
    issuer: str
    type_code: str
    series: str
    folio: int
    bearer: str
    """The key of its order; of a document without one, its instance."""
    issued_at: datetime
    """The moment that it bears."""
    total: Decimal


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A folio that is its bearer's, though the database has no document of it."""

    issuer: str
    type_code: str
    series: str
    folio: int
    issued_at: datetime
    total: Decimal


async def remember(session: Session, marks: Sequence[Mark], sent: Sequence[Sent]) -> int:
    """Tell a restored database what it missed; how many gaps that makes. Twice is once."""
    gaps = 0
    async with session.use() as connection, connection.transaction():
        await connection.execute(
            *_SQL["marks"](
                tenants=[one.series.tenant for one in marks],
                issuers=[one.series.issuer for one in marks],
                type_codes=[one.series.type_code for one in marks],
                series=[one.series.series for one in marks],
                lasts=[one.last for one in marks],
            )
        )
        await connection.execute(
            *_SQL["promises"](
                tenants=[one.tenant for one in sent],
                issuers=[one.issuer for one in sent],
                type_codes=[one.type_code for one in sent],
                series=[one.series for one in sent],
                folios=[one.folio for one in sent],
                bearers=[one.bearer for one in sent],
                issued_ats=[one.issued_at for one in sent],
                totals=[one.total for one in sent],
            )
        )
        gaps += len(await connection.fetch(*_SQL["blocks"](reason=REASON, actor=ACTOR)))
        gaps += await pass_over(connection, None)
    return gaps


async def pass_over(asker: Asker, tenant: int | None) -> int:
    """Let ranges begin after what was given out of them before a loss; how many gaps that makes.

    None: the ranges of all tenants.
    """
    return len(await asker.fetch(*_SQL["passed"](tenant=tenant, reason=REASON, actor=ACTOR)))


async def exist(asker: Asker) -> bool:
    """Whether anything was promised to anybody: nothing ever was without a restore."""
    return bool((await asker.fetch(*_SQL["any"]()))[0][0])


async def of(asker: Asker, tenant: int, instance: str) -> list[Promise]:
    """What an instance was promised, the lowest folio first."""
    return structs(Promise, await asker.fetch(*_SQL["of"](tenant=tenant, instance=instance)))
