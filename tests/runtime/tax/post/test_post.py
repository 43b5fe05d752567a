"""The post office: sent once, followed to the end, told once, past every failure on the way."""

import asyncio

import pytest

from mtd.runtime.engine import working
from mtd.runtime.tax.post import office
from tests.runtime.conftest import Founded
from tests.runtime.hands.test_pauses import lifted, paused
from tests.runtime.tax.post.mail import mail, settled_for_good


async def test_every_document_is_sent_in_batches_accepted_and_told_once(found: Founded) -> None:
    async with mail(found) as post:
        await post.plant.orders("sale", 60)
        async with post.plant.worker():
            await post.until_settled(60)
            await settled_for_good(post, 0.2)
        await post.check(60)
        sizes = await post.plant.rows("SELECT documents, channel FROM envelope")
        assert max(row["documents"] for row in sizes) <= 10
        assert {row["channel"] for row in sizes} == {"dte", "boleta"}
        assert len(sizes) < 30


@pytest.mark.parametrize(
    "fault",
    [
        *("error", "reset", "page", "denied", "throttle", "expired_token", "stored_late"),
    ],
)
async def test_a_sending_that_fails_in_any_way_ends_in_one_document_each(
    found: Founded, fault: str
) -> None:
    async with mail(found, timeout_s=0.5, silence=0.8) as post:
        await post.plant.orders("sale", 20)
        await post.script(fault, fault)
        async with post.plant.worker():
            await post.until_settled(20)
            await settled_for_good(post)
        await post.check(20)


async def test_a_slow_answer_to_one_envelope_holds_up_no_other(found: Founded) -> None:
    async with mail(found, timeout_s=60.0, silence=60.0) as post:
        await post.plant.orders("sale", 40)
        await post.client.control(
            "sii_upload", script=[{"fault": "stored_late", "operation": "upload"}]
        )
        async with post.plant.worker():
            await post.until_settled(20)
            unanswered = await post.plant.value(
                "SELECT count(*) FROM envelope e WHERE state = 'UNKNOWN' AND NOT EXISTS"
                " (SELECT FROM envelope_answer a WHERE a.envelope_id = e.id)"
            )
            assert unanswered == 1


async def test_an_envelope_that_waits_its_turn_is_not_sent_once_the_authority_is_paused(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "LOOK_S", 0.05)
    monkeypatch.setattr(office, "TOGETHER", 1)
    async with mail(found, timeout_s=8.0, silence=6.0) as post:
        await post.plant.orders("sale", 40)
        script = [{"fault": "stored_late", "operation": "upload"}]
        for host in ("sii", "sii_upload"):
            await post.client.control(host, script=script)
        async with post.plant.worker():
            await post.plant.until(
                "SELECT count(*) FILTER (WHERE state = 'UNKNOWN') = 1"
                " AND count(*) FILTER (WHERE state = 'MADE') > 1 FROM envelope"
            )
            id_ = await paused(post.plant, "counterpart", "sii")
            await post.plant.until("SELECT count(DISTINCT envelope_id) = 1 FROM envelope_answer")
            await asyncio.sleep(0.5)
            assert await post.plant.value(
                "SELECT count(*) FILTER (WHERE state <> 'MADE') = 1 FROM envelope"
            )
            await lifted(post.plant, id_)
            await post.until_settled(40)
        await post.check(40)


@pytest.mark.parametrize("fault", ["error_after", "lost_reply", "half_body", "garbage"])
async def test_what_was_taken_in_and_not_told_is_found_and_not_sent_again(
    found: Founded, fault: str
) -> None:
    async with mail(found) as post:
        await post.plant.orders("sale", 10)
        await post.script(fault)
        async with post.plant.worker():
            await post.until_settled(10)
            await settled_for_good(post, 0.3)
        await post.check(10)
        assert await post.taken_in() == await post.plant.value("SELECT count(*) FROM envelope")


@pytest.mark.parametrize(
    "status", ["status_3", "status_5", "status_9", "status_9_stored", "status_99"]
)
async def test_each_status_of_an_upload_is_come_through(found: Founded, status: str) -> None:
    async with mail(found) as post:
        await post.plant.orders("sale", 20)
        await post.client.control("sii", script=[{"fault": status, "operation": "upload"}])
        async with post.plant.worker():
            await post.until_settled(20)
            await settled_for_good(post, 0.3)
        await post.check(20)


@pytest.mark.parametrize("status", ["status_1", "status_2", "status_6"])
async def test_what_no_document_is_at_fault_for_waits_for_the_operator(
    found: Founded, status: str
) -> None:
    async with mail(found) as post:
        await post.plant.orders("sale", 10)
        script = [{"fault": status, "operation": "upload", "times": 3}]
        await post.client.control("sii", script=script)
        async with post.plant.worker():
            await post.until_settled(10)
        await post.check(10)
