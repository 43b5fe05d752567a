"""Documents that no drawing issues: numbered, and written, in one transaction of a door."""

from datetime import date, datetime

import asyncpg
import msgspec

from mtd.store.engine.folio_blocks import Series
from mtd.store.engine.issuance import Issuance
from mtd.store.sessions import Connection, constraint
from mtd.store.statements import statements

_SQL = statements("tax/direct")
_CREDIT = "tax_document_credit"


class Exceeded(Exception):
    """A note that would take back more than is left of the document."""


async def take(connection: Connection, series: Series, environment: str, day: date) -> int | None:
    """A folio that nobody had, this transaction's; None: workers hold the rest, if there is one.

    Those are asked for what they do not use: they hand it back within seconds.
    """
    given = {**msgspec.structs.asdict(series), "environment": environment, "day": day}
    for statement in ("take_free", "take_new"):
        rows = await connection.fetch(*_SQL[statement](**given))
        if rows:
            return int(rows[0][0])
    await connection.execute(*_SQL["recall"](**msgspec.structs.asdict(series)))
    return None


async def write(
    connection: Connection, tenant: int, instance: str, one: Issuance, at: datetime
) -> None:
    """The document's row, and what it takes back of another. Raises Exceeded."""
    await connection.execute(
        *_SQL["write"](
            tenant=tenant,
            instance=instance,
            effect=one.effect,
            issuer=one.issuer,
            type_code=one.type_code,
            series=one.series,
            folio=one.folio,
            provider=one.provider,
            is_sale=one.is_sale,
            currency=one.currency,
            total=one.total,
            issued_at=one.issued_at,
            at=at,
            state=one.state,
            hash=one.hash,
            refers_type=one.refers_type,
            refers_series=one.refers_series,
            refers_folio=one.refers_folio,
        )
    )
    if not one.credit or one.refers_folio is None:
        return
    try:
        await connection.execute(
            *_SQL["credit"](
                tenant=tenant,
                issuer=one.issuer,
                type_code=one.refers_type,
                series=one.refers_series,
                folio=one.refers_folio,
                amount=one.credit,
            )
        )
    except asyncpg.CheckViolationError as error:
        if constraint(error) != _CREDIT:
            raise
        raise Exceeded("is more than is left of the document to be credited") from error


async def keep_key(
    connection: Connection, tenant: int, person: bytes, key_id: str, wrapped: bytes
) -> None:
    """The key that a document is sealed with."""
    await connection.execute(
        *_SQL["key"](tenant=tenant, person=person, key_id=key_id, wrapped=wrapped)
    )
