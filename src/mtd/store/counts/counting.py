"""Counting: how far the journal is counted, and what is added to the counts, in one transaction.

Whoever counts holds the row of `counter` until it commits, so that no row of the journal is counted
twice or left out, whoever dies when. `turn` tells which instances moved; an instance is then read
from the row after the last one that was counted, so that the order of turns does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from mtd.core.process.journal import Entry
from mtd.store.counts.course import Course, Instance, Sale, Standing
from mtd.store.sessions import Connection, Row
from mtd.store.statements import statements

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TURNS_MAX = 2_000
"""Of each worker, that are looked at in one go."""

_SQL = statements("counts/counting")


class Turns(msgspec.Struct, frozen=True, kw_only=True):
    """What moved and is not counted."""

    firsts: Mapping[Instance, int]
    """The least row of each instance that moved."""
    positions: Mapping[str, int]
    """How far each worker's turns are looked at with that."""
    rows: int
    whole: bool
    """There is nothing beyond them."""


async def lock(connection: Connection) -> datetime | None:
    """Be the only one who counts until the transaction ends; until when all is counted."""
    return (await connection.fetch(*_SQL["lock"]()))[0]["read_at"]


async def turns(connection: Connection, rows_max: int) -> Turns:
    """The next turns that are not counted: of about `rows_max` rows of the journal."""
    firsts: dict[Instance, int] = {}
    positions: dict[str, int] = {}
    rows = 0
    looked = await connection.fetch(*_SQL["turns"](turns=TURNS_MAX))
    taken = 0
    for row in looked:
        if rows >= rows_max:
            break
        taken += 1
        moved = zip(row["tenants"], row["instances"], row["seqs"], strict=True)
        for tenant, instance, seq in moved:
            at = (tenant, instance)
            firsts[at] = min(seq, firsts.get(at, seq))
            rows += 1
        positions[row["worker"]] = row["n"]
    whole = taken == len(looked) and len(looked) < TURNS_MAX
    return Turns(firsts=firsts, positions=positions, rows=rows, whole=whole)


async def courses(connection: Connection, firsts: Mapping[Instance, int]) -> list[Course]:
    """How far these instances are counted; who is not known is counted from its `first` row on."""
    if not firsts:
        return []
    which = _columns(firsts)
    found: dict[Instance, Course] = {}
    for row in await connection.fetch(*_SQL["courses"](**which)):
        at = (row["tenant"], row["instance"])
        seq = firsts[at] - 1 if row["seq"] is None else row["seq"]
        definition = row["counted_definition"] or row["definition"]
        course = found[at] = Course(at, seq, definition, _sale(row), row["state"])
        course.carrier = row["carrier"] or ""
        course.reached = set((row["reached"] or "").split())
        course.ended_at = row["ended_at"]
        if row["seq"] is None and seq > 0 and row["over"]:
            course.ended_at = LONG_AGO  # how far it was counted is forgotten already
    stood: dict[Instance, dict[int, Standing]] = {}
    for row in await connection.fetch(*_SQL["resting"](**which)):
        where = Standing(row["definition"], row["element"], row["since"], row["due_at"])
        stood.setdefault((row["tenant"], row["instance"]), {})[row["token"]] = where
    open_ = {
        (row["tenant"], row["instance"]): (row["awaited"], row["state"])
        for row in await connection.fetch(*_SQL["open"](**which))
    }
    for at, course in found.items():
        course.know(stood.get(at, {}), open_.get(at))
    return list(found.values())


async def fresh(connection: Connection, some: Sequence[Instance]) -> list[Course]:
    """These instances as if nothing of them had been counted."""
    rows = await connection.fetch(*_SQL["courses"](**_columns(some)))
    return [
        Course((row["tenant"], row["instance"]), 0, row["definition"], _sale(row), row["state"])
        for row in rows
    ]


async def migrations(connection: Connection, some: Sequence[Course]) -> dict[Instance, list[bytes]]:
    """The rows after those counted by which instances migrate."""
    found: dict[Instance, list[bytes]] = {}
    for row in await connection.fetch(*_SQL["migrated"](**_after(some))):
        found.setdefault((row["tenant"], row["instance"]), []).append(row["payload"])
    return found


async def entries(connection: Connection, some: Sequence[Course]) -> list[tuple[Instance, Entry]]:
    """The rows of the journals of instances that are not counted, in their order."""
    rows = await connection.fetch(*_SQL["entries"](**_after(some)))
    return [
        (
            (row["tenant"], row["instance"]),
            Entry(row["seq"], row["at"], row["kind"], row["element"], row["payload"]),
        )
        for row in rows
    ]


async def instances(connection: Connection, after: Instance, page: int) -> list[Instance]:
    """Every instance that follows one, at most `page`."""
    rows = await connection.fetch(*_SQL["instances"](tenant=after[0], after=after[1], page=page))
    return [(row["tenant"], row["instance"]) for row in rows]


