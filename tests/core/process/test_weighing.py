"""A step that would write without end stops, and says so where it stood."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mtd.core.process.definition import Loop, Rules, Service
from mtd.core.process.weighing import ATOM, WEIGHT_MAX, weight
from tests.core.process.sketch import Sketch, variable
from tests.core.process.world import World

LONG = "x" * 1_000_000


def longer(variables: Mapping[str, Any], now: datetime) -> str:
    return LONG


def test_texts_weigh_their_characters_and_all_else_a_little() -> None:
    assert weight("abc") == 3
    assert weight(1) == weight(None) == ATOM
    assert weight({"a": "abc", "b": ["de", 1]}) == ATOM + 3 + ATOM + 2 + ATOM


def test_a_flow_that_goes_round_with_long_texts_stops_early() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("scriptTask", "grow", work=Rules(assignments={"text": longer}))
    sketch.chain("start", "grow", "grow")
    world = World(sketch.definition())
    (incident,) = world.instance.incidents.values()
    assert (incident.code, incident.element) == ("TOO_LARGE", "grow")
    assert len(world.entries[-1].payload) < 2 * WEIGHT_MAX
    world.check_fold()


def test_a_long_text_that_each_of_many_takes_along_stops_them() -> None:
    many = Loop(kind="multiInstance", cardinality=lambda variables, now: 1_000, sequential=False)
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("send", loop=many)
    sketch.change("send", work=Service(connector="x.send", inputs={"text": variable("text")}))
    sketch.chain("start", "send")
    world = World(sketch.definition(), text=LONG)
    assert {one.code for one in world.instance.incidents.values()} == {"TOO_LARGE"}
    assert len(world.instance.waits) <= WEIGHT_MAX // len(LONG) + 1
