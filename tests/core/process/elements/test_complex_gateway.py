"""Complex gateway: activation by a condition, the phase of reset, and its flows out."""

from typing import Any

import pytest

from mtd.core.decision.feel import FeelError
from mtd.core.process.definition import Evaluate, Event
from mtd.core.process.trigger import Changed, Modified
from tests.core.process.drawn import chain, definition, faults, flow
from tests.core.process.sketch import Sketch, phase, variable
from tests.core.process.world import World


def at_least(count: int) -> Evaluate:
    return lambda variables, now: variables["activationCount"] >= count


def fork(ways: int, activation: Any, **flows_out: Any) -> Sketch:
    """So many branches, a complex join, and `after` with the condition of `flows_out`."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("parallelGateway", "split")
    sketch.add("complexGateway", "join", activation=activation)
    sketch.flow("start", "split")
    for number in range(ways):
        sketch.service(f"w{number}")
        sketch.chain("split", f"w{number}", "join")
    for name, condition in flows_out.items():
        sketch.service(name)
        sketch.flow("join", name, condition=condition)
    return sketch


def test_two_of_three_activate_and_the_third_resets_in_silence() -> None:
    world = World(fork(3, at_least(2), after=None).definition())
    world.answer("w0")
    assert world.waiting() == ["w1", "w2"]
    world.answer("w2")
    assert world.waiting() == ["after", "w1"]
    world.answer("after")
    assert not world.ended
    world.answer("w1")
    assert world.ended and world.visited().count("after") == 1
    world.check_fold()


def test_flows_may_ask_for_the_phase() -> None:
    sketch = fork(2, at_least(1), first=phase(True), late=phase(False))
    world = World(sketch.definition())
    world.answer("w0")
    assert world.waiting() == ["first", "w1"]
    world.answer("first")
    world.answer("w1")
    assert world.waiting() == ["late"]
    world.answer("late")
    assert world.ended
    world.check_fold()


def test_reset_does_not_wait_for_what_cannot_come() -> None:
    sketch = fork(2, at_least(1), after=phase(True), late=phase(False))
    sketch.add("exclusiveGateway", "which", decide=variable("on"))
    sketch.add("endEvent", "aside")
    sketch.flows = [f for f in sketch.flows if f[1:3] != ("w1", "join")]
    sketch.flow("w1", "which")
    sketch.flow("which", "join", "Sí")
    sketch.flow("which", "aside", "No")
    world = World(sketch.definition(), on=False)
    world.answer("w0")
    assert world.waiting() == ["after", "w1"]
    world.answer("w1")
    assert world.waiting() == ["after", "late"]


def test_after_the_reset_it_starts_anew() -> None:
    """Surplus tokens of a way that has given one wait for the next activation."""
    sketch = fork(2, at_least(1), after=None)
    sketch.flow("split", "w0")
    world = World(sketch.definition())
    world.answer("w0")
    world.answer("w0")
    assert world.visited().count("after") == 1
    world.answer("w1")
    assert world.visited().count("after") == 2
    world.answer("after")
    world.answer("after")
    assert world.ended
    world.check_fold()


def test_counts_of_each_way_in_and_variables_are_in_sight() -> None:
    def activation(variables: Any, now: Any) -> bool:
        return bool(variables.get("go")) and variables["activationCounts"] == {"f2": 1}

    sketch = fork(2, activation, after=None)
    world = World(sketch.definition())
    world.answer("w0")
    assert world.waiting() == ["w1"]
    world.let(Changed(at=world.now, variables={"go": True}))
    assert world.waiting() == ["after", "w1"]


def test_default_and_no_way_out_upon_activation() -> None:
    sketch = fork(1, None, a=variable("a"))
    sketch.service("otherwise")
    sketch.default("join", "otherwise")
    world = World(sketch.definition(), a=False)
    world.answer("w0")
    assert world.waiting() == ["otherwise"]
    world = World(fork(1, None, a=variable("a")).definition(), a=False)
    world.answer("w0")
    assert [i.code for i in world.instance.incidents.values()] == ["NO_WAY_OUT"]
    world.retry(a=True)
    assert world.waiting() == ["a"]
    world.answer("a")
    assert world.ended
    world.check_fold()


def test_cancelled_while_it_waits_to_reset() -> None:
    sketch = fork(2, at_least(1), boom=None)
    sketch.add("endEvent", "stop", events=(Event(kind="terminate"),))
    sketch.chain("boom", "stop")
    world = World(sketch.definition())
    world.answer("w0")
    assert sorted(t.at for t in world.instance.tokens.values()) == ["boom", "join", "w1"]
    world.answer("boom")
    assert world.ended
    world.check_fold()


def join(condition: str = "") -> str:
    """Two tasks at once, and a complex join of them that is called `One of two`."""
    return (
        '<startEvent id="s"/><serviceTask id="x.a"/><serviceTask id="x.b"/><userTask id="out"/>'
        f'<complexGateway id="join" name="One of two">{condition}</complexGateway>'
        + chain("s", "x.a")
        + chain("s", "x.b")
        + flow("x.a", "join", name="Pago")
        + chain("x.b", "join", "out")
    )


LANE = '[user."out"]\nrole = "agent"\n'


def test_its_condition_is_drawn_or_bound_or_missing() -> None:
    drawn = "<activationCondition>activationCount &gt;= 1</activationCondition>"
    world = World(definition(join(drawn), LANE))
    world.answer("x.b")
    assert world.waiting() == ["out", "x.a"]
    bound = '[activation."one OF two"]\ncondition = "activationCounts.Pago = 1"\n'
    world = World(definition(join(), LANE + bound))
    world.answer("x.b")
    assert world.waiting() == ["x.a"]
    world.answer("x.a")
    assert world.waiting() == ["out"]
    missing = 'nothing answers to it: [activation."One of two"] is missing'
    assert faults(join(), LANE) == [missing]


def test_a_flow_is_asked_upon_reset_when_it_speaks_of_the_phase() -> None:
    drawn = "<activationCondition>activationCount &gt;= 1</activationCondition>"
    body = join(drawn) + '<userTask id="late"/>' + flow("join", "late", "not(waitingForStart)")
    body = body.replace(
        'targetRef="out"></', 'targetRef="out"><conditionExpression>true</conditionExpression></'
    )
    world = World(definition(body, LANE + LANE.replace("out", "late")))
    world.answer("x.a")
    assert world.waiting() == ["out", "x.b"]
    world.answer("x.b")
    assert world.waiting() == ["late", "out"]


@pytest.mark.parametrize("quantity", ["0", "-1", "1001"])
def test_quantities_out_of_range_are_refused(quantity: str) -> None:
    body = f'<startEvent id="s"/><manualTask id="t" startQuantity="{quantity}"/>' + chain("s", "t")
    assert faults(body) == [f"its startQuantity is {quantity}: it must be 1 to 1000"]


def test_what_it_keeps_until_it_resets_is_neither_moved_nor_dropped() -> None:
    """It stands for a flow that went on; let go, `after` would be done twice."""
    world = World(fork(3, at_least(2), after=None).definition())
    world.answer("w0")
    world.answer("w1")
    before = world.instance.tokens
    for change in (
        Modified(at=world.now, moves=(("join", "after"),)),
        Modified(at=world.now, drops=("join",)),
    ):
        moved = world.let(change)
        assert moved.refused == "'join' has gone on, and keeps what came to it until it resets"
        assert world.instance.tokens == before
    world.answer("after")
    world.answer("w2")
    assert world.ended and world.visited().count("after") == 1


def test_what_waits_for_its_start_can_be_moved_and_dropped() -> None:
    world = World(fork(3, at_least(3), after=None).definition())
    world.answer("w0")
    world.let(Modified(at=world.now, moves=(("join", "after"),)))
    assert world.waiting() == ["after", "w1", "w2"]
    world.answer("w1")
    world.let(Modified(at=world.now, drops=("join",)))
    world.answer("after")
    world.let(Modified(at=world.now, drops=("w2",)))
    assert world.ended


def test_one_that_cannot_reset_is_let_go_by_dropping_what_it_keeps() -> None:
    def late(variables: Any, now: Any) -> bool:
        if variables["waitingForStart"]:
            return False
        raise FeelError("too costly")

    late.asks_phase = True  # pyright: ignore[reportFunctionMemberAccess]
    sketch = fork(2, at_least(1), after=None, late=late)
    world = World(sketch.definition())
    world.answer("w0")
    world.answer("after")
    world.answer("w1")
    assert [one.element for one in world.instance.incidents.values()] == ["join"]
    assert world.let(Modified(at=world.now, moves=(("join", "after"),))).refused
    world.let(Modified(at=world.now, drops=("join",)))
    assert world.ended


def test_what_it_keeps_is_nothing_that_another_join_waits_for() -> None:
    """Who can still come to `join` by its empty way, `u`, can come by the filled one, too."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("parallelGateway", "split")
    sketch.add("complexGateway", "first", activation=at_least(1))
    sketch.add("exclusiveGateway", "either", decide=variable("way"))
    sketch.add("exclusiveGateway", "merge")
    sketch.add("inclusiveGateway", "join")
    sketch.add("exclusiveGateway", "on", decide=variable("on"))
    for name in ("w", "u", "v", "after", "last"):
        sketch.service(name)
    sketch.add("endEvent", "aside")
    sketch.chain("start", "split", "w", "first", "after", "on")
    sketch.chain("split", "u", "either")
    sketch.chain("split", "v", "merge", "join", "last")
    sketch.flow("either", "first", "first")
    sketch.flow("either", "merge", "merge")
    sketch.flow("on", "join", "S\u00ed")
    sketch.flow("on", "aside", "No")
    world = World(sketch.definition(), on=False, way="merge")
    world.answer("w")
    world.answer("after")
    world.answer("v")
    assert world.waiting() == ["last", "u"]
