"""Hostile senders: names, links, sizes and kinds of files that are no files."""

import asyncio
import os
from hashlib import sha256
from pathlib import Path

import pytest

from mtd.runtime.intake import archive, folder
from tests.runtime.intake.place import Place, an_order, body_of, opened, path_of

ORDER = an_order()
CHANNEL = path_of(ORDER).rpartition("/")[0]


@pytest.mark.parametrize(
    "name",
    [
        "new\nline",
        "a" * 251,
        "..",
        "...",
        " ",
        "$(reboot)",
        "ñandú",
        "%00",
        "-rf",
        "a'\"b",
        "\u202e",
    ],
)
async def test_any_name_is_only_a_name(place: Place, name: str) -> None:
    async with place.running():
        place.lay(f"{CHANNEL}/{name}.xml", body_of(ORDER))
        if name.startswith("."):
            await asyncio.sleep(0.3)
            assert await place.files() == [], "a hidden file is its sender's"
            return
        (file,) = await place.settled(1)
        await place.put_away(f"done/{CHANNEL}/{name}.xml")
    assert (file.state, file.path) == ("DONE", f"{CHANNEL}/{name}.xml")


async def test_a_name_that_is_no_text(place: Place) -> None:
    async with place.running():
        place.lay(f"{CHANNEL}/{os.fsdecode(b'caf' + bytes([0xE9]))}.xml", body_of(ORDER))
        (file,) = await place.settled(1)
    assert (file.state, file.path) == ("DONE", f"{CHANNEL}/caf\\xe9.xml")


async def test_long_names_that_clash(place: Place) -> None:
    name = "b" * 251
    async with place.running():
        for body in (body_of(ORDER), b"<other/>", b"<third/>"):
            place.lay(f"{CHANNEL}/{name}.xml", body)
            await place.until(lambda files, body=body: len(body) in {f.size_bytes for f in files})
            await place.put_away()
    assert sorted(one.partition("/")[0] for one in place.tree()) == ["done", "waiting", "waiting"]


async def test_what_is_no_file_is_not_followed_but_told(place: Place, tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_bytes(body_of(ORDER))
    channel = place.folder / CHANNEL
    channel.mkdir(parents=True)
    (channel / "link.xml").symlink_to(outside)
    (channel / "loop.xml").symlink_to("loop.xml")
    os.mkfifo(channel / "pipe.xml")
    (channel / "folder.xml").mkdir()
    async with place.running():
        files = await place.settled(4)
    assert {(file.state, file.cause) for file in files} == {("WAITING", "DELIVERY_FAILED")}
    told = {Path(file.path).name: (await place.failures(file))[9].message for file in files}
    assert told == {
        "link.xml": "NotReadable: Too many levels of symbolic links",
        "loop.xml": "NotReadable: Too many levels of symbolic links",
        "pipe.xml": "NotReadable: is no regular file",
        "folder.xml": "NotReadable: Is a directory",
    }
    assert await place.orders() == 0
    assert outside.exists()


async def test_folders_that_are_links_are_not_entered(place: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.xml").write_bytes(body_of(ORDER))
    (place.folder / "CL" / ORDER.store).mkdir(parents=True)
    (place.folder / "CL" / ORDER.store / "ecommerce").symlink_to(outside)
    async with place.running():
        await asyncio.sleep(0.4)
        assert await place.files() == []


async def test_a_large_file_is_kept_but_not_read(place: Place) -> None:
    target = place.folder / CHANNEL / "large.xml"
    target.parent.mkdir(parents=True)
    with target.open("wb") as large:
        large.truncate(100_000_000)
    async with place.running():
        (file,) = await place.settled(1)
        await place.put_away(f"waiting/{CHANNEL}/large.xml")
    assert (file.cause, file.size_bytes, file.attempts) == ("TOO_LARGE", 100_000_000, 0)


async def test_a_larger_one_is_not_even_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ARCHIVED_MAX_BYTES", 1_000)
    async with place.running():
        place.lay(path_of(ORDER), body_of(ORDER))
        (file,) = await place.settled(1)
    assert (file.state, file.archive, file.attempts) == ("WAITING", "", 10)
    assert (place.folder / path_of(ORDER)).exists()
    kept = [path for path in (place.home / "archive").rglob("*") if path.is_file()]
    assert kept == []


async def test_a_sender_who_keeps_replacing_a_file(place: Place) -> None:
    async with place.running():
        for i in range(12):
            place.lay(path_of(ORDER), b"<a%d/>" % i)
            await asyncio.sleep(0.15)
        place.lay(path_of(ORDER), body_of(ORDER))
        await place.until(lambda files: "DONE" in {file.state for file in files})
        await place.settled(len(await place.files()))
        await place.put_away()
    files = await place.files()
    for file in files:  # one that was replaced before it was put away is in the archive alone
        body = await asyncio.to_thread((place.home / file.archive).read_bytes)
        assert sha256(body).digest() == file.hash
    assert 1 < len(place.tree()) <= len(files)


def test_what_replaced_a_file_stays_and_is_found(tmp_path: Path) -> None:
    target = tmp_path / "intake" / path_of(ORDER)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"old")
    (found,) = folder.look(tmp_path / "intake")
    newer = tmp_path / "newer"
    newer.write_bytes(b"newer")
    newer.rename(target)
    folder.put_away(found, b"", tmp_path / "done")
    (left,) = folder.look(tmp_path / "intake")
    assert (left.path, left.location.read_bytes()) == (path_of(ORDER), b"newer")
    folder.put_away(left, b"", tmp_path / "done")
    assert (tmp_path / "done" / path_of(ORDER)).read_bytes() == b"newer"


async def test_events_and_not_only_scans_find_files(database: str, tmp_path: Path) -> None:
    async with opened(database, tmp_path, scan="PT60S") as place, place.running():
        await asyncio.sleep(0.3)
        place.lay(path_of(ORDER), body_of(ORDER))
        await place.settled(1)
