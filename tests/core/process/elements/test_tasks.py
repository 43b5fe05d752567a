"""Tasks: people, scripts, rules, receive tasks, and several flows that leave one."""

from mtd.core.process.definition import Rules
from mtd.core.process.effect import UserTask
from mtd.core.process.journal import Reached
from tests.core.process.sketch import Sketch, message
from tests.core.process.world import World


def test_user_task_takes_what_the_person_submits() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.person("ask")
    sketch.chain("start", "ask")
    world = World(sketch.definition())
    task = world.at("ask").effect
    assert isinstance(task, UserTask) and task.role == "agent"
    world.submit("ask", approved=True)
    assert world.ended


def test_script_assigns_in_order() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    rules = Rules(assignments={"n": lambda v, now: v["n"] + 1, "double": lambda v, now: v["n"] * 2})
    sketch.add("scriptTask", "count", work=rules)
    sketch.service("look")
    sketch.chain("start", "count", "look")
    world = World(sketch.definition(), n=1)
    assert world.instance.scopes[0].variables == {"n": 2, "double": 4}


def test_rule_without_a_match_is_an_incident() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("businessRuleTask", "rule", work=Rules(table=lambda v, now: v.get("result")))
    sketch.chain("start", "rule")
    world = World(sketch.definition())
    assert [i.code for i in world.instance.incidents.values()] == ["NO_RULE"]
    world.retry(result={"decision": "auto"})
    assert world.ended


def test_receive_task_waits_for_its_message() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("receiveTask", "hear", events=(message("Heard"),))
    sketch.service("next")
    sketch.chain("start", "hear", "next")
    world = World(sketch.definition())
    world.receive("hear", volume=3)
    assert world.instance.scopes[0].variables == {"volume": 3}


def test_every_flow_that_leaves_a_task_is_taken() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("a")
    sketch.service("b")
    sketch.service("c")
    sketch.chain("start", "a", "b")
    sketch.chain("a", "c")
    world = World(sketch.definition())
    world.answer("a")
    assert world.waiting() == ["b", "c"]


def test_states_are_reached_on_entering_and_on_leaving() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("a", entering="DOING", leaving="DONE")
    sketch.chain("start", "a")
    world = World(sketch.definition())
    world.answer("a")
    reached = [f.state for m in world.moved for f in m.facts if isinstance(f, Reached)]
    assert reached == ["DOING", "DONE"]


def test_variables_of_a_sub_process_go_where_they_are_known() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("subProcess", "stage")
    sketch.add("startEvent", "in", "stage")
    sketch.service("work", "stage")
    sketch.service("next")
    sketch.chain("in", "work")
    sketch.chain("start", "stage", "next")
    world = World(sketch.definition(), known=1)
    world.answer("work", known=2, new=3)
    assert world.instance.scopes[0].variables == {"known": 2, "new": 3}
    world.check_fold()
