"""Properties of `advance` over random drawings in a random world.

The letters are those of the invariants that trusted engines check after every step: I1 tokens,
I4 a visible reason to wait, I5 nothing left at the end, I6 the fold is the instance, I8 the
same input gives the same journal, I11 keys of effects are stable and unique.
"""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Subscription, Timer, UserTask
from mtd.core.process.instance import Instance, State
from mtd.core.process.journal import Completed, Opened, Undone
from mtd.core.process.outcome import Done, Failed, Refused, Unknown
from mtd.core.process.trigger import Answered, Changed, Retried
from mtd.core.process.visiting import visit
from tests.core.process.random_drawings import drawings
from tests.core.process.world import World

STEPS_MAX = 400
JOINS = ("parallelGateway", "inclusiveGateway", "complexGateway")
EXAMPLES = settings(max_examples=60)


def run(definition: Definition, seed: int) -> World:
    """Answer at random until the end; from half-way on, kindly, so that there is one."""
    chance = Random(seed)
    world = World(definition, answer=chance.random() < 0.5, again=chance.random() < 0.1)
    for step in range(STEPS_MAX):
        if world.ended:
            return world
        kind = step > STEPS_MAX // 2
        if chance.random() < 0.2 or kind:
            world.let(Changed(at=world.now, variables={"again": False}))
        answer_one(world, chance, kind)
        invariants(world.definition, world.instance)
    return world


def answer_one(world: World, chance: Random, kind: bool) -> None:
    if world.instance.incidents:
        world.let(Retried(at=world.now, actor="ana", variables={"answer": True, "again": False}))
        return
    wait = chance.choice(list(world.instance.waits.values()))
    match wait.effect:
        case Call():
            outcomes = (Done({"n": 1}), Done({"answer": False}), Failed("x"), Unknown("y"))
            outcome = (
                Done({"again": False}) if kind else chance.choice((*outcomes, Refused("E1", "no")))
            )
            world.let(Answered(at=world.now, wait=wait.id, outcome=outcome))
        case Timer():
            world.pass_time(seconds=chance.choice((10, 60, 100)))
        case Subscription():
            if not kind or only_messages(world):
                world.receive(wait.element)
        case UserTask():
            world.submit(wait.element, answer=chance.random() < 0.5)
        case _:
            raise AssertionError(wait)


def only_messages(world: World) -> bool:
    """Nothing else is awaited by a token: then somebody must send what is."""
    return all(isinstance(w.effect, Subscription) for w in world.instance.waits.values())


def invariants(definition: Definition, instance: Instance) -> None:
    """What holds after every step."""
    remembered(instance)
    if instance.state is not State.RUNNING:
        assert not instance.tokens and not instance.waits, "I5: something is left at the end"
        assert not instance.scopes and not instance.incidents, "I5: something is left at the end"
        assert not instance.completed, "I5: something could still be undone at the end"
        return
    for token in instance.tokens.values():
        assert token.scope in instance.scopes, "I1: a token outside every scope"
        assert reason(definition, instance, token.id), f"I4: {token} rests without a reason"
    for wait in instance.waits.values():
        assert wait.token is None or wait.token in instance.tokens, f"I10: {wait} is an orphan"
        assert wait.scope in instance.scopes, f"I10: {wait} is an orphan"
    for scope in instance.scopes.values():
        assert scope.holder is None or scope.holder in instance.tokens, f"I10: {scope}"
        assert any(inside.scope == scope.id for inside in instance.tokens.values()) or any(
            inner.parent == scope.id for inner in instance.scopes.values()
        ), f"I4: {scope}"


def remembered(instance: Instance) -> None:
    """What may be undone completed in a scope that is open, or inside of what may be undone."""
    inside = {one.inside for held in instance.completed.values() for one in held}
    for scope, held in instance.completed.items():
        assert held, "a scope is remembered in which nothing completed"
        assert scope in instance.scopes or scope in inside, f"I10: {held} is an orphan"


def reason(definition: Definition, instance: Instance, token: int) -> bool:
    """Why the token rests: a wait, a scope it holds, an incident, or a join still short."""
    at = definition.elements[instance.tokens[token].at]
    return (
        any(wait.token == token for wait in instance.waits.values())
        or any(scope.holder == token for scope in instance.scopes.values())
        or any(incident.token == token for incident in instance.incidents.values())
        or (at.kind in JOINS and len(at.incoming) > 1)
        or at.start_quantity > 1
    )


def keys(world: World) -> list[tuple[str, str]]:
    """Each call that was ever given out, by what its key is made of."""
    return [
        (fact.wait.element, visit(moved.instance, fact.wait))
        for moved in world.moved
        for fact in moved.facts
        if isinstance(fact, Opened)
        and isinstance(fact.wait.effect, Call)
        and fact.wait.id in moved.instance.waits
    ]


@EXAMPLES
@given(definition=drawings(), seed=st.integers(0, 2**16))
def test_sound_drawings_end_and_leave_nothing(definition: Definition, seed: int) -> None:
    world = run(definition, seed)
    assert world.ended, f"still waiting: {world.waiting()}"


@EXAMPLES
@given(definition=drawings(), seed=st.integers(0, 2**16))
def test_the_fold_is_the_instance_after_every_step(definition: Definition, seed: int) -> None:
    world = run(definition, seed)
    world.check_fold()


@EXAMPLES
@given(definition=drawings(), seed=st.integers(0, 2**16))
def test_the_same_story_gives_the_same_journal(definition: Definition, seed: int) -> None:
    first, second = run(definition, seed), run(definition, seed)
    assert [e.payload for e in first.entries] == [e.payload for e in second.entries]


@EXAMPLES
@given(definition=drawings(), seed=st.integers(0, 2**16))
def test_keys_of_effects_are_unique(definition: Definition, seed: int) -> None:
    opened = keys(run(definition, seed))
    assert len(opened) == len(set(opened))


@EXAMPLES
@given(definition=drawings(), seed=st.integers(0, 2**16))
def test_what_completed_is_undone_at_most_once(definition: Definition, seed: int) -> None:
    facts = [fact for moved in run(definition, seed).moved for fact in moved.facts]
    undone = [fact.completion for fact in facts if isinstance(fact, Undone)]
    completed = {fact.completion.id for fact in facts if isinstance(fact, Completed)}
    assert len(undone) == len(set(undone))
    assert completed.issuperset(undone)
