"""Migration of activities that begin with several tokens: who waits, and who runs already."""

import msgspec

from mtd.core.process.definition import Definition
from tests.core.process.test_following import task
from tests.core.process.test_migrating import finished, migrated
from tests.core.process.world import World
from tests.core.process.written import compiled, end, flows, start


def wanting(number: int, count: int, second: str) -> Definition:
    """`x` begins with so many tokens; what follows `y` is `second`."""
    parts = (start("s"), task("x", startQuantity=str(count)), task("y"), end("e"))
    made = compiled(*parts, flows("s > x > e", f"s > y > {second}"))
    assert made.definition is not None, made.faults
    return msgspec.structs.replace(made.definition, version=number)


def test_tokens_that_wait_for_others_begin_where_fewer_are_wanted() -> None:
    world = World(wanting(1, 2, "e"))
    assert world.waiting() == ["y"]
    migrated(world, wanting(2, 1, "e"))
    assert world.waiting() == ["x", "y"]
    finished(world)


def test_what_runs_already_waits_for_no_other_token() -> None:
    world = World(wanting(1, 1, "x"))
    assert world.waiting() == ["x", "y"]
    migrated(world, wanting(2, 2, "x"))
    world.receive("y")
    assert world.waiting() == ["x"], "the second token waits for a third"
    world.receive("x")
    assert [one.code for one in world.instance.incidents.values()] == ["DEADLOCK"]
