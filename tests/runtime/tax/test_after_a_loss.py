"""After a loss: a restored database takes no folio again, and no order has a second document."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mtd.runtime.folio_book import FolioBook, remembered
from mtd.runtime.tax.asked import issue
from mtd.store import switches
from mtd.store.server.backup import backup, release, restore
from mtd.store.sessions import Session
from mtd.store.tax import folios
from tests.runtime.conftest import Founded
from tests.runtime.operations.test_papers import request
from tests.runtime.tax.post.mail import Mail, mail, settled_for_good
from tests.runtime.tax.steps import PAUSE, go, steps

WAITING, LATER = 5, 4
DOCUMENTS = "SELECT count(*) FROM tax_document WHERE state = 'ACCEPTED'"


async def test_what_was_sent_since_the_backup_is_found_and_nothing_is_sent_twice(
    found: Founded, database: str, tmp_path: Path
) -> None:
    """Orders that waited at the backup, orders that came after it, and a document asked for."""
    async with mail(found, steps("sale", PAUSE, "tax.issue")) as post:
        plant = post.plant
        plant.app = msgspec.structs.replace(plant.app, book=FolioBook(tmp_path / "book", "one"))
        asked = request()
        await plant.orders("sale", WAITING, seed=1)
        async with plant.worker():
            await plant.until("SELECT count(*) = $1 FROM subscription", WAITING)
            kept = await backup(database, tmp_path / "mtd.dump")
            await plant.orders("sale", LATER, seed=2)
            await issue(plant.app, 1, asked, None)
            await go(plant, WAITING + LATER)
            await post.until_settled(WAITING + LATER + 1)
        before = await post.held()
        assert len(before) == WAITING + LATER + 1

        book = remembered(tmp_path / "book")
        assert len(book.sent) == len(before)
        await plant.admin.close()  # a superuser's session, which nobody else may end
        restored = await restore(database, kept.path, book.marks, book.sent)
        assert restored.gaps
        assert await plant.value(DOCUMENTS) == 0
        await plant.orders("sale", LATER, seed=2)
        again = await issue(plant.app, 1, asked, None)
        assert not again.again
        await release(database)
        async with plant.worker():
            await go(plant, WAITING + LATER)
            await post.until_settled(WAITING + LATER + 1)
            await settled_for_good(post, 0.3)
        assert await post.held() == before
        await _agreed(post, WAITING + LATER + 1)
        more = WAITING
        async with plant.worker():
            await plant.orders("sale", more, seed=3)
            await go(plant, more)
            await post.until_settled(WAITING + LATER + 1 + more)
            await settled_for_good(post, 0.3)
        await _agreed(post, WAITING + LATER + 1 + more)
        assert await plant.value("SELECT count(*) FROM tax_document WHERE state = 'VOIDED'") == 0


async def _agreed(post: Mail, count: int) -> None:
    """The authority holds what we say it does, and every folio is accounted for."""
    rows = await post.plant.rows(
        "SELECT issuer, type_code, folio FROM tax_document WHERE state = 'ACCEPTED'"
    )
    ours = {(row["issuer"], row["type_code"], row["folio"]) for row in rows}
    assert len(ours) == count
    assert {place for place, one in (await post.held()).items() if not one["foreign"]} == ours
    async with post.plant.app.store.door(1) as connection:
        assert await folios.unexplained(connection, 1) == []


async def test_without_the_book_the_same_loss_gives_a_folio_out_twice(
    found: Founded, database: str, tmp_path: Path
) -> None:
    """What the book is for: the same story, and nobody who remembers."""
    async with mail(found, steps("sale", "tax.issue")) as post:
        plant = post.plant
        kept = await backup(database, tmp_path / "mtd.dump")
        async with plant.worker():
            await plant.orders("sale", LATER, seed=2)
            await post.until_settled(LATER)
        await plant.admin.close()
        await restore(database, kept.path)
        await release(database)
        async with plant.worker():
            await plant.orders("sale", LATER, seed=3)
            await plant.until("SELECT count(*) > 0 FROM tax_document WHERE state = 'VOIDED'")


async def test_a_range_that_was_taken_in_after_the_backup_begins_after_what_was_given_out(
    found: Founded, database: str, server: Any, tmp_path: Path
) -> None:
    async with mail(found, steps("sale", "tax.issue")) as post:
        plant = post.plant
        plant.app = msgspec.structs.replace(plant.app, book=FolioBook(tmp_path / "book", "one"))
        admin = Session(server.admin(database), {})
        ranges = await admin.fetch("SELECT * FROM folio_range WHERE type_code = '39'")
        await admin.fetch("DELETE FROM folio_range WHERE type_code = '39'")
        kept = await backup(database, tmp_path / "mtd.dump")
        names = [*ranges[0].keys()]
        values = ", ".join(f"${n}" for n in range(1, len(names) + 1))
        insert = f"INSERT INTO folio_range ({', '.join(names)}) VALUES ({values})"
        for row in ranges:
            await admin.fetch(insert, *row)
        async with plant.worker():
            await plant.orders("sale", 20, seed=2)
            await post.until_settled(20)
        book = remembered(tmp_path / "book")
        await plant.admin.close()
        await admin.close()
        await restore(database, kept.path, book.marks, book.sent)
        async with plant.app.store.door(1) as connection:
            for row in ranges:
                given: dict[str, Any] = {name: row[name] for name in names if name in _NEW}
                new = folios.NewRange(id=str(row["id"]), **given)
                assert await folios.open_range(connection, 1, new, "me")
            assert await folios.unexplained(connection, 1) == []
            found_ranges = await folios.ranges(connection, 1)
        last = {one.series.issuer: one.last for one in book.marks if one.series.type_code == "39"}
        for one in found_ranges:
            if one.type_code == "39" and one.issuer in last:
                assert one.next > last[one.issuer]
                assert one.left == one.size - one.next + 1
        await admin.close()


_NEW = {
    *("issuer", "type_code", "series", "first", "last", "environment", "authorised_on"),
    *("expires_on", "authorisation", "sealed_key"),
}


async def test_nothing_is_numbered_that_the_book_cannot_be_told_of(
    found: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FolioBook, "mark", full)
    async with mail(found, steps("sale", "tax.issue")) as post:
        plant = post.plant
        plant.app = msgspec.structs.replace(plant.app, book=FolioBook(tmp_path / "book", "one"))
        async with plant.worker():
            await plant.orders("sale", 3)
            await plant.until("SELECT count(*) = 3 FROM incident WHERE settled_at IS NULL")
        assert await plant.value("SELECT count(*) FROM tax_document") == 0
        async with plant.app.store.door(1) as connection:
            assert (await switches.standing(connection)).paused is None
            assert await folios.unexplained(connection, 1) == []
