"""`mtd bench` on a small scale: everything in it is real, but the figures are not looked at."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mtd.core.process.compiler import Surroundings
from mtd.runtime.definitions.inspecting import inspected
from mtd.runtime.definitions.packing import packed
from mtd.runtime.definitions.shelf import Nothing

ROOT = Path(__file__).parents[3]
ENGINE = ROOT / "benchmarks" / "engine"


def run(dsn: str, home: Path, *arguments: str) -> dict[str, float]:
    """The figures of a run, by name."""
    found = home / "figures.json"
    environment = {
        **os.environ,
        "MTD_DATABASE_URL": dsn,
        "MTD_HOME": str(home),
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "mtd", "bench", *arguments, "--json", str(found)]
    done = subprocess.run(
        command, env=environment, timeout=90, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(found.read_bytes())
    assert all(check["passed"] for check in report["checks"])
    return {figure["name"]: figure["value"] for figure in report["figures"]}


def test_engine_measures_what_it_ran(database: str, tmp_path: Path) -> None:
    figures = run(database, tmp_path, "engine", "--workers", "1", "--orders", "50", "--pace-s", "1")
    assert figures["durable steps"] == pytest.approx(10 * figures["from backlog"])
    assert figures["from backlog"] > 1
    assert figures["CPU, engine and PostgreSQL"] > 0
    parts = figures["  of which the door"] + figures["  of which the turns"]
    assert figures["WAL"] == pytest.approx(parts)
    assert figures["  of which the turns"] > 1
    assert 0 < figures["a step at 500 orders/min, p50"] <= figures["a step at 500 orders/min, p99"]


def test_memory_is_measured_with_all_orders_waiting(database: str, tmp_path: Path) -> None:
    figures = run(database, tmp_path, "memory", "--orders", "120")
    assert figures["orders waiting on timers"] == 120
    assert 20 < figures["memory of their worker"] <= figures["  at its highest"]


def test_the_core_alone_is_measured_without_a_database(tmp_path: Path) -> None:
    figures = run("", tmp_path, "advance", "--orders", "50")
    assert figures["advance on one core, orders of 10 steps"] > 100
    assert 0 < figures["drawn.bpmn read, 400 flow nodes"] < figures["  and compiled"]
    given = str(ROOT / "processes" / "retail_purchase_order.bpmn")
    figures = run("", tmp_path, "advance", "--orders", "5", "--model", given)
    assert any(name.startswith("retail_purchase_order.bpmn read") for name in figures)


@pytest.mark.parametrize(
    ("drawing", "work"), [("ten_steps.bpmn", "serviceTask"), ("one_timer.bpmn", "timer")]
)
def test_drawings_of_the_benchmarks_would_run(drawing: str, work: str) -> None:
    around = Surroundings(connectors=frozenset({"nothing.do"}))
    found = asyncio.run(inspected(packed([ENGINE / drawing]), (), Nothing(), around))
    assert not found.faults
    (compiled,) = found.compiled.values()
    assert compiled.definition is not None
    kinds = [element.kind for element in compiled.definition.elements.values()]
    assert kinds.count(work) == 10 or work == "timer"
