"""Inclusive gateway: several ways out, and a join that waits for what can still come."""

from typing import Any

from tests.core.process.sketch import Sketch, variable
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
