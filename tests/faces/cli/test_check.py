"""`mtd check`, by the real command."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.faces.cli.running import ROOT, mtd
from tests.runtime.definitions.pools import trade

SHORT = ROOT / "tests" / "faces" / "api" / "short.bpmn"


def test_a_drawing_whose_labels_are_answered_would_run(tmp_path: Path) -> None:
    done = mtd("check", str(SHORT), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "It would run." in done.stdout


def test_what_is_missing_is_named_with_the_nearest_and_where_it_belongs(tmp_path: Path) -> None:
    drawing = shutil.copy(SHORT, tmp_path)
    bindings = SHORT.with_suffix(".toml").read_text(encoding="utf-8")
    misspelt = bindings.replace('[service."Validar orden"]', '[service."Validar ordenes"]')
    (tmp_path / "short.toml").write_text(misspelt, encoding="utf-8")
    done = mtd("check", str(drawing), "--json", home=tmp_path)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    (process,) = report["processes"]
    (label,) = [one for one in process["labels"] if one["answer"] is None]
    assert (label["element"], label["name"], label["table"]) == (
        "check",
        "Validar orden",
        "service",
    )
    assert label["nearest"] == ["Validar ordenes"]
    assert any(f["warning"] and "Validar ordenes" in f["message"] for f in report["faults"])


def test_the_skeleton_holds_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    drawing = shutil.copy(SHORT, tmp_path)
    assert mtd("check", str(drawing), "--skeleton", home=tmp_path).returncode == 1
    skeleton = (tmp_path / "short.toml").read_text(encoding="utf-8")
    assert '[service."Validar orden"]' in skeleton
    assert "one of: No, Sí" in skeleton
    filled = skeleton.replace('connector = ""', 'connector = "order.validate"')
    filled = filled.replace("answer = ''", "answer = 'channel = \"phone\"'")
    filled = filled.replace('role = ""', 'role = "agent"')
    (tmp_path / "short.toml").write_text(filled, encoding="utf-8")
    assert mtd("check", str(drawing), home=tmp_path).returncode == 0


def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    hostile = tmp_path / "bomb.bpmn"
    hostile.write_text('<!DOCTYPE x [<!ENTITY a "b">]><definitions>&a;</definitions>')
    done = mtd("check", str(hostile), home=tmp_path)
    assert done.returncode == 1
    assert "bomb.bpmn" in done.stderr and "Traceback" not in done.stderr
    assert mtd("check", str(tmp_path / "none.bpmn"), home=tmp_path).returncode == 1


def test_settings_that_cannot_be_used_name_file_and_key(tmp_path: Path) -> None:
    customers = tmp_path / "customers"
    customers.mkdir()
    bad = 'extends = "default"\n[api]\nprot = 1\n'
    (customers / "bad.toml").write_text(bad, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mtd", "up", "--customer", "bad"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "MTD_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "bad.toml" in done.stderr and "prot" in done.stderr and "api" in done.stderr


def test_each_process_of_a_drawing_is_shown(tmp_path: Path) -> None:
    for file in trade():
        (tmp_path / file.name).write_bytes(file.content)
    done = mtd("check", str(tmp_path / "trade.bpmn"), "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    processes = {one["name"]: one["labels"] for one in json.loads(done.stdout)["processes"]}
    assert list(processes) == ["Comprador", "Vendedor", "Control"]
    assert [label["answer"] for label in processes["Vendedor"] if label["element"] == "review"]
    done = mtd("check", str(tmp_path / "trade.bpmn"), home=tmp_path)
    assert "Comprador, Vendedor, Control" in done.stdout
