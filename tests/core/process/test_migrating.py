"""Migration: every kind of element, in every state, goes along whole, or stays and says why."""

from datetime import timedelta

import msgspec
import pytest

from mtd.core.process.advance import Moved, advance, migrate
from mtd.core.process.counterparts import mapped
from mtd.core.process.definition import Definition, Event
from mtd.core.process.effect import Call, Listening, Subscription, Timer, UserTask
from mtd.core.process.facts import Ignored
from mtd.core.process.hindering import hindrances
from mtd.core.process.instance import State
from mtd.core.process.journal import fold
from mtd.core.process.outcome import Done, Refused
from mtd.core.process.trigger import (
    Answered,
    Changed,
    Fired,
    Received,
    Redefined,
    Retried,
    Submitted,
    Trigger,
)
from tests.core.process.kinds import KINDS, drawn, join, person, service
from tests.core.process.sketch import Sketch, after, message, variable
from tests.core.process.world import World

MOVES_MAX = 60


def in_trouble(world: World) -> None:
    """Calls are refused, and nobody catches it."""
    for wait in list(world.instance.waits.values()):
        if isinstance(wait.effect, Call):
            world.let(Answered(at=world.now, wait=wait.id, outcome=Refused("NO", "no")))


def trying(world: World) -> Trigger | None:
    """What lets the instance go on: one answer, or a retry."""
    if world.instance.incidents:
        return Retried(at=world.now)
    for wait in world.instance.waits.values():
        match wait.effect:
            case Call():
                return Answered(at=world.now, wait=wait.id, outcome=Done())
            case UserTask():
                return Submitted(at=world.now, wait=wait.id)
            case Subscription(name=name) | Listening(name=name):
                return Received(at=world.now, wait=wait.id, name=name)
            case _:
                continue
    for wait in world.instance.waits.values():
        if isinstance(wait.effect, Timer):
            world.now = max(world.now, wait.effect.due)
            return Fired(at=world.now, wait=wait.id)
    return None


def migrated(world: World, new: Definition, **mapping: str) -> Moved:
    """Ask for it, and keep what comes of it."""
    old = world.definition
    asked = Redefined(at=world.now, to=new.id, mapping=mapping, actor="ana", reason="better")
    before = world.instance
    moved = migrate(old, new, before, asked)
    world.instance = moved.instance
    world.entries.append(moved.entry)
    world.moved.append(moved)
    reasons = hindrances(old, new, before, mapping, mapped(old, new, mapping))
    if reasons:
        assert [type(fact) for fact in moved.facts] == [Ignored]
        expected = msgspec.structs.replace(before, seq=before.seq + 1)
        assert moved.instance == expected, "one that cannot follow stays untouched"
    else:
        assert moved.instance.definition == new.id
        world.definition = new
    whole(world)
    return moved


def whole(world: World) -> None:
    """All that stands somewhere stands in the definition, and the journal tells the same."""
    instance, elements = world.instance, world.definition.elements
    places = {token.at for token in instance.tokens.values()}
    places |= {scope.element for scope in instance.scopes.values()}
    places |= {wait.element for wait in instance.waits.values()}
    places |= {incident.element for incident in instance.incidents.values()} - {""}
    assert places <= elements.keys()
    for wait in instance.waits.values():
        assert wait.token is None or wait.token in instance.tokens
    blank = msgspec.structs.replace(world.moved[0].instance, seq=0)
    first = fold(msgspec.structs.replace(blank, tokens={}, scopes={}, waits={}, next=1), [])
    blank = msgspec.structs.replace(first, incidents={}, reached=(), completed={})
    assert fold(blank, world.entries) == instance


def finished(world: World) -> None:
    for _ in range(MOVES_MAX):
        trigger = trying(world)
        if trigger is None:
            break
        moved = advance(world.definition, world.instance, trigger)
        world.instance = moved.instance
        world.entries.append(moved.entry)
        world.moved.append(moved)
    assert world.instance.state is State.COMPLETED, world.waiting()
    whole(world)


@pytest.mark.parametrize("trouble", [False, True], ids=["waiting", "incident"])
@pytest.mark.parametrize("kind", KINDS)
def test_with_the_same_ids_it_follows_and_goes_on_in_the_new_version(
    kind: str, trouble: bool
) -> None:
    world = World(drawn(KINDS[kind], "it", 1))
    if trouble:
        in_trouble(world)
    tokens = set(world.instance.tokens)
    new = drawn(KINDS[kind], "it", 2, extra=True)
    migrated(world, new)
    assert world.instance.definition == new.id
    assert set(world.instance.tokens) == tokens
    finished(world)
    if kind != "race":
        assert "extra" in world.visited(), "the new version's next step is done"


