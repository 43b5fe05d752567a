"""Metered: what the intake found, took in and left waiting, how long that took, how old it is."""

import asyncio

from mtd.runtime.app import TENANT
from mtd.runtime.intake.lying import lying
from mtd.runtime.operations import pushing
from mtd.runtime.telemetry import intake_gauges
from tests.runtime.intake.place import Place, an_order, body_of, path_of


async def test_each_file_is_counted_once_by_what_came_of_it(place: Place) -> None:
    order, malformed = an_order(), an_order(7)
    registry = place.app.meters.registry
    async with place.running():
        place.lay(path_of(order), body_of(order))
        await place.settled(1)
        place.lay(f"{path_of(order)[:-4]}-again.xml", body_of(order))
        place.lay(path_of(malformed), body_of(malformed)[:300])
        await place.settled(3)
        await asyncio.sleep(0.3)  # looked at again and again, nothing is found a second time
    counted = {
        outcome: registry.get_sample_value("mtd_intake_files_total", {"outcome": outcome})
        for outcome in ("DONE", "DUPLICATE", "WAITING", "FAILED")
    }
    assert counted == {"DONE": 1.0, "DUPLICATE": 1.0, "WAITING": 1.0, "FAILED": None}
    assert registry.get_sample_value("mtd_intake_files_found_total") == 3.0
    assert registry.get_sample_value("mtd_intake_seconds_count") == 3.0


async def test_what_lies_there_is_told_with_its_age(place: Place) -> None:
    order = an_order()
    async with place.running():
        place.lay(path_of(order), body_of(order)[:300])
        (file,) = await place.settled(1)
    waiting = await lying(place.app, TENANT)
    assert (waiting.due, waiting.waiting, waiting.rejected) == (0, 1, 0)
    assert waiting.waiting_since is not None and waiting.due_since is None
    gauges = intake_gauges(place.app.clock.now(), waiting)
    age_s = gauges.get_sample_value("mtd_intake_oldest_seconds", {"state": "WAITING"})
    assert age_s is not None and 0 <= age_s < 60
    await pushing.reject(place.operations, [file.id], "a clerk", "not an order")
    rejected = await lying(place.app, TENANT)
    assert (rejected.waiting, rejected.rejected) == (0, 1)
    gauges = intake_gauges(place.app.clock.now(), rejected)
    assert gauges.get_sample_value("mtd_intake_files_now", {"state": "REJECTED"}) == 1.0
    assert gauges.get_sample_value("mtd_intake_oldest_seconds", {"state": "WAITING"}) == 0.0
