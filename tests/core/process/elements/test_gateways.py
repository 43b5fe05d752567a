"""Gateways: one way, all ways, the way of the first event."""

from mtd.core.process.definition import Evaluate
from mtd.core.process.effect import Subscription
from tests.core.process.sketch import Sketch, after, message, variable
from tests.core.process.world import World


def choice() -> Sketch:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("exclusiveGateway", "which", decide=variable("answer"))
    sketch.service("yes")
    sketch.service("no")
    sketch.flow("start", "which")
    sketch.flow("which", "yes", "Sí")
    sketch.flow("which", "no", "No")
    return sketch


def test_exclusive_takes_the_flow_that_bears_the_answer() -> None:
    assert World(choice().definition(), answer="SI").waiting() == ["yes"]
    assert World(choice().definition(), answer=True).waiting() == ["yes"]
    assert World(choice().definition(), answer=False).waiting() == ["no"]


def test_exclusive_without_a_way_is_an_incident_that_a_correction_settles() -> None:
    world = World(choice().definition(), answer="perhaps")
    assert [i.code for i in world.instance.incidents.values()] == ["NO_WAY_OUT"]
    world.retry(answer="no")
    assert world.waiting() == ["no"] and not world.instance.incidents
    world.check_fold()


def above(limit: int) -> Evaluate:
    return lambda variables, now: variables["n"] > limit


def test_exclusive_takes_the_first_condition_that_holds() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("exclusiveGateway", "which")
    for name in "abc":
        sketch.service(name)
    sketch.flow("start", "which")
    sketch.flow("which", "a", condition=above(10))
    sketch.flow("which", "b", condition=above(5))
    sketch.flow("which", "c", condition=above(1))
    assert World(sketch.definition(), n=7).waiting() == ["b"]


def fork() -> Sketch:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("parallelGateway", "split")
    sketch.add("parallelGateway", "join")
    sketch.service("a")
    sketch.service("b")
    sketch.service("after")
    sketch.chain("start", "split", "a", "join", "after")
    sketch.chain("split", "b", "join")
    return sketch


def test_parallel_joins_once_all_have_come() -> None:
    world = World(fork().definition())
    assert world.waiting() == ["a", "b"]
    world.answer("b")
    assert world.waiting() == ["a"]
    world.answer("a")
    assert world.waiting() == ["after"]
    assert len(world.instance.tokens) == 1
    world.answer("after")
    assert world.ended
    world.check_fold()


def test_parallel_join_counts_ways_in_and_not_tokens() -> None:
    """Two tokens by the same flow do not make a join (BPMN 2.0.2 §13.4.1)."""
    sketch = fork()
    sketch.flow("split", "a")
    world = World(sketch.definition())
    world.answer("a")
    world.answer("a")
    assert world.waiting() == ["b"]
    world.answer("b")
    assert world.waiting() == ["after"]
    assert sorted(t.at for t in world.instance.tokens.values()) == ["after", "join"]


def race() -> World:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("eventBasedGateway", "race")
    sketch.add("intermediateCatchEvent", "mail", events=(message("Mail"),))
    sketch.add("intermediateCatchEvent", "late", events=(after(60),))
    sketch.add("receiveTask", "call", events=(message("Call"),))
    sketch.add("endEvent", "end")
    sketch.chain("start", "race", "mail", "end")
    sketch.chain("race", "late", "end")
    sketch.chain("race", "call", "end")
    return World(sketch.definition())


def test_event_based_the_first_event_wins() -> None:
    world = race()
    assert world.waiting() == ["call", "late", "mail"]
    world.receive("mail", text="hello")
    assert world.ended and "mail" in world.visited() and "late" not in world.visited()
    world.check_fold()


def test_event_based_a_timer_or_a_receive_task_may_win() -> None:
    world = race()
    world.pass_time(seconds=61)
    assert world.ended and "late" in world.visited()
    world = race()
    assert isinstance(world.at("call").effect, Subscription)
    world.receive("call")
    assert world.ended and "call" in world.visited()
