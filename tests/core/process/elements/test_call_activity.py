"""Call activity: processes and global tasks, and what is passed in and out."""

from typing import Any

from mtd.core.process.effect import Call, UserTask
from tests.core.process.drawn import chain, compiled, definition
from tests.core.process.world import World

CALLER = (
    '<process id="p" name="P"><startEvent id="s"/><callActivity id="call" name="Call it" '
    'calledElement="{}"/><userTask id="next"/>' + chain("s", "call", "next") + "</process>"
)
CALLED = (
    '<process id="q" name="Q"><startEvent id="qs"/><serviceTask id="x.a"/>'
    + chain("qs", "x.a")
    + "</process>"
)
NEXT = '[user.next]\nrole = "agent"\n'
SERVICE = '[service."x.a"]\nconnector = "x.a"\ninput = { n = "n", outside = "outside" }\n'


def call(bindings: str = "", **variables: Any) -> World:
    text = CALLER.format("q") + CALLED
    return World(definition(text, NEXT + SERVICE + bindings), **variables)


def inputs(world: World) -> dict[str, object]:
    effect = world.at("x.a").effect
    assert isinstance(effect, Call)
    return effect.inputs


def test_without_mappings_it_works_on_the_variables_around_it() -> None:
    world = call(n=1, outside=2)
    assert inputs(world) == {"n": 1, "outside": 2}
    world.answer("x.a", n=5)
    assert world.instance.scopes[0].variables == {"n": 5, "outside": 2}
    assert world.waiting() == ["next"]


def test_with_inputs_it_sees_those_alone_and_what_it_sets_stays_inside() -> None:
    mapping = '[call."Call it"]\nprocess = "q"\ninput = { n = "n + 1" }\n'
    world = call(mapping + 'output = { result = "n * 10" }\n', n=1, outside=2)
    assert inputs(world) == {"n": 2, "outside": None}
    world.answer("x.a", n=5, extra=1)
    assert world.instance.scopes[0].variables == {"n": 1, "outside": 2, "result": 50}
    world.check_fold()


def test_without_outputs_its_other_variables_come_out() -> None:
    mapping = '[call."Call it"]\nprocess = "q"\ninput = { n = "n + 1" }\n'
    world = call(mapping, n=1)
    world.answer("x.a", n=5, extra=1)
    assert world.instance.scopes[0].variables == {"n": 1, "extra": 1}


def task(kind: str, more: str, bindings: str) -> World:
    text = f'<{kind} id="g" name="Global"/>' + CALLER.format("g") + more
    return World(definition(text, NEXT + bindings), n=1)


def test_a_global_task_is_called_as_the_task_that_it_is() -> None:
    world = task("globalUserTask", "", '[user.Global]\nrole = "boss"\n')
    effect = world.at("g").effect
    assert isinstance(effect, UserTask) and (effect.name, effect.role) == ("Global", "boss")
    world.submit("g", n=3)
    assert world.waiting() == ["next"]
    world.check_fold()
    script = '[script.Global]\nset = { n = "n + 1" }\n'
    world = task("globalScriptTask", "", script)
    assert world.waiting() == ["next"] and world.instance.scopes[0].variables == {"n": 2}
    assert task("globalManualTask", "", "").waiting() == ["next"]
    rule = '[rule.Global]\nset = { n = "n + 2" }\n'
    assert task("globalBusinessRuleTask", "", rule).instance.scopes[0].variables == {"n": 3}
    world = task("globalTask", "", '[service.Global]\nconnector = "x.b"\n')
    world.answer("g")
    assert world.waiting() == ["next"]


def test_a_global_task_may_be_called_many_times_over_and_with_inputs() -> None:
    mapping = '[call."Call it"]\nprocess = "Global"\ninput = { n = "n + 10" }\n'
    script = '[script.Global]\nset = { m = "n + 1" }\n'
    world = task("globalScriptTask", "", script + mapping)
    assert world.instance.scopes[0].variables == {"n": 1, "m": 12}


def test_what_is_not_called_needs_no_answers() -> None:
    others = '<globalUserTask id="g"/><process id="z" name="Z"><userTask id="zz"/></process>'
    result = compiled(CALLER.format("q") + CALLED + others, NEXT + SERVICE)
    assert {label.element for label in result.labels} == {"call", "next", "x.a"}


def test_a_process_that_calls_itself_for_ever_is_stopped_where_it_calls() -> None:
    text = (
        '<process id="p" name="P"><startEvent id="s"/><callActivity id="again" name="Again" '
        'calledElement="p"/><endEvent id="e"/>' + chain("s", "again", "e") + "</process>"
    )
    world = World(definition(text))
    (incident,) = world.instance.incidents.values()
    assert (incident.code, incident.element) == ("TOO_DEEP", "again")
    assert "'Again'" in incident.message
    assert len(world.instance.scopes) < 50
    world.check_fold()
