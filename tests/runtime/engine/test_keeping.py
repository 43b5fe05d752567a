"""Keeping: what a call brings back is stored, sealed, before the call counts as done."""

from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Artifact, Wire
from mtd.core.process.outcome import Answer, Done
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, a_legacy, chain


async def test_what_a_call_brings_back_is_kept_before_it_is_done(found: Founded) -> None:
    async def fetch(_: Attempt, wire: Wire) -> Answer:
        wire.kept.append(Artifact("39-1.pdf", "application/pdf", b"%PDF-1.7"))
        return Done()

    plant: Plant = await found(chain("sale", ["a.fetch"]), legacy={"a": a_legacy()})
    plant.connect("a.fetch", fetch)
    homeless = await plant.start("sale")
    await plant.orders("sale", 2)
    async with plant.worker():
        await plant.until_ended(2)
        assert await plant.value("SELECT count(*) FROM kept_document") == 2
        await plant.until("SELECT count(*) = 1 FROM incident WHERE instance_id = $1", homeless)
    clear = "position('%PDF'::bytea IN ciphertext) > 0"
    assert await plant.value(f"SELECT count(*) FROM kept_document WHERE {clear}") == 0
