"""A story of one taxpayer's folios, on a real PostgreSQL, and the world that remembers it.

The world outside remembers what was sent to it, and nothing that happens to the database changes
that. Each story is played on a real PostgreSQL, with the workers' own stock and the book.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from mtd.connectors.desk import NoneLeft, NotYet
from mtd.runtime.folio_book import FolioBook, remembered
from mtd.runtime.tax.stock import Stock
from mtd.store.engine import folio_blocks
from mtd.store.engine.folio_blocks import Series
from mtd.store.engine.worker import Worker
from mtd.store.sessions import ENGINE, Connection, Row, Session
from mtd.store.store import Store
from mtd.store.tax import direct, folios, promises
from mtd.store.tax.folios import NewRange
from mtd.store.tax.promises import Sent
from tests.store.making import new_id, overdue
from tests.store.papers import a_range

ENVIRONMENT = "simulated"
WORKERS_MAX = 3
TABLES = ("folio_range", "folio_block", "folio_gap", "tax_document")
ACTIONS = (
    *("issue", "issue", "issue", "send", "send", "direct"),
    *("abandon", "die", "die_after_commit", "retire", "enroll", "recall"),
    *("authorise", "expire", "backup", "restore", "come_again"),
)


class Story:
    """One taxpayer's folios, from beginning to end."""

    def __init__(self, store: Store, admin: Session, book: Path, seed: int) -> None:
        self.store = store
        self.admin = admin
        self.folder = book
        self.chance = Random(seed)
        self.series = Series(tenant=1, issuer=f"{new_id()}", type_code="39")
        self.today = date(2026, 11, 27)
        self.last = 0
        self.staff: list[tuple[Worker, Stock]] = []
        self.world: dict[int, str] = {}
        """Whose document each folio is, as everybody outside knows for ever."""
        self.had: dict[str, int] = {}
        """The same, by whose it is."""
        self.kept: list[dict[str, list[Row]]] = []
        self.lost: list[str] = []
        """Instances that had a document which the database forgot."""

    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 15, tzinfo=UTC)

    async def play(self, actions: Sequence[str]) -> None:
        await self.authorise()
        await self.enroll()
        for action in (*actions, "come_again", "issue", "send", "send"):
            await getattr(self, action)()
            await self.check()
        while self.staff:
            await self.retire()
        await self.check()

    async def issue(self) -> None:
        await self._issue(new_id())

    async def come_again(self) -> None:
        """Orders whose documents were forgotten come in again."""
        lost, self.lost = self.lost, []
        for instance in lost:
            await self._issue(instance)

    async def die_after_commit(self) -> None:
        """A worker dies when its document is durable, and before it hears so."""
        if self.staff:
            worker, stock = self.chance.choice(self.staff)
            folio = await self._taken(stock)
            if folio is not None:
                await self._write(worker, new_id(), folio)
            await self._bury(worker)

    async def die(self) -> None:
        """A worker dies with a folio in its hand that no document has."""
        if self.staff:
            worker, stock = self.chance.choice(self.staff)
            await self._taken(stock)
            await self._bury(worker)

    async def abandon(self) -> None:
        """An answer comes to nothing."""
        if self.staff:
            _, stock = self.chance.choice(self.staff)
            folio = await self._taken(stock)
            if folio is not None:
                stock.put_back(self.series, folio)

    async def direct(self) -> None:
        """Somebody asks for a document without a drawing."""
        instance = new_id()
        async with self.store.door(1) as connection:
            folio = await direct.take(connection, self.series, ENVIRONMENT, self.today)
            if folio is None:
                return
            self._book("door").mark(self.series, folio)
            await self._insert(connection, instance, folio)

    async def send(self) -> None:
        """Some of what waits is written down, and sent."""
        rows = await self.admin.fetch(
            "SELECT folio, instance_id::text AS instance, issued_at FROM tax_document"
            " WHERE issuer = $1 AND state = 'SIGNED' ORDER BY folio LIMIT 3",
            self.series.issuer,
        )
        self._book("post").sent(
            Sent(
                tenant=1, issuer=self.series.issuer, type_code="39", series="", folio=row["folio"],
                bearer=row["instance"], issued_at=row["issued_at"], total=Decimal(1),
            )
            for row in rows
        )  # fmt: skip
        for row in rows:
            before = self.world.setdefault(row["folio"], row["instance"])
            assert before == row["instance"], f"folio {row['folio']} was used twice"
            had = self.had.setdefault(row["instance"], row["folio"])
            assert had == row["folio"], f"a second document, after {had}"
        await self.admin.fetch(
            "UPDATE tax_document SET state = 'SENT'"
            " WHERE issuer = $1 AND folio = ANY($2::bigint[])",
            *(self.series.issuer, [row["folio"] for row in rows]),
        )

    async def retire(self) -> None:
        if self.staff:
            worker, _ = self.chance.choice(self.staff)
            await worker.retire()
            self.staff = [one for one in self.staff if one[0] is not worker]

    async def enroll(self) -> None:
        if len(self.staff) < WORKERS_MAX:
            worker = await self.store.enroll("one", new_id())
            await worker.heartbeat()
            self.staff.append((worker, Stock(worker, self.now, self._book(worker.id))))

    async def recall(self) -> None:
        """Somebody lacks folios; the workers look, and give back what they do not use."""
        if self.staff:
            worker, _ = self.chance.choice(self.staff)
            await folio_blocks.recall(
                worker.asking, worker.id, self.series, ENVIRONMENT, self.today
            )
        for _, stock in self.staff:
            await stock._tend()  # pyright: ignore[reportPrivateUsage] one look of its own

    async def authorise(self) -> None:
        """The authority grants some more, for half a year."""
        first = self.last + self.chance.choice((1, 1, 5))
        self.last = first + self.chance.choice((3, 12, 30))
        new: NewRange = a_range(
            first, self.last, issuer=self.series.issuer,
            expires_on=self.today + timedelta(days=self.chance.choice((1, 60, 180))),
        )  # fmt: skip
        async with self.store.door(1) as connection:
            assert await folios.open_range(connection, 1, new, "me")

    async def expire(self) -> None:
        """Months pass, and the house is kept."""
        self.today += timedelta(days=self.chance.choice((1, 40)))
        for _, stock in self.staff:
            await stock._tend()  # pyright: ignore[reportPrivateUsage] one look of its own
        async with self.store.door(1) as connection:
            await folios.give_up_expired(connection, 1, self.today, "me", "expired")

    async def backup(self) -> None:
        of = self.series.issuer
        sql = "SELECT * FROM {} WHERE issuer = $1"
        self.kept.append({name: await self.admin.fetch(sql.format(name), of) for name in TABLES})

    async def restore(self) -> None:
        """The database is lost: an old state of it comes back, every worker is gone."""
        if not self.kept:
            return
        of, before = self.series.issuer, await self._instances()
        for worker, _ in self.staff:
            await worker.close()
        self.staff.clear()
        kept = self.chance.choice(self.kept)
        async with self.admin.use() as connection, connection.transaction():
            await connection.execute("DELETE FROM worker")
            for name in (*TABLES, "folio_mark", "folio_promise"):
                await connection.execute(f"DELETE FROM {name} WHERE issuer = $1", of)
            for name in TABLES:
                await _refill(connection, name, kept[name])
        book = remembered(self.folder)
        engine = Session(self.store.dsn, ENGINE)
        await promises.remember(
            engine,
            [one for one in book.marks if one.series == self.series],
            [one for one in book.sent if one.issuer == of],
        )
        await engine.close()
        self.lost += sorted(before - await self._instances())
        known = {row["last"] for row in kept["folio_range"]}
        if self.last not in known:
            await self._take_in_again(max(known, default=0))

    async def check(self) -> None:
        of = self.series.issuer
        async with self.store.door(1) as connection:
            lost = [one for one in await folios.unexplained(connection, 1) if one.issuer == of]
        assert lost == [], "a gap without a reason"
        twice = await self.admin.fetch(
            "SELECT t.folio FROM tax_document t WHERE t.issuer = $1 AND (EXISTS ("
            " SELECT FROM folio_gap g WHERE g.issuer = $1 AND t.folio BETWEEN g.first AND g.last"
            ") OR EXISTS (SELECT FROM folio_block b WHERE b.issuer = $1 AND b.worker IS NULL"
            " AND t.folio BETWEEN b.first AND b.last))",
            of,
        )
        assert twice == [], "a document's folio is a gap, or free"

    async def _issue(self, instance: str) -> None:
        if not self.staff:
            return
        worker, stock = self.chance.choice(self.staff)
        had = await promises.of(worker.asking, 1, instance)
        if had:
            await self._write(worker, instance, had[0].folio)
            return
        folio = await self._taken(stock)
        if folio is not None and await self._write(worker, instance, folio):
            stock.keep(self.series, folio)

    async def _taken(self, stock: Stock) -> int | None:
        try:
            folio = await stock.take(self.series, ENVIRONMENT, self.today)
        except NotYet:
            return None
        return None if isinstance(folio, NoneLeft) else folio

    async def _write(self, worker: Worker, instance: str, folio: int) -> bool:
        """In the worker's name, as a commit does: nobody who was buried writes."""
        async with worker.asking.use() as connection, connection.transaction():
            fence = "SELECT id FROM worker WHERE id = $1 FOR KEY SHARE"
            if not await connection.fetch(fence, worker.id):
                return False
            await self._insert(connection, instance, folio)
        return True

    async def _insert(self, connection: Connection, instance: str, folio: int) -> None:
        await connection.execute(
            "INSERT INTO tax_document (tenant_id, folio, issued_at, changed_at, instance_id,"
            " total, issuer, type_code, series, effect, provider, currency, state)"
            " VALUES (1, $1, $2, $2, $3, 1, $4, '39', '', $5, 'cl.native', 'CLP', 'SIGNED')",
            *(folio, self.now(), instance, self.series.issuer, f"t:{folio}"),
        )

    async def _bury(self, dead: Worker) -> None:
        """Another worker, or one that comes, finds its lease lapsed."""
        self.staff = [one for one in self.staff if one[0] is not dead]
        if not self.staff:
            await self.enroll()
        survivor, _ = self.staff[0]
        await overdue(self.admin, dead)
        await survivor.heartbeat()
        await survivor.bury(dead.id)
        await dead.close()

    async def _take_in_again(self, last: int) -> None:
        """What was authorised after the backup is imported again, in one piece."""
        new = a_range(
            last + 1, self.last, issuer=self.series.issuer,
            expires_on=self.today + timedelta(days=90),
        )  # fmt: skip
        async with self.store.door(1) as connection:
            assert await folios.open_range(connection, 1, new, "me")

    async def _instances(self) -> set[str]:
        rows = await self.admin.fetch(
            "SELECT instance_id::text AS id FROM tax_document WHERE issuer = $1",
            self.series.issuer,
        )
        return {row["id"] for row in rows}

    def _book(self, name: str) -> FolioBook:
        return FolioBook(self.folder, name)


async def _refill(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    for row in rows:
        names = [*row.keys()]
        places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
        await connection.execute(sql, *(row[name] for name in names))