@pytest.mark.parametrize("trouble", [False, True], ids=["waiting", "incident"])
@pytest.mark.parametrize("kind", KINDS)
def test_under_other_ids_it_follows_the_map_or_says_why_not(kind: str, trouble: bool) -> None:
    world = World(drawn(KINDS[kind], "it", 1))
    if trouble:
        in_trouble(world)
    new = drawn(KINDS[kind], "that", 2)
    mapping = {
        id_: id_.replace("it", "that", 1)
        for id_ in world.definition.elements
        if id_.startswith("it")
    }
    moved = migrated(world, new, **mapping)
    calls = any(isinstance(wait.effect, Call) for wait in world.instance.waits.values())
    if calls:
        (fact,) = moved.facts
        assert isinstance(fact, Ignored) and "a call is under way" in fact.reason
    else:
        assert world.instance.definition == new.id
    finished(world)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_gone_keeps_the_instance_where_it_is(kind: str) -> None:
    world = World(drawn(KINDS[kind], "it", 1))
    moved = migrated(world, drawn(person, "other", 2))
    assert world.instance.definition == "sketch@1"
    (fact,) = moved.facts
    assert isinstance(fact, Ignored) and "is not in sketch@2" in fact.reason
    finished(world)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("each person", "person", "repeats otherwise"),
        ("message", "timer", "awaits a message"),
        ("person", "service", "is not in sketch@2"),
        ("each service in turn", "service", "repeats otherwise"),
    ],
)
def test_what_is_otherwise_than_before_is_a_reason(old: str, new: str, words: str) -> None:
    world = World(drawn(KINDS[old], "it", 1))
    (fact,) = migrated(world, drawn(KINDS[new], "it", 2)).facts
    assert isinstance(fact, Ignored) and words in fact.reason


def test_a_map_that_leads_nowhere_is_a_reason() -> None:
    world = World(drawn(person, "it", 1))
    for mapping, words in (
        ({"it": "nothing"}, "has no element 'nothing'"),
        ({"nothing": "it"}, "has no element 'nothing'"),
        ({"it": "end"}, "they are userTask, and endEvent"),
    ):
        (fact,) = migrated(world, drawn(person, "it", 2), **mapping).facts
        assert isinstance(fact, Ignored) and words in fact.reason


def test_events_beside_come_go_and_change_with_the_version() -> None:
    def guarded(version: int, **guards: Event) -> Definition:
        def draw(sketch: Sketch, id_: str) -> None:
            sketch.person(id_)
            for guard, event in guards.items():
                sketch.add("boundaryEvent", guard, attached_to=id_, events=(event,))
                sketch.add("endEvent", f"{guard}_end")
                sketch.flow(guard, f"{guard}_end")

        return drawn(draw, "it", version)

    world = World(guarded(1, kept=after(60), gone=after(60), other=after(60)))
    due = world.at("kept", Timer).effect
    world.pass_time(seconds=30)
    migrated(world, guarded(2, kept=after(60), new=after(10), other=message("Stop")))
    assert sorted(world.waiting()) == ["it", "kept", "new", "other"]
    assert world.at("kept", Timer).effect == due, "a timer keeps its time"
    new = world.at("new", Timer).effect
    assert isinstance(new, Timer) and new.due == world.now + timedelta(seconds=10)
    assert isinstance(world.at("other").effect, Subscription)
    world.pass_time(seconds=11)
    assert world.ended


def test_a_join_whose_other_way_is_gone_goes_on() -> None:
    world = World(drawn(join, "it", 1))
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("parallelGateway", "it_split")
    sketch.person("it_other")
    sketch.add("parallelGateway", "it")
    sketch.add("endEvent", "end")
    sketch.chain("it_split", "it", "end")
    sketch.chain("it_split", "it_other", "end")
    sketch.chain("start", "it_split")
    migrated(world, msgspec.structs.replace(sketch.definition(), version=2))
    assert world.instance.definition == "sketch@2"
    assert [token.at for token in world.instance.tokens.values()] == ["it_other"]


def test_who_is_stuck_at_a_gateway_is_told_of_once() -> None:
    def choosing(version: int) -> Definition:
        sketch = Sketch()
        sketch.add("startEvent", "start")
        sketch.add("inclusiveGateway", "it")
        for way in ("left", "right"):
            sketch.add("endEvent", way)
            sketch.flow("it", way, condition=variable("go"))
        sketch.chain("start", "it")
        return msgspec.structs.replace(sketch.definition(), version=version)

    world = World(choosing(1), go=False)
    stuck = dict(world.instance.incidents)
    assert [one.code for one in stuck.values()] == ["NO_WAY_OUT"]
    migrated(world, choosing(2))
    assert world.instance.definition == "sketch@2"
    assert world.instance.incidents == stuck
    world.let(Retried(at=world.now, variables={"go": True}))
    assert world.ended


def test_a_join_whose_filled_way_is_gone_is_a_reason() -> None:
    world = World(drawn(join, "it", 1))
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("parallelGateway", "it_split")
    sketch.person("it_other")
    sketch.person("more")
    sketch.add("parallelGateway", "it")
    sketch.chain("start", "it_split", "it_other")
    sketch.flows = [(f"g{n}", *flow[1:]) for n, flow in enumerate(sketch.flows)]
    sketch.chain("it_split", "more", "it")
    sketch.chain("it_other", "it")
    (fact,) = migrated(world, msgspec.structs.replace(sketch.definition(), version=2)).facts
    assert isinstance(fact, Ignored) and "its way in is not in sketch@2" in fact.reason


def test_one_that_is_over_or_set_aside_stays() -> None:
    world = World(drawn(person, "it", 1))
    new = drawn(person, "it", 2)
    world.submit("it")
    (fact,) = migrated(world, new).facts
    assert isinstance(fact, Ignored) and "completed" in fact.reason


def test_the_map_finds_equal_ids_of_equal_kind() -> None:
    old, new = drawn(person, "it", 1), drawn(service, "it", 2, extra=True)
    assert mapped(old, new, {}) == {"process": "process", "start": "start", "end": "end"}


def test_without_its_definition_nobody_follows() -> None:
    world = World(drawn(person, "it", 1))
    (fact,) = world.let(Redefined(at=world.now, to="sketch@9")).facts
    assert fact == Ignored("sketch@9 is not to be had")
    world.let(Changed(at=world.now, variables={"n": 1}))
