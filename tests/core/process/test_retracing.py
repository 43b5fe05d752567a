"""Retracing: the way over the drawing is the one that the instance took, step by step."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.process.definition import Definition
from mtd.core.process.outcome import Failed
from mtd.core.process.retracing import Crossing, Pace, retraced
from tests.core.process.random_drawings import drawings
from tests.core.process.sketch import Sketch, after
from tests.core.process.test_properties import run
from tests.core.process.world import World


def shop() -> World:
    """pay → pick → end, and from pay after a minute to given_up."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("pay")
    sketch.add("boundaryEvent", "late", attached_to="pay", events=(after(3600),))
    sketch.add("endEvent", "given_up")
    sketch.flow("late", "given_up")
    sketch.person("pick")
    sketch.add("endEvent", "end")
    sketch.chain("start", "pay", "pick", "end")
    return World(sketch.definition())


def paces(world: World) -> list[Pace]:
    found = retraced(world.definition, world.entries)
    agree(world, found)
    return found


def agree(world: World, found: list[Pace]) -> None:
    """What each step says of where tokens rest is what the instance was then."""
    for pace, moved in zip(found, world.moved, strict=True):
        now = moved.instance
        assert set(pace.stands) == {token.at for token in now.tokens.values()}
        assert set(pace.troubled) == {one.element for one in now.incidents.values()}


def test_flows_tell_how_long_it_took_to_get_to_them() -> None:
    world = shop()
    world.pass_time(minutes=2)
    world.answer("pay")
    world.pass_time(minutes=5)
    world.submit("pick")
    first, second, third = paces(world)
    assert first.came == ("start", "pay") and first.stands == ("pay",)
    assert first.crossed == (Crossing(flow="f1", after=timedelta(0)),)
    assert second.crossed == (Crossing(flow="f2", after=timedelta(minutes=2)),)
    assert third.crossed == (Crossing(flow="f3", after=timedelta(minutes=5)),)
    assert (third.came, third.stands) == (("end",), ())


def test_failed_attempts_and_incidents_are_marked_where_they_were() -> None:
    world = shop()
    world.fail("pay", times=3)
    found = paces(world)
    assert [pace.failed for pace in found] == ["", "pay", "pay", "pay"]
    assert [pace.troubled for pace in found] == [(), (), (), ("pay",)]
    world.retry()
    world.refuse("pay", "NO")
    assert [pace.failed for pace in paces(world)][4:] == ["", ""], "a business no is no failure"


def test_the_end_of_a_long_way_is_told_without_its_beginning() -> None:
    world = shop()
    world.answer("pay", Failed("down"))
    world.answer("pay")
    last = retraced(world.definition, world.entries[2:])
    assert [pace.stands for pace in last] == [("pick",)]
    assert last[0].crossed == (Crossing(flow="f2", after=None),)


@settings(max_examples=30)
@given(definition=drawings(), seed=st.integers(0, 2**16))
def test_of_any_way_each_step_says_where_tokens_rest(definition: Definition, seed: int) -> None:
    paces(run(definition, seed))
