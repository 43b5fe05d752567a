"""What a real user of Bizagi Modeler drew runs to its ends, once its labels are answered.

The files lie beside the project; where they do not, the tests say so and are skipped.
"""

import os
from pathlib import Path

import pytest

from mtd.core.process.effect import Call, Listening, Subscription, Timer, UserTask
from mtd.core.process.outcome import Done
from mtd.core.process.readers import read
from mtd.core.process.trigger import Answered, Received, Submitted
from tests.conformance.filling import compiled
from tests.core.process.world import World

FOLDER = Path(
    os.environ.get("MTD_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"),
    "bizagi",
)
STEPS_MAX = 300
CHOICES = (0, 1)


def drawn() -> list[Path]:
    """The user's own BPMN exports and his native file."""
    if not FOLDER.is_dir():
        return []
    exports = FOLDER.rglob("exampleBPM*.bpmn")
    return sorted([*exports, *FOLDER.rglob("*.bpm")])


FILES = drawn()


@pytest.mark.skipif(not FILES, reason="no fixtures of Bizagi Modeler beside the project")
@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_process_runs_to_an_end(path: Path, choice: int) -> None:
    drawing = read(path.read_bytes(), path.name)
    ran = 0
    for process in drawing.processes:
        if not process.nodes:
            continue
        made = compiled(drawing, process.id, choice)
        assert made.definition is not None, [fault.message for fault in made.faults]
        world = World(made.definition)
        for _ in range(STEPS_MAX):
            if world.ended or world.instance.incidents:
                break
            answer(world)
        assert world.ended, (process.name, world.waiting(), world.instance.incidents)
        world.check_fold()
        ran += 1
    assert ran


def answer(world: World) -> None:
    """Whatever is awaited first, happens; time passes only where nothing else is awaited."""
    waits = sorted(world.instance.waits.values(), key=lambda w: isinstance(w.effect, Timer))
    wait = waits[0]
    match wait.effect:
        case Call():
            world.let(Answered(at=world.now, wait=wait.id, outcome=Done()))
        case UserTask():
            world.let(Submitted(at=world.now, wait=wait.id))
        case Subscription(name=name) | Listening(name=name):
            world.let(Received(at=world.now, wait=wait.id, name=name))
        case _:
            world.pass_time(days=1)
