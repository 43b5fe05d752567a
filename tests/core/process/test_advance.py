"""`advance`: starting, answering, retrying, and what is ignored or gets stuck."""

from typing import Any

from mtd.core.process.definition import Retry, Service
from mtd.core.process.effect import Call
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done, InDoubt, Unknown
from mtd.core.process.trigger import Answered, Stopped
from tests.core.process.sketch import Sketch, after, error, variable
from tests.core.process.world import World


def one_task(**service: Any) -> Sketch:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("serviceTask", "a", work=Service(connector="x.a", **service))
    sketch.add("endEvent", "end")
    sketch.chain("start", "a", "end")
    return sketch


def test_runs_to_its_end() -> None:
    world = World(one_task().definition(), amount=1)
    assert world.waiting() == ["a"]
    world.answer("a", receipt="r1")
    assert world.ended
    assert not world.instance.tokens and not world.instance.waits
    world.check_fold()


def test_retries_with_back_off_and_the_same_wait() -> None:
    world = World(one_task(retry=Retry(attempts_max=3, backoff_s=2)).definition())
    first = world.at("a").id
    world.fail("a")
    wait = world.at("a")
    assert isinstance(wait.effect, Call)
    assert (wait.id, wait.effect.attempt) == (first, 2)
    assert wait.effect.not_before is not None and wait.effect.not_before > world.now
    assert not wait.effect.sent_before


def test_unknown_outcome_is_remembered_by_the_next_attempt() -> None:
    world = World(one_task().definition())
    world.answer("a", Unknown("no reply"))
    effect = world.at("a").effect
    assert isinstance(effect, Call) and effect.sent_before


def test_last_failure_is_an_incident_and_a_retry_begins_afresh() -> None:
    world = World(one_task(inputs={"n": variable("n")}).definition(), n=1)
    key = world.at("a").id
    world.fail("a", times=3)
    (incident,) = world.instance.incidents.values()
    assert (incident.element, incident.message) == ("a", "down")
    world.retry(n=2)
    wait = world.at("a")
    assert isinstance(wait.effect, Call)
    assert wait.effect.inputs == {"n": 2} and wait.id != key
    world.answer("a")
    assert world.ended
    world.check_fold()


def test_effect_in_doubt_keeps_its_key_and_bytes() -> None:
    world = World(one_task(inputs={"n": variable("n")}).definition(), n=1)
    key = world.at("a").id
    world.answer("a", InDoubt("sent, no answer"))
    assert [i.code for i in world.instance.incidents.values()] == ["IN_DOUBT"]
    world.retry(n=2)
    wait = world.at("a")
    assert isinstance(wait.effect, Call)
    assert (wait.id, wait.effect.inputs, wait.effect.sent_before) == (key, {"n": 1}, True)


def test_named_failure_is_thrown() -> None:
    sketch = one_task(on_failure="DOWN", retry=Retry(attempts_max=1))
    sketch.add("boundaryEvent", "caught", attached_to="a", events=(error("DOWN"),))
    sketch.add("endEvent", "other")
    sketch.chain("caught", "other")
    world = World(sketch.definition())
    world.fail("a")
    assert world.ended and "other" in world.visited()


def test_late_answer_is_ignored_and_says_so() -> None:
    world = World(one_task().definition())
    wait = world.at("a").id
    world.answer("a")
    moved = world.let(Answered(at=world.now, wait=wait, outcome=Done()))
    assert [type(fact).__name__ for fact in moved.facts] == ["Ignored"]
    assert moved.instance.state is State.COMPLETED


def test_answer_of_another_kind_is_ignored() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.person("ask")
    sketch.chain("start", "ask")
    world = World(sketch.definition())
    moved = world.let(Answered(at=world.now, wait=world.at("ask").id, outcome=Done()))
    assert [type(fact).__name__ for fact in moved.facts] == ["Ignored"]


def test_flow_that_goes_round_is_an_incident() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("exclusiveGateway", "again")
    sketch.add("manualTask", "round")
    sketch.chain("start", "again", "round", "again")
    world = World(sketch.definition())
    assert [i.code for i in world.instance.incidents.values()] == ["ENDLESS"]


def test_stopped_leaves_nothing() -> None:
    world = World(one_task().definition())
    world.fail("a", times=3)
    world.let(Stopped(at=world.now, actor="ana", reason="test"))
    assert world.instance.state is State.TERMINATED
    left = world.instance
    assert not (left.tokens or left.waits or left.incidents or left.scopes)
    world.check_fold()


def test_effect_that_comes_after_its_cancellation_is_an_incident() -> None:
    sketch = one_task()
    sketch.add("boundaryEvent", "late", attached_to="a", events=(after(60),))
    sketch.service("instead")
    sketch.chain("late", "instead")
    world = World(sketch.definition())
    wait = world.at("a").id
    world.pass_time(seconds=60)
    world.let(Answered(at=world.now, wait=wait, outcome=Done()))
    assert [i.code for i in world.instance.incidents.values()] == ["LATE_EFFECT"]
    world.answer("instead")
    assert world.ended and not world.instance.incidents
    world.check_fold()
