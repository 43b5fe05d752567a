"""Operations: what is asked of an order that goes on meanwhile."""

from mtd.runtime.operations.operations import Operations
from tests.core.process.sketch import Sketch
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, named


async def test_the_trace_of_an_order_that_began_since_it_was_looked_up(found: Founded) -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("endEvent", "end")
    sketch.chain("start", "end")
    plant: Plant = await found(named(sketch, "p"))
    operations = Operations(plant.app, 1, await plant.app.receiving())
    [id_] = await plant.orders("p", 1)
    order = await operations.order(id_)
    assert order.definition == ""
    async with plant.worker():
        await plant.until_ended(1)
    assert [chapter.kind for chapter in await operations.trace(id_)] == ["start"]
