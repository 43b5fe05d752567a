"""Taking in: each file that arrives ends in exactly one state, where it belongs, once."""

import asyncio
import os
from datetime import timedelta

from msgspec.structs import replace

from mtd.runtime.operations import pushing
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.orders.trouble import Trouble, arrivals, deposit, put_right
from tests.core.orders.examples import shipped_mappings
from tests.runtime.intake.place import UNTIL, Place, an_order, body_of, path_of


async def test_a_file_becomes_an_order_and_is_put_away(place: Place) -> None:
    order = an_order()
    async with place.running():
        place.lay(path_of(order), body_of(order))
        (file,) = await place.settled(1)
        await place.put_away(f"done/{path_of(order)}")
    assert (file.state, file.cause, file.order_key, file.attempts) == ("DONE", None, order.key, 1)
    assert file.order_id == file.id, "delivered again, it would be the same order"
    assert (place.home / file.archive).read_bytes() == body_of(order)
    assert file.archive.endswith(file.hash.hex())
    assert place.tree() == [f"done/{path_of(order)}"]
    assert (await place.operations.order(order.key)).id == file.id


async def test_files_that_lay_there_before_are_found(place: Place) -> None:
    order = an_order()
    place.lay(path_of(order), body_of(order))
    async with place.running():
        await place.settled(1)
        await place.put_away(f"done/{path_of(order)}")


async def test_malformed_waits_at_once_and_burns_no_attempt(place: Place) -> None:
    order = an_order()
    async with place.running():
        place.lay(path_of(order), body_of(order)[:300])
        (file,) = await place.settled(1)
        await place.put_away(f"waiting/{path_of(order)}")
    assert (file.state, file.cause, file.attempts) == ("WAITING", "XML_INVALID", 0)
    (finding,) = await place.failures(file)
    assert finding.attempt == 0
    assert "is not well-formed" in finding.message and "line" in finding.message


async def test_every_other_content_that_no_order_comes_of(place: Place) -> None:
    order = an_order()
    elsewhere = f"{order.country}/{order.store}/nowhere/x.xml"
    causes = {
        path_of(order, "a"): (b"<Unknown/>", "MAPPING_MISSING"),
        elsewhere: (body_of(order), "FOLDER_MISMATCH"),
        path_of(order, "b"): (b"", "XML_INVALID"),
        path_of(order, "c"): (b" " * 5_000_001, "TOO_LARGE"),
    }
    async with place.running():
        for path, (body, _) in causes.items():
            place.lay(path, body)
        files = await place.settled(len(causes))
        await place.put_away(*(f"waiting/{path}" for path in causes))
    assert {file.path: file.cause for file in files} == {
        path: cause for path, (_, cause) in causes.items()
    }
    assert {file.attempts for file in files} == {0}
    assert await place.orders() == 0


async def test_the_same_order_again_is_a_duplicate_and_a_changed_one_waits(place: Place) -> None:
    order = an_order()
    changed = replace(order, promised_at=order.promised_at + timedelta(days=1))
    async with place.running():
        place.lay(path_of(order), body_of(order))
        await place.settled(1)
        place.lay(path_of(order, "again"), body_of(order))
        place.lay(path_of(order, "changed"), body_of(changed))
        files = await place.settled(3)
        await place.put_away(
            f"done/{path_of(order, 'again')}", f"waiting/{path_of(order, 'changed')}"
        )
    by_path = {file.path: file for file in files}
    first = by_path[path_of(order)]
    again, other = by_path[path_of(order, "again")], by_path[path_of(order, "changed")]
    assert (again.state, again.order_id) == ("DUPLICATE", first.order_id)
    assert (other.state, other.cause) == ("WAITING", "DUPLICATE_CHANGED")
    assert (other.attempts, other.order_id) == (0, first.order_id)
    assert await place.orders() == 1


