"""The folio book: on disk before it is used, read from every process's file, cut off or not."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from mtd.runtime.folio_book import BadBook, FolioBook, folder_of, remembered
from mtd.store.engine.folio_blocks import Series
from mtd.store.tax.promises import Mark, Sent

BOLETAS = Series(tenant=1, issuer="76111111-6", type_code="39")
SENT = Sent(
    tenant=1, issuer="76111111-6", type_code="39", series="", folio=7, bearer="CL/a/b/c",
    issued_at=datetime(2026, 11, 27, 15, tzinfo=UTC), total=Decimal(1190),
)  # fmt: skip


def test_what_all_processes_wrote_is_read_and_of_a_folio_the_last(tmp_path: Path) -> None:
    one, two = FolioBook(tmp_path / "book", "one"), FolioBook(tmp_path / "book", "two")
    one.mark(BOLETAS, 200)
    two.mark(BOLETAS, 400)
    later = replace(SENT, issued_at=datetime(2026, 11, 28, tzinfo=UTC), bearer="CL/a/b/d")
    two.sent([later, replace(SENT, folio=8)])
    one.sent([SENT])
    book = remembered(tmp_path / "book")
    assert set(book.marks) == {Mark(BOLETAS, 200), Mark(BOLETAS, 400)}
    assert {(one.folio, one.bearer) for one in book.sent} == {(7, "CL/a/b/d"), (8, "CL/a/b/c")}
    assert remembered(tmp_path / "none").sent == []


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    FolioBook(tmp_path / "book", "one").mark(BOLETAS, 1)
    assert (tmp_path / "book").stat().st_mode & 0o077 == 0
    assert (tmp_path / "book" / "one.jsonl").stat().st_mode & 0o077 == 0


def test_a_line_that_a_crash_cut_off_was_never_used_and_any_other_is_a_fault(
    tmp_path: Path,
) -> None:
    FolioBook(tmp_path, "one").mark(BOLETAS, 200)
    path = tmp_path / "one.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:10])
    assert remembered(tmp_path).marks == [Mark(BOLETAS, 200)]
    path.write_bytes(whole[:10] + b"\n" + whole)
    with pytest.raises(BadBook, match=r"one\.jsonl, line 1"):
        remembered(tmp_path)


def test_machines_that_share_a_database_share_a_folder(tmp_path: Path) -> None:
    assert folder_of(tmp_path, {}) == tmp_path / "folios"
    assert folder_of(tmp_path, {"MTD_FOLIO_BOOK": "/shared"}) == Path("/shared")
