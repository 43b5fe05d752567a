"""Modification: tokens are moved, added and dropped, all of it or none, or it is said why."""

from typing import Any

import pytest

from mtd.core.process.effect import Call
from mtd.core.process.facts import Fact, Ignored
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import Answered, Modified
from tests.core.process.sketch import Sketch, after
from tests.core.process.world import World


def shop() -> World:
    """pay → (stage: pick → pack) → split → (ship | bill) → join → end."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("pay")
    sketch.add("boundaryEvent", "late", attached_to="pay", events=(after(60),))
    sketch.add("endEvent", "given_up")
    sketch.flow("late", "given_up")
    sketch.add("subProcess", "stage")
    sketch.add("startEvent", "begin", "stage")
    sketch.person("pick", "stage")
    sketch.person("pack", "stage")
    sketch.chain("begin", "pick", "pack")
    sketch.add("parallelGateway", "split")
    sketch.person("ship")
    sketch.person("bill")
    sketch.add("parallelGateway", "join")
    sketch.add("endEvent", "end")
    sketch.chain("start", "pay", "stage", "split", "ship", "join", "end")
    sketch.chain("split", "bill", "join")
    return World(sketch.definition(), amount=1)


def modify(world: World, **change: Any) -> list[Fact]:
    facts = world.let(Modified(at=world.now, actor="ana", reason="stuck", **change)).facts
    world.check_fold()
    return facts


def refused(world: World, **change: Any) -> str:
    before = (world.instance.tokens, world.instance.waits, world.instance.scopes)
    (fact,) = modify(world, **change)
    assert isinstance(fact, Ignored)
    assert (world.instance.tokens, world.instance.waits, world.instance.scopes) == before
    return fact.reason


def test_a_token_is_moved_and_what_it_awaited_is_over() -> None:
    world = shop()
    call = world.at("pay", Call)
    modify(world, moves=(("pay", "split"),), variables={"amount": 2})
    assert world.waiting() == ["bill", "ship"]
    assert world.instance.scopes[0].variables["amount"] == 2
    world.let(Answered(at=world.now, wait=call.id, outcome=Done()))
    assert [i.code for i in world.instance.incidents.values()] == ["LATE_EFFECT"]
    world.submit("ship")
    world.submit("bill")
    assert world.ended


def test_a_sub_process_is_left_with_all_that_is_inside() -> None:
    world = shop()
    world.answer("pay")
    modify(world, moves=(("stage", "ship"),))
    assert world.waiting() == ["ship"] and list(world.instance.scopes) == [0]


def test_inside_a_sub_process_tokens_move_and_begin() -> None:
    world = shop()
    world.answer("pay")
    modify(world, adds=("pack",))
    assert world.waiting() == ["pack", "pick"]
    modify(world, drops=("pick",))
    assert world.waiting() == ["pack"]
    world.submit("pack")
    assert world.waiting() == ["bill", "ship"]


def test_with_its_last_token_a_scope_ends() -> None:
    world = shop()
    world.answer("pay")
    modify(world, drops=("pick",))
    assert world.waiting() == ["bill", "ship"], "the stage is done"
    modify(world, drops=("ship", "bill"))
    assert world.ended


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"moves": (("ship", "bill"),)}, "no token rests at 'ship'"),
        ({"moves": (("nothing", "bill"),)}, "there is no element 'nothing'"),
        ({"moves": (("pay", "nothing"),)}, "there is no element 'nothing'"),
        ({"moves": (("pay", "join"),)}, "waits for tokens by each way in"),
        ({"moves": (("pay", "late"),)}, "by its event alone"),
        ({"moves": (("pay", "pick"),)}, "not in the same process"),
        ({"adds": ("pick",)}, "which runs 0 times"),
        ({"adds": ("process",)}, "by its event alone"),
        ({"moves": (("pay", "ship"),), "drops": ("pay",)}, "moved or dropped once"),
        ({}, "nothing is asked for"),
        ({"adds": ("ship",), "drops": ("bill",)}, "no token rests at 'bill'"),
    ],
)
def test_what_may_not_be_is_said_and_nothing_of_it_done(change: dict[str, Any], words: str) -> None:
    assert words in refused(shop(), **change)
