"""The benchmark of the core runs real orders, and reads what would run."""

from collections import Counter
from pathlib import Path

import pytest

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.readers import read
from mtd.runtime.rehearsal.benches import advancing, drawn

ROOT = Path(__file__).parents[4]
ENGINE = ROOT / "benchmarks" / "engine"
MIWG = ROOT.parent / "shared" / "fixtures" / "miwg"


def test_every_order_is_run_to_its_end_and_each_step_is_a_call() -> None:
    found = advancing.measure(ENGINE, 3)
    assert found.passed, found.checks
    assert found.checks[0].told == "3 of 3, 33 calls"
    assert all(figure.value > 0 for figure in found.figures)


def test_an_order_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advancing, "STEPS", 9)
    assert not advancing.measure(ENGINE, 2).passed


def test_the_model_that_is_made_is_as_large_as_it_says_and_would_run() -> None:
    drawing = read(drawn.model(400), "drawn.bpmn")
    (process,) = drawing.processes
    assert len(process.nodes) == 400 and len(process.lanes) == 20
    in_lanes = Counter(node for lane in process.lanes for node in lane.nodes)
    assert len(in_lanes) == 400, "the diagram says in which lane each node is"
    bindings = read_bindings(drawn.BINDINGS)
    found = compile_drawing(drawing, bindings, Surroundings(connectors=frozenset()))
    assert found.definition is not None, [fault.message for fault in found.faults]


def test_the_largest_public_model_is_read_in_time() -> None:
    files = sorted(MIWG.rglob("*.bpmn"), key=lambda path: path.stat().st_size)
    if not files:
        pytest.skip("the public models ../shared/fixtures/miwg are not here")
    found = advancing.measure(ENGINE, 1, files[-1])
    assert found.figures[-1].reached, found.figures
