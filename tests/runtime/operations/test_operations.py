"""Operations: what is told of an order that goes on meanwhile."""

from mtd.runtime.operations.operations import Operations
from tests.core.process.sketch import Sketch
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, named


async def test_an_order_has_a_trace_as_soon_as_it_began(found: Founded) -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("endEvent", "end")
    sketch.chain("start", "end")
    plant: Plant = await found(named(sketch, "p"))
    operations = Operations(plant.app, 1, await plant.app.receiving())
    [id_] = await plant.orders("p", 1)
    assert (await operations.order(id_)).definition == ""
    assert await operations.trace(id_) == []
    async with plant.worker():
        await plant.until_ended(1)
    assert [chapter.kind for chapter in await operations.trace(id_)] == ["start"]
