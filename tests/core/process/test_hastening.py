"""Hastening: an attempt that is put off is made now; nothing else moves."""

from datetime import timedelta

from mtd.core.process.definition import Retry, Service
from mtd.core.process.effect import Call
from mtd.core.process.facts import Ignored
from mtd.core.process.outcome import InDoubt, Unknown
from mtd.core.process.trigger import Hastened
from tests.core.process.sketch import Sketch
from tests.core.process.world import World


def world_of() -> World:
    """split → (a | b) → join → end; both are services with three attempts."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("parallelGateway", "split")
    sketch.add("parallelGateway", "join")
    for name in ("a", "b"):
        work = Service(connector=f"x.{name}", retry=Retry(attempts_max=3, backoff_s=60))
        sketch.add("serviceTask", name, work=work)
    sketch.add("endEvent", "end")
    sketch.chain("start", "split", "a", "join", "end")
    sketch.chain("split", "b", "join")
    return World(sketch.definition())


def call(world: World, element: str) -> Call:
    effect = world.at(element).effect
    assert isinstance(effect, Call)
    return effect


def hasten(world: World, wait: int | None = None) -> None:
    world.let(Hastened(at=world.now, wait=wait, actor="ana", reason="they answer again"))
    world.check_fold()


def ignored(world: World) -> bool:
    return any(isinstance(fact, Ignored) for fact in world.moved[-1].facts)


def test_the_attempt_is_made_now_with_its_number_key_and_bytes() -> None:
    world = world_of()
    world.answer("a", Unknown("no reply"))
    before, wait = call(world, "a"), world.at("a").id
    assert before.not_before is not None and before.not_before > world.now
    hasten(world, wait)
    now = call(world, "a")
    assert now.not_before is None and world.at("a").id == wait
    assert (now.attempt, now.inputs, now.sent_before) == (2, before.inputs, True)
    assert world.moved[-1].entry.kind == "hastened" and world.moved[-1].entry.element == "a"
    world.answer_all()
    assert world.ended


def test_one_is_named_or_all_are() -> None:
    world = world_of()
    world.fail("a")
    world.fail("b")
    hasten(world, world.at("a").id)
    assert call(world, "a").not_before is None and call(world, "b").not_before is not None
    world.fail("a")
    hasten(world)
    assert call(world, "a").not_before is None and call(world, "b").not_before is None
    assert call(world, "a").attempt == 3, "no attempt is skipped"


def test_what_is_not_put_off_is_left_alone() -> None:
    world = world_of()
    before = world.instance.waits
    hasten(world)
    assert ignored(world) and world.instance.waits == before
    world.fail("a")
    hasten(world, world.at("b").id)
    assert ignored(world) and call(world, "a").not_before is not None
    world.now += timedelta(hours=1)
    hasten(world)
    assert ignored(world), "it is due by itself"


def test_what_stands_below_an_exception_waits_for_a_person_who_retries() -> None:
    world = world_of()
    world.fail("a")
    world.answer("a", InDoubt("sent, no answer"))
    assert world.instance.incidents
    world.now -= timedelta(minutes=5)
    hasten(world)
    assert ignored(world) and world.instance.incidents