async def test_a_file_that_grows_is_read_when_it_is_whole(place: Place) -> None:
    order = an_order()
    body = body_of(order)
    target = place.folder / path_of(order)
    target.parent.mkdir(parents=True)
    async with place.running():
        with target.open("wb", buffering=0) as growing:
            for i in range(0, len(body), len(body) // 20):
                growing.write(body[i : i + len(body) // 20])
                await asyncio.sleep(0.02)
        (file,) = await place.settled(1)
    assert (file.state, file.size_bytes) == ("DONE", len(body))


async def test_a_corrected_file_of_the_same_name_is_another(place: Place) -> None:
    order = an_order()
    async with place.running():
        place.lay(path_of(order), b"<not/> xml")
        await place.settled(1)
        await place.put_away(f"waiting/{path_of(order)}")
        place.lay(path_of(order), body_of(order))
        await place.settled(2)
        await place.put_away(f"done/{path_of(order)}")
        (waiting,) = [file for file in await place.files() if file.state == "WAITING"]
        await pushing.reject(place.operations, [waiting.id], "Ana", "corrected")
        await place.put_away(f"rejected/{path_of(order)}")
    states = {file.state for file in await place.files()}
    assert states == {"DONE", "REJECTED"}
    assert place.tree() == [f"done/{path_of(order)}", f"rejected/{path_of(order)}"]


async def test_the_same_file_again_is_taken_once_and_never_overwrites(place: Place) -> None:
    one, two = an_order(1), an_order(2)
    two = replace(two, country=one.country, store=one.store, channel=one.channel, branch=one.branch)
    path = path_of(one, "same")
    async with place.running():
        place.lay(path, body_of(one))
        await place.settled(1)
        await place.put_away(f"done/{path}")
        place.lay(path, body_of(one))
        await place.put_away()
        place.lay(path, body_of(two))
        files = await place.settled(2)
        await place.put_away()
    assert sorted(file.state for file in files) == ["DONE", "DONE"]
    (second,) = [file for file in files if file.order_key == two.key]
    marked = f"done/{path[:-4]}.{second.hash.hex()[:16]}.xml"
    assert place.tree() == sorted([f"done/{path}", marked])
    assert (place.home / f"done/{path}").read_bytes() == body_of(one)


async def test_ten_attempts_exactly_then_a_push_delivers_what_was_put_right(place: Place) -> None:
    orders = list(generate(1, 200, UNTIL))
    files = {one.trouble: one for one in arrivals(orders, shipped_mappings(), 1)}
    arrival = files[Trouble.UNDELIVERABLE_FILE]
    async with place.running():
        deposit(arrival, place.folder)
        (file,) = await place.settled(1)
        failures = await place.failures(file)
        assert (file.state, file.cause, file.attempts) == ("WAITING", "DELIVERY_FAILED", 10)
        assert [failure.attempt for failure in failures] == list(range(1, 11))
        assert {failure.message for failure in failures} == {"NotReadable: Is a directory"}
        put_right(arrival, place.folder)
        await place.until(lambda files: files[0].archive != "")
        assert await pushing.push(place.operations, [file.id], "Ana", "moved out") == [file.id]
        (file,) = await place.until(lambda files: files[0].state == "DONE")
        await place.put_away(f"done/{arrival.file_name}")
    assert (file.order_key, file.attempts, file.pushes) == (arrival.order_key, 1, 1)
    assert len(await place.failures(file)) == 10, "what failed before the push is kept"


async def test_a_damaged_archive_fails_ten_times_and_is_pushed_back(place: Place) -> None:
    order = an_order()
    async with place.running():
        place.lay(path_of(order), body_of(order)[:-9])
        (file,) = await place.settled(1)
        archived = place.home / file.archive
        archived.write_bytes(b"rotten")
        await pushing.push(place.operations, [file.id], "Ana", "again")
        (file,) = await place.until(lambda files: files[0].cause == "DELIVERY_FAILED")
        assert len(await place.failures(file)) == 11, "one finding, ten failures"
        archived.write_bytes(body_of(order)[:-9])
        await pushing.push(place.operations, [file.id], "Ana", "restored")
        (file,) = await place.until(lambda files: files[0].cause == "XML_INVALID")
    assert [one.round for one in await place.failures(file)] == [0, *[1] * 10, 2]


async def test_a_backlog_is_taken_in_by_age_and_adds_up(place: Place) -> None:
    sent = list(arrivals(list(generate(7, 120, UNTIL)), shipped_mappings(), 7))
    for i, one in enumerate(sent):
        deposit(one, place.folder)
        os.utime(place.folder / one.file_name, (0, i))
    async with place.running():
        files = await place.settled(len(sent))
    ends = {
        Trouble.MALFORMED_FILE: ("WAITING", "XML_INVALID"),
        Trouble.DUPLICATE_CHANGED: ("WAITING", "DUPLICATE_CHANGED"),
        Trouble.UNDELIVERABLE_FILE: ("WAITING", "DELIVERY_FAILED"),
        Trouble.DUPLICATE: ("DUPLICATE", None),
    }
    became = {file.path: (file.state, file.cause) for file in files}
    assert became == {
        one.file_name: ends.get(one.trouble, ("DONE", None)) if one.trouble else ("DONE", None)
        for one in sent
    }
    done = sum(state == "DONE" for state, _ in became.values())
    assert done == await place.orders()


async def test_of_two_files_of_one_order_the_older_is_the_order(place: Place) -> None:
    orders = list(generate(9, 40, UNTIL))
    for i, order in enumerate(orders):
        changed = replace(order, promised_at=order.promised_at + timedelta(days=1))
        for n, (name, one) in enumerate((("z", order), ("a", changed))):
            laid = place.lay(path_of(order, f"{name}{i}"), body_of(one))
            os.utime(laid, (0, 2 * i + n))
    async with place.running():
        files = await place.settled(2 * len(orders))
    assert {file.state for file in files if "/z" in file.path} == {"DONE"}
    assert {file.cause for file in files if "/a" in file.path} == {"DUPLICATE_CHANGED"}
