"""The benchmark of the core alone: how fast tokens move, and how fast a large model is read.

Nothing of it waits for anything: no database, no connector, no other process.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time

from mtd.core.process.advance import advance, born
from mtd.core.process.binding import Bindings, read_bindings
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.definition import Definition
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done
from mtd.core.process.readers import read
from mtd.core.process.trigger import Answered, Start
from mtd.runtime.rehearsal.benches import drawn
from mtd.runtime.rehearsal.benches.engine import NOTHING, STEPS
from mtd.runtime.rehearsal.figures import Check, Figure, Report

CALLS_PER_S = 30_000
LOAD_MS = 200.0
"""What is to be reached on one core."""
FLOW_NODES = 400
LOADS = 9
"""Of these the one in the middle counts: the first reads what later ones find read."""
WARM_UP = 200
BEGAN = datetime(2026, 11, 27, 15, tzinfo=UTC)
AROUND = Surroundings(connectors=frozenset(NOTHING))


def measure(folder: Path, orders: int, model: Path | None = None) -> Report:
    """The figures of `orders` orders of the drawing in `folder`, and of reading `model`, else of
    one drawn as large as the largest public reference model.

    Speed is per second of one core's time, as the process itself was given it: what else the
    machine does at the moment does not count.
    """
    definition = _ten_steps(folder)
    _run(definition, WARM_UP)
    began_s = process_time()
    calls, ended = _run(definition, orders)
    took_s = process_time() - began_s
    advanced = Figure(
        name=f"advance on one core, orders of {STEPS} steps",
        value=calls / took_s,
        unit="calls/s",
        at_least=CALLS_PER_S,
    )
    an_order = Figure(name="  an order", value=took_s / orders * 1_000_000, unit="µs")
    return Report(
        figures=[advanced, an_order, *_loaded(model)],
        checks=[
            Check(
                name="every order came to its end, each step by a call",
                passed=ended == orders and calls == orders * (STEPS + 1),
                told=f"{ended} of {orders}, {calls} calls",
            )
        ],
    )


def _ten_steps(folder: Path) -> Definition:
    bindings = read_bindings((folder / "ten_steps.toml").read_bytes())
    drawing = read((folder / "ten_steps.bpmn").read_bytes(), "ten_steps.bpmn")
    found = compile_drawing(drawing, bindings, AROUND).definition
    assert found is not None, "the benchmark's own drawing would run"
    return found


def _run(definition: Definition, orders: int) -> tuple[int, int]:
    """How many calls of `advance` there were, and how many orders ended."""
    calls = ended = 0
    for number in range(orders):
        at = BEGAN
        start = Start(at=at, variables={"order_id": f"PO-{number}", "total": 59_990})
        instance = advance(definition, born(str(number), definition, str(number)), start).instance
        calls += 1
        while instance.waits:
            at += timedelta(milliseconds=1)
            (wait,) = instance.waits
            instance = advance(definition, instance, Answered(at=at, wait=wait, outcome=Done()))
            instance = instance.instance
            calls += 1
        ended += instance.state is State.COMPLETED
    return calls, ended


def _loaded(model: Path | None) -> list[Figure]:
    """A model is loaded when it is read and compiled; what it lacks is found by then, too."""
    if model is None:
        name, content, bindings = "drawn.bpmn", drawn.model(FLOW_NODES), drawn.BINDINGS
    else:
        name, content, bindings = model.name, model.read_bytes(), b""
    read_ms, loaded_ms, nodes = _load(name, content, read_bindings(bindings))
    return [
        Figure(name=f"{name} read, {nodes} flow nodes", value=read_ms, unit="ms"),
        Figure(name="  and compiled", value=loaded_ms, unit="ms", at_most=LOAD_MS),
    ]


def _load(name: str, content: bytes, bindings: Bindings) -> tuple[float, float, int]:
    reads_s: list[float] = []
    loads_s: list[float] = []
    nodes = 0
    for _ in range(LOADS):
        began_s = process_time()
        drawing = read(content, name)
        reads_s.append(process_time() - began_s)
        compile_drawing(drawing, bindings, AROUND)
        loads_s.append(process_time() - began_s)
        nodes = sum(len(process.nodes) for process in drawing.processes)
    return median(reads_s) * 1_000, median(loads_s) * 1_000, nodes
