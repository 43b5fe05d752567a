"""`mtd deploy`, by the real command on a real database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faces.cli.running import ROOT
from tests.runtime.files import File, flow, table, toml

PERSON = '[user."review"]\nrole = "agent"\n'
RULED = f'{PERSON}[rule."decide"]\ntable = "discount.dmn"\n'


def mtd(database: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mtd", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "MTD_HOME": str(home / "home"),
            "MTD_DATABASE_URL": database,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def written(folder: Path, *files: File) -> list[str]:
    for file in files:
        (folder / file.name).write_bytes(file.content)
    return [str(folder / file.name) for file in files]


@pytest.fixture
def priced(tmp_path: Path) -> str:
    """A drawing; its bindings and the table that they name stand beside it."""
    drawn = flow("priced", "userTask:review", "businessRuleTask:decide")
    return written(tmp_path, drawn, toml("priced", RULED), table("discount", "ten"))[0]


def test_a_drawing_comes_with_what_stands_beside_it(
    database: str, tmp_path: Path, priced: str
) -> None:
    done = mtd(database, tmp_path, "deploy", priced, "--json", "--tag", "spring")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["deployed"] and report["tables"][0]["name"] == "discount.dmn"
    (other,) = written(tmp_path, table("discount", "twenty"))
    done = mtd(database, tmp_path, "deploy", other, priced)
    assert done.returncode == 0 and "deployed" in done.stdout
    again = mtd(database, tmp_path, "deploy", priced, "--json")
    versions = [(p["version"], p["fresh"]) for p in json.loads(again.stdout)["processes"]]
    assert versions == [(2, False)]


def test_every_fault_of_every_file_is_told_and_nothing_deployed(
    database: str, tmp_path: Path, priced: str
) -> None:
    one, other, _ = written(
        tmp_path, flow("one", "serviceTask:pay", "task:ship"), flow("other"), toml("other", "x = 1")
    )
    done = mtd(database, tmp_path, "deploy", priced, one, other)
    assert done.returncode == 1
    for expected in ("one.bpmn:4: pay pay:", "one.bpmn:5: ship ship:", "other.toml: the file:"):
        assert expected in done.stderr, done.stderr
    assert "Nothing was deployed." in done.stderr
    done = mtd(database, tmp_path, "deploy", priced, "--json")
    assert json.loads(done.stdout)["processes"] == [{"name": "priced", "version": 1, "fresh": True}]


def test_a_file_that_is_not_there_is_named(database: str, tmp_path: Path) -> None:
    done = mtd(database, tmp_path, "deploy", str(tmp_path / "none.bpmn"))
    assert done.returncode == 1
    assert "none.bpmn" in done.stderr and "Traceback" not in done.stderr
