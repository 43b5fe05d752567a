"""Ranges of folios, what became of them, and the certificates that sign."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from mtd.store.sessions import Asker, Connection, structs
from mtd.store.statements import statements
from mtd.store.tax import promises

PAGE_MAX = 1_000
"""So many unexplained folios are listed."""
SAMPLE_MAX = 10_000
"""The pace of a series is that of its latest documents, so many at most."""
AWAITING_MAX = 50_000
"""So many instances go on at once; a further range, or a person, takes care of more."""

_SQL = statements("tax/folios")


class NewRange(msgspec.Struct, frozen=True, kw_only=True):
    """A range that is to be opened."""

    id: str
    issuer: str
    type_code: str
    series: str = ""
    first: int
    last: int
    environment: str
    authorised_on: date | None
    expires_on: date | None
    """The first day on which it may not be used."""
    authorisation: str
    """What the authority wrote, without its secret."""
    sealed_key: bytes | None


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """A range and what is left of it."""

    id: str
    issuer: str
    type_code: str
    series: str
    first: int
    last: int
    next: int
    """The first folio that no worker ever had."""
    environment: str
    authorised_on: date | None
    expires_on: date | None
    imported_at: datetime
    imported_by: str
    used: int
    """Folios that are a document's."""
    given_up: int
    """Folios that no document will have, for a reason."""
    promised: int
    """Folios that are somebody's who had them before the database was lost."""
    handed_back: int
    """Folios that a worker had and did not use."""
    held: int
    """Folios of blocks that workers hold, used ones among them."""

    @property
    def size(self) -> int:
        """How many folios were authorised."""
        return self.last - self.first + 1

    @property
    def left(self) -> int:
        """How many may still become a document's."""
        return self.size - self.used - self.given_up - self.promised


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a series, and how fast it goes."""

    issuer: str
    type_code: str
    series: str
    environment: str
    left: int
    """Folios of ranges that may be used on the day asked for."""
    size: int
    """What was authorised with those ranges that have one left."""
    expires_on: date | None
    """When the first of those expires."""
    used: int
    """Of its latest documents those since the moment asked for, `SAMPLE_MAX` at most."""
    used_since: datetime | None
    """When the first of them was issued."""


class Folio(msgspec.Struct, frozen=True):
    """One folio of a series."""

    issuer: str
    type_code: str
    series: str
    folio: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Folios that no document will ever have."""

    issuer: str
    type_code: str
    series: str
    first: int
    last: int
    reason: str
    actor: str
    at: datetime


class Awaiting(msgspec.Struct, frozen=True, kw_only=True):
    """An instance that stands still for want of folios."""

    instance: str
    number: int
    """Of its incident, or of its task."""
    is_task: bool
    fields: bytes | None
    """Of a task: what the person is shown, as JSON."""


class RangeKey(msgspec.Struct, frozen=True, kw_only=True):
    """What stamps the documents of a range."""

    id: str
    issuer: str
    type_code: str
    series: str
    first: int
    last: int
    authorisation: str
    sealed_key: bytes | None


class NewCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that is to sign for an issuer."""

    id: str
    issuer: str
    holder: str
    not_before: datetime
    not_after: datetime
    fingerprint: bytes
    """SHA-256 of the certificate."""
    sealed: bytes


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as it is stored."""

    id: str
    issuer: str
    holder: str
    not_before: datetime
    not_after: datetime
    imported_at: datetime
    imported_by: str
    fingerprint: bytes
    sealed: bytes


async def overlapping(connection: Connection, tenant: int, new: NewRange) -> list[tuple[int, int]]:
    """The first and last folios of known ranges that share a folio with `new`."""
    rows = await connection.fetch(
        *_SQL["overlapping"](
            tenant=tenant,
            issuer=new.issuer,
            type_code=new.type_code,
            series=new.series,
            first=new.first,
            last=new.last,
        )
    )
    return [(row["first"], row["last"]) for row in rows]


async def open_range(connection: Connection, tenant: int, new: NewRange, actor: str) -> bool:
    """Let folios of `new` be taken; False: a range that begins with the same one is known.

    Of a range that was in use before the database was lost, those that were not given out.
    """
    given = msgspec.structs.asdict(new)
    opened = await connection.fetch(*_SQL["open_range"](tenant=tenant, actor=actor, **given))
    if opened:
        await promises.pass_over(connection, tenant)
    return bool(opened)


async def ranges(connection: Connection, tenant: int) -> list[Range]:
    """Every range, by issuer, type and first folio."""
    return structs(Range, await connection.fetch(*_SQL["ranges"](tenant=tenant)))


async def supplies(asker: Asker, tenant: int, day: date, since: datetime) -> list[Supply]:
    """What is left of each series on `day`, and what it used since a moment."""
    given = {"day": day, "since": since, "sample": SAMPLE_MAX}
    return structs(Supply, await asker.fetch(*_SQL["supplies"](tenant=tenant, **given)))


async def range_key(
    asker: Asker, tenant: int, issuer: str, type_code: str, series: str, folio: int
) -> RangeKey | None:
    """The range that holds a folio."""
    given = {"issuer": issuer, "type_code": type_code, "series": series, "folio": folio}
    rows = await asker.fetch(*_SQL["keys"](tenant=tenant, **given))
    return next(iter(structs(RangeKey, rows)), None)


async def unexplained(connection: Connection, tenant: int) -> list[Folio]:
    """Folios of which nobody can say what became of them; there are none. At most a page."""
    rows = await connection.fetch(*_SQL["unexplained"](tenant=tenant, page=PAGE_MAX))
    return structs(Folio, rows)


async def awaiting(connection: Connection, tenant: int, code: str, form: str) -> list[Awaiting]:
    """Who stands still for want of folios; at most so many."""
    given = {"code": code, "form": form, "page": AWAITING_MAX}
    return structs(Awaiting, await connection.fetch(*_SQL["awaiting"](tenant=tenant, **given)))


async def gaps(connection: Connection, tenant: int) -> list[Gap]:
    """Folios that no document will ever have, and why."""
    return structs(Gap, await connection.fetch(*_SQL["gaps"](tenant=tenant)))


async def give_up_expired(
    connection: Connection, tenant: int, day: date, actor: str, reason: str
) -> Sequence[Gap]:
    """What is free of ranges that expired by `day` becomes gaps; what workers hold does later.

    Each gap says `reason` and when its range expired.
    """
    rows = await connection.fetch(
        *_SQL["give_up"](tenant=tenant, day=day, actor=actor, reason=reason)
    )
    return structs(Gap, rows)


async def certify(connection: Connection, tenant: int, new: NewCertificate, actor: str) -> bool:
    """Let a certificate sign for its issuer; False: it is known already."""
    given = msgspec.structs.asdict(new)
    return bool(await connection.fetch(*_SQL["certify"](tenant=tenant, actor=actor, **given)))


async def certificates(asker: Asker, tenant: int) -> list[Certificate]:
    """The certificates of all issuers; of one issuer's the one that holds for the longest last."""
    return structs(Certificate, await asker.fetch(*_SQL["certificates"](tenant=tenant)))
