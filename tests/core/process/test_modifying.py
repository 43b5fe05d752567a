"""Modification: tokens are moved, added and dropped, all of it or none, or it is said why."""

from typing import Any

import pytest

from mtd.core.process.effect import Call
from mtd.core.process.facts import Fact, Ignored
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import Answered, Modified
from tests.core.process.sketch import Sketch, after
from tests.core.process.world import World
from tests.core.process.written import (
    end,
    event_of,
    flows,
    run,
    service,
    several,
    stage,
    start,
    tag,
    throw,
    undoable,
)


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


def test_a_change_inside_of_what_is_moved_or_dropped_is_refused() -> None:
    world = shop()
    world.answer("pay")
    inside = "is inside of what is moved or dropped"
    assert inside in refused(world, moves=(("stage", "ship"),), adds=("pack",))
    assert inside in refused(world, adds=("pack",), drops=("stage",))
    assert inside in refused(world, moves=(("stage", "ship"), ("pick", "pack")))
    assert inside in refused(world, moves=(("pick", "pack"),), drops=("stage",))


def test_of_a_process_that_calls_itself_the_outermost_call_is_moved() -> None:
    called = "".join(
        (start("in"), service("a"), tag("callActivity", "x", calledElement="called"),
         end("out"), flows("in > a > x > out"))
    )  # fmt: skip
    world = run(
        start("start"), tag("callActivity", "x0", calledElement="called"), service("then"),
        flows("start > x0 > then"), roots=f'<process id="called">{called}</process>',
    )  # fmt: skip
    world.answer("a")
    world.answer("a")
    assert [token.at for token in world.instance.tokens.values()].count("x") == 2
    modify(world, moves=(("x", "x"),))
    assert [token.at for token in world.instance.tokens.values()].count("x") == 1
    assert world.waiting() == ["a"]


def test_what_waited_for_ever_goes_on_with_the_token_that_it_lacked() -> None:
    """Its incident is over then, whichever token of the join it was for."""
    world = shop()
    world.answer("pay")
    world.submit("pick")
    world.submit("pack")
    world.submit("ship")
    modify(world, drops=("bill",))
    assert [one.code for one in world.instance.incidents.values()] == ["DEADLOCK"]
    modify(world, adds=("bill",))
    world.submit("bill")
    assert world.ended and not world.instance.incidents


def undoing() -> World:
    """What was done is being undone."""
    world = run(
        start("start"),
        undoable("a"),
        undoable("b"),
        throw("back", event_of("compensate")),
        service("then"),
        flows("start > a > b > back > then"),
    )
    world.answer("a")
    world.answer("b")
    assert world.waiting() == ["undo_b"]
    return world


def test_what_undoes_something_is_not_moved_but_can_be_left_out() -> None:
    world = undoing()
    assert "can be dropped, not moved" in refused(world, moves=(("undo_b", "then"),))
    assert "by compensation alone" in refused(world, adds=("undo_a",))
    modify(world, drops=("undo_b",))
    assert world.waiting() == ["undo_a"], "the next one is undone"
    world.answer("undo_a")
    assert world.waiting() == ["then"]


def test_a_throw_that_undoes_is_moved_with_what_it_has_begun() -> None:
    world = undoing()
    modify(world, moves=(("back", "then"),))
    assert world.waiting() == ["then"] and list(world.instance.scopes) == [0]


def test_a_multi_instance_that_is_moved_on_keeps_what_is_done_of_it() -> None:
    world = run(
        start("start"),
        undoable("a", several(True, "3")),
        throw("back", event_of("compensate")),
        flows("start > a > back"),
    )
    world.answer("a")
    modify(world, moves=(("a", "back"),))
    assert world.answer_all() == ["undo_a"]
    assert world.ended


def test_in_what_runs_for_each_tokens_move_in_every_body() -> None:
    inside = (start("in"), service("a"), service("b"), flows("in > a > b"))
    world = run(start("start"), stage("x", several(False, "2"), *inside), flows("start > x"))
    modify(world, moves=(("a", "b"),))
    assert world.waiting() == ["b", "b"]
    assert "which runs 2 times" in refused(world, adds=("a",))


def test_in_an_ad_hoc_sub_process_what_is_dropped_leaves_the_choice() -> None:
    world = run(
        start("start"),
        tag("adHocSubProcess", "x", service("a"), service("b")),
        service("then"),
        flows("start > x > then"),
        bindings='[adhoc.x]\nrole = "agent"\n',
    )
    world.submit("x", activities=["a"])
    modify(world, drops=("a",))
    assert world.waiting() == ["x"]
    modify(world, adds=("b",))
    assert world.waiting() == ["b", "x"]