async def note(connection: Connection, some: Sequence[Course]) -> None:
    """How far instances are counted, where their tokens stand, and which orders are not over."""
    lifted = [(one, token) for one in some for token in one.lifted()]
    stood = [(one, token, where) for one in some for token, where in one.stood()]
    if lifted:
        where = _columns(_at(one) for one, _ in lifted)
        await connection.execute(*_SQL["lift"](**where, tokens=[token for _, token in lifted]))
    if stood:
        await connection.execute(*_SQL["set_down"](**_stood(stood)))
    await _note_orders(connection, [one for one in some if one.is_news])
    if services := {(one.tenant, *at): what for one in some for at, what in one.services.items()}:
        ordered = sorted(services)
        await connection.execute(
            *_SQL["services"](
                tenants=[key[0] for key in ordered],
                definitions=[key[1] for key in ordered],
                elements=[key[2] for key in ordered],
                services=[services[key] for key in ordered],
            )
        )
    await connection.execute(
        *_SQL["note"](
            **_columns(map(_at, some)),
            seqs=[one.seq for one in some],
            definitions=[one.definition for one in some],
            carriers=[one.carrier for one in some],
            reacheds=[" ".join(sorted(one.reached)) for one in some],
            endeds=[one.ended_at for one in some],
        )
    )


async def _note_orders(connection: Connection, some: Sequence[Course]) -> None:
    over = [one for one in some if one.open is None]
    opened = [(one, one.sale, one.open) for one in some if one.sale and one.open]
    if over:
        where = _columns(map(_at, over))
        await connection.execute(*_SQL["over"](tenants=where["tenants"], orders=where["instances"]))
    if opened:
        await connection.execute(
            *_SQL["opened"](
                tenants=[course.tenant for course, _, _ in opened],
                orders=[course.instance for course, _, _ in opened],
                countries=[sale.country for _, sale, _ in opened],
                stores=[sale.store for _, sale, _ in opened],
                channels=[sale.channel for _, sale, _ in opened],
                carriers=[course.carrier for course, _, _ in opened],
                receiveds=[sale.received_at for _, sale, _ in opened],
                promiseds=[sale.promised_at for _, sale, _ in opened],
                awaiteds=[awaited for _, _, (awaited, _) in opened],
                states=[state for _, _, (_, state) in opened],
            )
        )


async def done(
    connection: Connection, positions: Mapping[str, int], read_at: datetime | None
) -> None:
    """Turns up to these are counted; so is all of before `read_at`, if that is said."""
    await connection.execute(
        *_SQL["positions"](workers=list(positions), ns=list(positions.values()))
    )
    await connection.execute(*_SQL["done"](read_at=read_at))


async def moment(connection: Connection) -> datetime:
    """The moment of the transaction."""
    return (await connection.fetch(*_SQL["moment"]()))[0]["now"]


async def ends(connection: Connection) -> dict[str, int]:
    """The last turn of each worker."""
    return {row["worker"]: row["n"] for row in await connection.fetch(*_SQL["ends"]())}


async def whole(connection: Connection, limit_ms: int) -> None:
    """See one moment in all of this transaction, and give each statement of it this time.

    The first thing in it; who locks the counter then may be refused (SQLSTATE 40001).
    """
    await connection.execute(*_SQL["whole"]())
    await connection.execute(*_SQL["patient"](limit_ms=str(limit_ms)))


async def forget_all(connection: Connection) -> None:
    """Nothing is counted."""
    for name in ("orders", "steps", "promises", "open", "resting", "counted"):
        await connection.execute(*_SQL[f"forget_{name}"]())


async def forget_courses(connection: Connection, older_s: float) -> None:
    """Forget how far instances are counted that ended `older_s` seconds ago."""
    await connection.execute(*_SQL["forget_courses"](older_s=older_s))


def _at(course: Course) -> Instance:
    return course.tenant, course.instance


def _columns(some: Iterable[Instance]) -> dict[str, list[object]]:
    pairs = list(some)
    return {"tenants": [t for t, _ in pairs], "instances": [i for _, i in pairs]}


def _after(some: Sequence[Course]) -> dict[str, list[object]]:
    return {**_columns(map(_at, some)), "afters": [one.seq for one in some]}


def _sale(row: Row) -> Sale | None:
    if row["store"] is None:
        return None
    return Sale(**{name: row[name] for name in Sale.__struct_fields__})


def _stood(stood: Sequence[tuple[Course, int, Standing]]) -> dict[str, list[object]]:
    return {
        **_columns(_at(course) for course, _, _ in stood),
        "tokens": [token for _, token, _ in stood],
        "definitions": [where.definition for _, _, where in stood],
        "elements": [where.element for _, _, where in stood],
        "stores": [course.sale.store if course.sale else "" for course, _, _ in stood],
        "sinces": [where.since for _, _, where in stood],
        "dues": [where.due_at for _, _, where in stood],
    }
