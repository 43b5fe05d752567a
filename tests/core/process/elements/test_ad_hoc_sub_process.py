"""Ad-hoc sub-process: who chooses, in what order, and when it is enough."""

from mtd.core.process.effect import UserTask
from tests.core.process.drawn import chain, definition, faults
from tests.core.process.world import World

ROLES = "".join(f'[user.{task}]\nrole = "agent"\n' for task in ("a", "b", "c", "next"))


def ad_hoc(attributes: str = "", condition: str = "", binding: str = "") -> World:
    """Three user tasks, of which `c` comes after `b`; then `next`."""
    inside = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    body = (
        f'<startEvent id="s"/><adHocSubProcess id="stage" name="Stage" {attributes}>'
        '<userTask id="a" name="Call"/><userTask id="b" name="Mail"/><userTask id="c"/>'
        f'{chain("b", "c")}{inside}</adHocSubProcess><userTask id="next"/>'
        + chain("s", "stage", "next")
    )
    table = f"[adhoc.Stage]\n{binding}\n" if binding else ""
    return World(definition(body, ROLES + table))


def choices(world: World) -> list[str]:
    task = world.at("stage", UserTask).effect
    assert isinstance(task, UserTask) and task.role == "boss"
    return task.fields["activities"]


def test_nobody_chooses_and_each_is_begun_once() -> None:
    world = ad_hoc()
    assert world.waiting() == ["a", "b"]
    world.submit("b")
    assert world.waiting() == ["a", "c"]
    world.submit("a")
    world.submit("c")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_one_after_the_other_with_what_follows_it() -> None:
    world = ad_hoc('ordering="Sequential"')
    for task in ("a", "b", "c", "next"):
        assert world.waiting() == [task]
        world.submit(task)
    assert world.ended
    world.check_fold()


def test_the_condition_is_looked_at_as_each_is_done_and_cancels_the_rest() -> None:
    world = ad_hoc(condition='list contains(performed, "Mail")')
    world.submit("a")
    assert world.waiting() == ["b"]
    world = ad_hoc(condition='list contains(performed, "Mail")')
    world.submit("b")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_what_remains_may_run_to_its_end_but_nothing_new_begins() -> None:
    world = ad_hoc('cancelRemainingInstances="false"', 'list contains(performed, "Mail")')
    world.submit("b")
    assert world.waiting() == ["a"]
    world.submit("a")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_a_person_chooses_again_and_again_until_it_is_enough() -> None:
    world = ad_hoc(binding='role = "boss"')
    assert choices(world) == ["Call", "Mail"] and world.waiting() == ["stage"]
    world.submit("stage", activities=["call"])
    assert world.waiting() == ["a", "stage"]
    world.submit("stage", activities="Call")
    assert world.waiting() == ["a", "a", "stage"]
    world.submit("a")
    world.submit("stage", activities=[])
    assert world.waiting() == ["a"]
    world.submit("a")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_a_person_chooses_the_next_one_when_the_last_is_done() -> None:
    world = ad_hoc('ordering="Sequential"', binding='role = "boss"')
    world.submit("stage", activities=["b"])
    assert world.waiting() == ["b"]
    world.submit("b")
    world.submit("c")
    assert world.waiting() == ["stage"]
    world.submit("stage")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_what_is_no_activity_is_ignored_and_asked_again() -> None:
    world = ad_hoc(binding='role = "boss"')
    world.submit("stage", activities=["c"])
    assert world.waiting() == ["stage"] and not world.instance.incidents


def test_a_rule_chooses_by_what_was_done() -> None:
    rule = 'if count(performed) = 0 then "Mail" else if count(performed) = 2 then ["Call"] else []'
    world = ad_hoc(binding=f"choose = '{rule}'")
    world.submit("b")
    world.submit("c")
    assert world.waiting() == ["a"]
    world.submit("a")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_a_rule_that_names_no_activity_is_an_incident_that_a_retry_settles() -> None:
    world = ad_hoc(binding="choose = 'if count(performed) > 0 then null else wanted'")
    assert world.waiting() == ["next"]
    rule = 'choose = \'if count(performed) > 0 then null else if go then "Call" else "x"\''
    world = ad_hoc(binding=rule)
    assert [i.code for i in world.instance.incidents.values()] == ["NO_ACTIVITY"]
    world.retry(go=True)
    assert world.waiting() == ["a"] and len(world.instance.scopes) == 2
    world.submit("a")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_either_a_person_or_a_rule_chooses() -> None:
    body = '<startEvent id="s"/><adHocSubProcess id="x"><task id="a"/></adHocSubProcess>'
    both = "[adhoc.x]\nrole = 'r'\nchoose = 'null'\n[user.a]\nrole = 'r'\n"
    assert faults(body + chain("s", "x"), both) == [
        "either a person or a rule chooses: give one of role and choose"
    ]
