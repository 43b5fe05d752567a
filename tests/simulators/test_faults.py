"""Faults on order: seeded, scripted, outages; and what the ledger says of each."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from mtd.simulators.faults import Faults, Scripted
from mtd.simulators.settings import BadSettings, read_settings
from mtd.simulators.town import serve
from tests.simulators.client import hearing, town

CAPTURE = {"order_id": "o", "currency": "CLP", "amount": 1}
APPLIED_AND_LOST = ("timeout_after", "lost_reply", "half_body", "error_after", "garbage")


@pytest.mark.parametrize("fault", ["error", "throttle", "reset", *APPLIED_AND_LOST])
async def test_a_fault_does_what_it_says_and_a_repeat_under_the_key_gets_the_answer(
    fault: str,
) -> None:
    async with town() as client:
        await client.control("payment", script=[{"fault": fault, "order": "o"}])
        try:
            async with asyncio.timeout(0.2):
                status, _ = await client.post("payment", "/captures", CAPTURE, "k")
        except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError, ValueError):
            status = None
        assert status == {"error": None, "throttle": None}.get(fault, status)
        assert status != 200
        sound = await client.post("payment", "/captures", CAPTURE, "k")
        assert sound[0] == 200
        entries = (await client.page("payment", "/ledger"))["entries"]
        applied = fault in APPLIED_AND_LOST
        assert [e["outcome"] for e in entries] == (
            ["applied", "repeated"] if applied else ["failed", "applied"]
        )
        assert entries[0]["fault"] == fault
        assert await client.page("payment", "/duplicates") == []


async def test_a_script_answers_the_next_calls_of_one_order_only() -> None:
    async with town() as client:
        script = [{"fault": "declined", "order": "o", "operation": "capture", "times": 2}]
        await client.control("payment", script=script)
        other = await client.post("payment", "/captures", {**CAPTURE, "order_id": "x"}, "k0")
        statuses = [
            (await client.post("payment", "/captures", CAPTURE, f"k{n}"))[0] for n in (1, 2, 3)
        ]
        assert (other[0], statuses) == (200, [402, 402, 200])


def test_shares_befall_the_same_requests_whatever_their_sequence() -> None:
    orders = [f"o{n}" for n in range(4_000)]
    shares = {"error": 0.02, "declined": 0.01}

    def drawn(sequence: list[str], seed: int = 7) -> dict[str, str | None]:
        faults = Faults(seed, "payment", shares, frozenset({"declined"}))
        return {order: faults.draw("capture", order) for order in sequence}

    first = drawn(orders)
    assert first == drawn(orders[::-1])
    assert first != drawn(orders, seed=8)
    counts = Counter(first.values())
    assert 50 <= counts["error"] <= 115 and 20 <= counts["declined"] <= 65


def test_the_second_attempt_draws_anew() -> None:
    faults = Faults(1, "eom", {"error": 0.5}, frozenset())
    drawn = [faults.draw("reserve", "o") for _ in range(64)]
    assert {None, "error"} == set(drawn)


def test_none_protects_from_the_shares() -> None:
    faults = Faults(1, "eom", {"error": 1.0}, frozenset())
    faults.script(Scripted(fault="none", order="o"))
    assert [faults.draw("reserve", "o") for _ in range(2)] == [None, "error"]


@pytest.mark.parametrize("mode", ["refuse", "error", "hang"])
async def test_an_outage_ends_by_itself_on_the_same_port(mode: str) -> None:
    async with town() as client:
        assert (await client.post("payment", "/captures", CAPTURE, "k"))[0] == 200
        outage = {"seconds": 0.3, "mode": mode}
        assert (await client.control("payment", outage=outage))["down"] == mode
        with pytest.raises((aiohttp.ClientError, TimeoutError, ValueError)):
            async with asyncio.timeout(0.1):
                await client.post("payment", "/captures", CAPTURE, "k")
        await asyncio.sleep(0.4)
        assert (await client.post("payment", "/captures", CAPTURE, "k"))[0] == 200


async def test_clear_ends_shares_scripts_and_outage() -> None:
    async with town() as client:
        await client.control("eom", shares={"error": 1.0}, outage={"seconds": 60})
        described = await client.control("eom", clear=True)
        assert described["shares"] == {} and described["down"] is None
        assert (await client.post("eom", "/releases", {"order_id": "o"}, "k"))[0] == 200


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ({"shares": {"eror": 1}}, "shares.eror"),
        ({"shares": {"error": 2}}, "shares"),
        ({"script": [{"fault": "stockout"}]}, "script[0].fault"),
        ({"scripts": []}, "scripts"),
        ({"outage": {"seconds": -1}}, "seconds"),
        ({"system": {"paid": {}}}, "system.paid"),
    ],
)
async def test_a_wrong_command_is_refused_by_name(command: Any, word: str) -> None:
    async with town() as client:
        assert word in await client.refused_control("payment", command)


async def test_events_are_told_until_taken_and_repeats_bear_one_id() -> None:
    async with hearing() as ear, town(ear) as client:
        ear.refusing = 2
        await client.control("payment", shares={"event_repeated": 1.0})
        await client.post("payment", "/captures", {**CAPTURE, "channel": "phone"}, "k")
        first, second = await ear.wait_for(2)
        assert first == second
        assert first["message_id"] == "payment:PaymentConfirmed:o:1"


async def test_events_change_places_when_told_to() -> None:
    async with hearing() as ear, town(ear) as client:
        await client.control("eom", shares={"event_swapped": 1.0})
        body = {
            "order_id": "o",
            "store": "paris",
            "method": "home_delivery",
            "lines": [{"line_no": 1, "sku": "A", "quantity": 1}],
        }
        await client.post("eom", "/reservations", body, "k1")
        await client.post("eom", "/picks", {"order_id": "o"}, "k2")
        events = await ear.wait_for(2)
        assert [e["payload"]["status"] for e in events] == ["PACKED", "PICKED"]


async def test_the_ledger_is_on_the_disk_before_the_answer_leaves(tmp_path: Path) -> None:
    async with town(ledger_folder=str(tmp_path)) as client:
        await client.post("payment", "/captures", CAPTURE, "k")
        [line] = (tmp_path / "payment.jsonl").read_text().splitlines()
        entry = msgspec.json.decode(line)
        assert (entry["operation"], entry["order"], entry["key"]) == ("capture", "o", "k")
        assert entry == (await client.page("payment", "/ledger"))["entries"][0]


async def test_the_ledger_comes_in_pages_and_by_order() -> None:
    async with town() as client:
        for n in range(5):
            await client.post("payment", "/captures", {**CAPTURE, "order_id": f"o{n}"}, f"k{n}")
        first = await client.page("payment", "/ledger?limit=3")
        rest = await client.page("payment", f"/ledger?after={first['next']}")
        assert [e["n"] for e in first["entries"] + rest["entries"]] == [1, 2, 3, 4, 5]
        assert rest["next"] is None
        [one] = (await client.page("payment", "/ledger?order=o3"))["entries"]
        assert one["key"] == "k3"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"systems": {"eom": {"shares": {"declined": 1}}}}', "systems.eom.shares.declined"),
        ('{"systems": {"eom": {"delays_s": {"picket": 1}}}}', "systems.eom.delays_s.picket"),
        ('{"systems": {"eom": {"options": {"out_of_stock": 1}}}}', "options.out_of_stock"),
        ('{"systems": {"eem": {}}}', "systems.eem"),
        ('{"sed": 1}', "sed"),
        ('{"callback": {"url": "here"}}', "callback.url"),
    ],
)
async def test_wrong_settings_are_refused_by_name(text: str, word: str) -> None:
    with pytest.raises(BadSettings) as refused:
        await (await serve(read_settings(text))).close()
    assert word in str(refused.value)


async def test_a_token_is_asked_for_when_it_is_set() -> None:
    async with town(systems={"eom": {"token": "open sesame"}}) as client:
        assert (await client.post("eom", "/releases", {"order_id": "o"}, "k"))[0] == 401
