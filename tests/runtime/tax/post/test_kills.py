"""The post office is killed where it stands: nothing is sent unasked, lost, or told twice."""

import asyncio

import pytest

from mtd.runtime.tax.post import office
from tests.runtime.conftest import Founded
from tests.runtime.tax.issuers import RUTS
from tests.runtime.tax.post.mail import mail, settled_for_good

MOMENTS = {
    "an envelope is made": "SELECT count(*) > 0 FROM envelope",
    "one is being sent": "SELECT count(*) > 0 FROM envelope WHERE state = 'UNKNOWN'",
    "one was sent": "SELECT count(*) > 0 FROM envelope WHERE state = 'SENT'",
    "one is settled": "SELECT count(*) > 0 FROM envelope WHERE state = 'CLOSED'",
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_killed_workers_mail_is_anothers(
    found: Founded, quick_hearts: None, moment: str
) -> None:
    async with mail(found) as post:
        plant = post.plant
        await plant.orders("sale", 60)
        await post.client.control("sii_upload", median_ms=30, p99_ms=60, latency_scale=1)
        async with plant.worker() as one, plant.worker() as two:
            await plant.until(MOMENTS[moment])
            await plant.take_over(one)
            await asyncio.sleep(0.2)
            async with plant.worker():
                await plant.take_over(two)
                await post.until_settled(60)
                await settled_for_good(post, 0.5)
        await post.check(60)


async def test_every_envelope_was_sent_once_though_both_workers_look(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both believe that all issuers are theirs, as two may for a moment when slots change hands."""
    monkeypatch.setattr(office.Office, "_mine", _all)
    async with mail(found) as post:
        await post.plant.orders("sale", 40)
        async with post.plant.worker(), post.plant.worker():
            await post.until_settled(40)
        await post.check(40)
        envelopes = await post.plant.value("SELECT count(*) FROM envelope")
        assert await post.taken_in() == envelopes


def _all(_: office.Office) -> list[str]:
    return [*RUTS.values()]
