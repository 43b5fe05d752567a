"""`mtd trace`, by the real command."""

import json
from pathlib import Path

from tests.faces.cli.running import ROOT, mtd
from tests.runtime.definitions.pools import BUYER, CHECK, SELLER, trade
from tests.runtime.files import flow, toml

SHORT = str(ROOT / "tests" / "faces" / "api" / "short.bpmn")
ANSWERS = """
[service."Validar orden"]
outputs = { checked = true }
[user."Revisar orden"]
outputs = { reviewed = true }
after = "PT2H"
[message.Paid]
outputs = { reference = "R-1" }
after = "P1D"
"""


def test_a_drawing_is_tried_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    words = ("trace", SHORT, "--input", '{"channel": "phone"}', "--answers")
    done = mtd(*words, str(tmp_path / "answers.toml"), "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["ending"], report["took_s"]) == ("ended", 26 * 3600)
    path = [label for step in report["steps"] for label in step["path"]]
    labels = ["Validar orden", "¿Es por teléfono?", "Revisar orden", "Pagada", "Cerrada"]
    assert path == ["start", *labels]
    (instance,) = report["instances"]
    assert instance["state"] == "COMPLETED"
    assert instance["variables"] == {
        "channel": "phone",
        "checked": True,
        "reviewed": True,
        "reference": "R-1",
    }
    shown = mtd(*words, str(tmp_path / "answers.toml"), home=tmp_path)
    assert "1d 02:00:00" in shown.stdout and "COMPLETED" in shown.stdout


def test_a_missing_answer_is_asked_for_in_the_words_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"channel": "phone"}', encoding="utf-8")
    done = mtd("trace", SHORT, "--input", str(tmp_path / "in.json"), home=tmp_path)
    assert done.returncode == 1
    assert '[service."Validar orden"]' in done.stdout and "order.validate" in done.stdout
    done = mtd("trace", SHORT, "--done", "--input", str(tmp_path / "in.json"), home=tmp_path)
    assert '[user."Revisar orden"]' in done.stdout


def test_drawings_beside_the_first_can_be_called(tmp_path: Path) -> None:
    bindings = '[call."sub"]\nprocess = "callee"\noutput = { out = "n" }\n'
    script = '[script."count"]\nset = { n = "41 + 1" }\n'
    files = [
        flow("caller", "callActivity:sub"),
        toml("caller", bindings),
        flow("callee", "scriptTask:count"),
        toml("callee", script),
    ]
    for file in files:
        (tmp_path / file.name).write_bytes(file.content)
    paths = [str(tmp_path / name) for name in ("caller.bpmn", "callee.bpmn")]
    done = mtd("trace", *paths, "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["instances"][0]["variables"]["out"] == 42


def test_what_would_not_run_or_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[servicio.x]\n", encoding="utf-8")
    for words, said in (
        (("trace", SHORT, "--answers", str(tmp_path / "bad.toml")), "servicio"),
        (("trace", SHORT, "--input", "{"), "no JSON object"),
        (("trace", str(tmp_path / "none.bpmn")), "none.bpmn"),
    ):
        done = mtd(*words, home=tmp_path)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert said in done.stderr
    drawn = flow("lame", "serviceTask:pay")
    (tmp_path / drawn.name).write_bytes(drawn.content)
    done = mtd("trace", str(tmp_path / drawn.name), home=tmp_path)
    assert done.returncode == 1 and "pay" in done.stderr


def test_all_pools_of_a_drawing_play(tmp_path: Path) -> None:
    for file in trade():
        (tmp_path / file.name).write_bytes(file.content)
    (tmp_path / "answers.toml").write_text("[user.review]\n", encoding="utf-8")
    words = ("trace", str(tmp_path / "trade.bpmn"), "--answers", str(tmp_path / "answers.toml"))
    done = mtd(*words, "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    ended = [(one["definition"], one["state"]) for one in report["instances"]]
    assert ended == [("Comprador@1", "COMPLETED"), ("Vendedor@1", "COMPLETED")]
    done = mtd(*words, "--json", "--process", "Control", home=tmp_path)
    assert [one["definition"] for one in json.loads(done.stdout)["instances"]] == ["Control@1"]
    done = mtd(*words, "--process", "Nadie", home=tmp_path)
    assert done.returncode == 1 and "Comprador, Vendedor, Control" in done.stderr


def test_what_begins_is_what_nobody_else_begins(tmp_path: Path) -> None:
    for file in trade(SELLER, BUYER, CHECK):
        (tmp_path / file.name).write_bytes(file.content)
    done = mtd("trace", str(tmp_path / "trade.bpmn"), "--json", home=tmp_path)
    first = json.loads(done.stdout)["instances"][0]
    assert first["definition"] == "Comprador@1"
