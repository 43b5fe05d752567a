"""What the authority found in documents: processed is not accepted, and each has its own fate."""

import asyncio

import pytest

from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant
from tests.runtime.tax.post.mail import Mail, mail, settled_for_good
from tests.runtime.tax.steps import PAUSE, go, steps

ENVELOPES = ["schema", "cover", "signature"]


async def states(plant: Plant) -> dict[str, int]:
    rows = await plant.rows("SELECT state, count(*) AS n FROM tax_document GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def both(post: Mail, fault: str) -> None:
    """The first envelope of each channel suffers it."""
    await post.script(fault)


@pytest.mark.parametrize("fault", ["rejected", "objected", "expired_caf", "other_data", "repeated"])
async def test_one_document_of_an_envelope_has_another_fate_than_the_rest(
    found: Founded, fault: str
) -> None:
    expected = {
        "rejected": {"REJECTED": 2, "ACCEPTED": 18},
        "objected": {"ACCEPTED_WITH_OBJECTIONS": 2, "ACCEPTED": 18},
        "expired_caf": {"VOIDED": 2, "ACCEPTED": 18},
        "other_data": {"VOIDED": 2, "ACCEPTED": 18},
        "repeated": {"ACCEPTED": 20},
    }[fault]
    async with mail(found) as post:
        await post.plant.orders("sale", 20)
        await both(post, fault)
        async with post.plant.worker():
            await post.plant.until(
                "SELECT count(*) = 20 FROM tax_document WHERE state NOT IN ('SIGNED', 'SENT')"
            )
            await settled_for_good(post, 0.3)
        got = await states(post.plant)
        if fault == "expired_caf":
            # An invoice's reason comes by mail alone: without it, it is made anew under its folio.
            assert got.get("VOIDED", 0) + got.get("REJECTED", 0) == 2
            assert got["ACCEPTED"] == 18
        else:
            assert got == expected
        told = "SELECT count(*) FROM message WHERE name = 'DteStatusChanged'"
        assert await post.plant.value(told) == 20


@pytest.mark.parametrize("fault", ENVELOPES)
async def test_an_envelope_refused_as_a_whole_leaves_every_document_to_be_corrected(
    found: Founded, fault: str
) -> None:
    async with mail(found) as post:
        await post.plant.orders("sale", 10)
        await both(post, fault)
        async with post.plant.worker():
            await post.plant.until(
                "SELECT count(*) = 10 FROM tax_document WHERE state NOT IN ('SIGNED', 'SENT')"
            )
        rows = await post.plant.rows("SELECT DISTINCT state, codes, reason FROM tax_document")
        refused = [row for row in rows if row["state"] == "REJECTED"]
        code = {"schema": "RSC", "cover": "RCT", "signature": "RFR"}[fault]
        assert refused and {row["codes"] for row in refused} == {code}
        assert all(row["reason"] for row in refused)
        assert not await post.held() or "ACCEPTED" in {row["state"] for row in rows}


async def test_what_was_rejected_is_corrected_under_its_folio(found: Founded) -> None:
    definition = steps("sale", "tax.issue", PAUSE, "tax.issue")
    async with mail(found, definition=definition) as post:
        await post.plant.orders("sale", 10)
        await both(post, "schema")
        async with post.plant.worker():
            await post.plant.until(
                "SELECT count(*) = 10 FROM tax_document WHERE state NOT IN ('SIGNED', 'SENT')"
            )
            rejected = await post.plant.value(
                "SELECT count(*) FROM tax_document WHERE state = 'REJECTED'"
            )
            assert rejected
            await post.plant.rows("DELETE FROM message WHERE name = 'DteStatusChanged'")
            await go(post.plant, 10)
            await post.until_settled(10)
            await settled_for_good(post, 0.2)
        assert await post.plant.value("SELECT count(*) FROM tax_document") == 10
        told = "SELECT count(*) FROM message WHERE name = 'DteStatusChanged'"
        assert await post.plant.value(told) == rejected
        held = await post.held()
        assert len(held) == 10


async def test_a_stuck_envelope_is_pending_until_it_goes_on(found: Founded) -> None:
    async with mail(found) as post:
        await post.plant.orders("sale", 10)
        await both(post, "stuck")
        async with post.plant.worker():
            await post.plant.until("SELECT count(*) = 10 FROM tax_document WHERE state <> 'SIGNED'")
            await asyncio.sleep(1.0)
            assert (await states(post.plant)).get("SENT", 0) > 0
            await post.client.control("sii", system={"release": True})
            await post.until_settled(10)
        await post.check(10)


async def test_an_older_answer_out_of_turn_changes_nothing(found: Founded) -> None:
    async with mail(found) as post:
        await post.plant.orders("sale", 10)
        await post.script("stale", "stale", "stale", operation="envelope")
        async with post.plant.worker():
            await post.until_settled(10)
        await post.check(10)


async def test_a_notice_is_an_answer_of_its_own_and_brings_the_reasons(found: Founded) -> None:
    """The first question is due in an hour: only the notice makes it be asked before."""
    async with mail(found, pace={"ask_s": 3_600}) as post:
        await post.plant.orders("sale", 10)
        async with post.plant.worker():
            await post.plant.until("SELECT count(*) = 10 FROM tax_document WHERE state = 'SENT'")
            await asyncio.sleep(0.3)
            for row in await post.plant.rows("SELECT track_id FROM envelope"):
                await post.plant.publish("SiiEnvelopeProcessed", row["track_id"])
            await post.until_settled(10)
        await post.check(10)
        kept = "SELECT count(*) FROM envelope_answer WHERE operation = 'notice'"
        assert await post.plant.value(kept) == await post.plant.value(
            "SELECT count(*) FROM envelope"
        )
        assert not await post.plant.value(
            "SELECT count(*) FROM message WHERE name = 'SiiEnvelopeProcessed'"
        )
