"""Inclusive gateway: several ways out, and a join that waits for what can still come."""

from typing import Any

import msgspec

from tests.core.process import written
from tests.core.process.sketch import Sketch, after, variable
from tests.core.process.world import World


def fork() -> Sketch:
    """Two or three branches of an inclusive split, a manual one among them, then a join."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("inclusiveGateway", "split", decide=variable("answers"))
    sketch.add("inclusiveGateway", "join")
    for name in "abc":
        sketch.service(name)
        sketch.flow("split", name, name)
        sketch.flow(name, "join")
    sketch.service("after")
    sketch.flow("start", "split")
    sketch.flow("join", "after")
    return sketch


def world(*answers: str) -> World:
    return World(fork().definition(), answers=list(answers))


def test_every_way_among_the_answers_is_taken() -> None:
    assert world("a", "c").waiting() == ["a", "c"]


def test_the_join_waits_for_those_and_no_others() -> None:
    running = world("a", "c")
    running.answer("c")
    assert running.waiting() == ["a"]
    running.answer("a")
    assert running.waiting() == ["after"]
    assert len(running.instance.tokens) == 1
    running.check_fold()


def test_one_branch_passes_at_once() -> None:
    running = world("b")
    running.answer("b")
    assert running.waiting() == ["after"]


def test_no_answer_is_an_incident_that_a_correction_settles() -> None:
    running = world()
    assert [i.code for i in running.instance.incidents.values()] == ["NO_WAY_OUT"]
    running.retry(answers=["a"])
    assert running.waiting() == ["a"]


def test_a_branch_that_ends_elsewhere_lets_the_join_go() -> None:
    """The join is released by the token that can no longer reach it (BPMN 2.0.2 §13.4.3)."""
    sketch = fork()
    sketch.elements.pop("c")
    sketch.flows = [flow for flow in sketch.flows if "c" not in flow[1:3]]
    sketch.service("c")
    sketch.add("exclusiveGateway", "which", decide=variable("on"))
    sketch.add("endEvent", "aside")
    sketch.flow("split", "c", "c")
    sketch.flow("c", "which")
    sketch.flow("which", "join", "Sí")
    sketch.flow("which", "aside", "No")
    variables: dict[str, Any] = {"answers": ["a", "c"], "on": False}
    running = World(sketch.definition(), **variables)
    running.answer("a")
    assert running.waiting() == ["c"]
    running.answer("c")
    assert running.waiting() == ["after"]
    running.check_fold()


def test_a_boundary_event_is_a_way_to_the_join_as_well() -> None:
    """A token in an activity may still come by the event on its border (§13.4.3)."""
    sketch = fork()
    sketch.flows = [flow for flow in sketch.flows if flow[1:3] != ("c", "join")]
    sketch.add("endEvent", "aside")
    sketch.add("boundaryEvent", "late", attached_to="c", events=(after(60),))
    sketch.chain("c", "aside")
    sketch.chain("late", "join")
    running = World(sketch.definition(), answers=["a", "c"])
    running.answer("a")
    assert running.waiting() == ["c", "late"]
    running.pass_time(seconds=60)
    assert running.waiting() == ["after"]
    running.check_fold()


def test_a_token_inside_a_stage_may_come_and_its_own_joins_are_its_own() -> None:
    """Paths do not cross the border of a sub-process: inside, nothing is waited for outside."""
    sketch = fork()
    del sketch.elements["c"]
    sketch.add("subProcess", "c")
    sketch.add("startEvent", "begin", "c")
    sketch.add("inclusiveGateway", "inner", "c", decide=variable("inside"))
    sketch.add("inclusiveGateway", "gathered", "c")
    sketch.chain("begin", "inner")
    for name in ("p", "q"):
        sketch.service(name, "c")
        sketch.flow("inner", name, name)
        sketch.flow(name, "gathered")
    running = World(sketch.definition(), answers=["a", "c"], inside=["p"])
    running.answer("a")
    assert running.waiting() == ["p"]
    running.answer("p")
    assert running.waiting() == ["after"]
    running.check_fold()


def test_a_loop_back_to_the_join_does_not_hold_it() -> None:
    """The way back is empty, and a token before the join could only come by a filled one too."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("inclusiveGateway", "join")
    sketch.service("work")
    sketch.add("exclusiveGateway", "again", decide=variable("again"))
    sketch.service("after")
    sketch.chain("start", "join", "work", "again")
    sketch.flow("again", "join", "Sí")
    sketch.flow("again", "after", "No")
    running = World(sketch.definition(), again=True)
    assert running.waiting() == ["work"]
    running.answer("work")
    assert running.waiting() == ["work"]
    running.answer("work", again=False)
    assert running.waiting() == ["after"]


def test_two_joins_before_each_other_deadlock_and_say_so() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    for name in ("p", "q"):
        sketch.add("inclusiveGateway", name)
        sketch.add("exclusiveGateway", f"{name}2", decide=variable("on"))
        sketch.flow("start", name)
        sketch.chain(name, f"{name}2")
        sketch.add("endEvent", f"end {name}")
        sketch.flow(f"{name}2", f"end {name}", "Sí")
    sketch.flow("p2", "q", "No")
    sketch.flow("q2", "p", "No")
    running = World(sketch.definition(), on=True)
    (incident,) = running.instance.incidents.values()
    assert incident.code == "DEADLOCK" and "p, q" in incident.message


def test_without_a_way_out_the_join_keeps_its_tokens() -> None:
    sketch = fork()
    sketch.elements["join"] = msgspec.structs.replace(
        sketch.elements["join"], decide=variable("then")
    )
    sketch.service("other")
    sketch.flow("join", "other", "other")
    running = World(sketch.definition(), answers=["a", "b"])
    running.answer("a")
    running.answer("b")
    assert [i.code for i in running.instance.incidents.values()] == ["NO_WAY_OUT"]
    assert len(running.instance.tokens) == 2
    running.retry(then="other")
    assert running.waiting() == ["other"] and len(running.instance.tokens) == 1
    running.check_fold()


def test_a_join_does_not_wait_for_what_is_undone_beside_the_flow() -> None:
    """The token that stays on a throw event for its handlers goes along no flow (§13.5.5)."""
    condition = "<conditionExpression>false</conditionExpression>"
    found = written.run(
        written.start("s"),
        written.undoable("a"),
        written.throw("t", '<compensateEventDefinition waitForCompletion="false"/>'),
        written.tag("exclusiveGateway", "x", default="away"),
        written.tag("inclusiveGateway", "join"),
        written.service("b"),
        written.service("after"),
        written.end("e"),
        written.flows("s > a > t > x", "s > b > join > after > e"),
        f'<sequenceFlow id="on" sourceRef="x" targetRef="join">{condition}</sequenceFlow>',
        '<sequenceFlow id="away" sourceRef="x" targetRef="e"/>',
    )
    found.answer("a")
    found.answer("b")
    assert found.waiting() == ["after", "undo_a"]
