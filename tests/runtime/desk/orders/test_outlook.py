"""What calling off would undo, as it is foretold, against what compensation then does."""

import pytest

from mtd.runtime.desk.orders.outlook import undone
from tests.core.process.world import World
from tests.core.process.written import (
    alarm,
    end,
    event_of,
    flows,
    run,
    service,
    stage,
    start,
    throw,
    undo,
    undoable,
)

COMPENSATE = event_of("compensate")


def around(*inside: str, border: str = "") -> World:
    """An activity done, then a sub-process, and then the throw."""
    return run(
        start("start"),
        undoable("first"),
        stage("stage", *inside),
        border,
        service("last"),
        throw("back", COMPENSATE),
        end("end"),
        flows("start > first > stage > last > back > end"),
    )


@pytest.mark.parametrize("kind", ["looked into", "an event sub-process", "a black box"])
def test_what_is_foretold_is_what_is_done(kind: str) -> None:
    parts = [start("in"), undoable("a"), undoable("b"), flows("in > a > b")]
    border = ""
    if kind == "an event sub-process":
        parts.append(
            alarm("undoing", start("call", COMPENSATE), service("fix"), flows("call > fix"))
        )
    if kind == "a black box":
        border = undo("stage")
    world = around(*parts, border=border)
    for task in ("first", "a", "b"):
        world.answer(task)
    foretold = [*undone(world.definition, world.instance)]
    world.answer("last")
    done = world.answer_all()
    assert done[-1] == "undo_first" and len(done) > 1
    assert foretold == ["undoing" if one == "fix" else one for one in done]


def test_nothing_is_foretold_of_what_has_no_handler() -> None:
    world = run(start("start"), service("a"), service("b"), flows("start > a > b"))
    world.answer("a")
    assert not [*undone(world.definition, world.instance)]
