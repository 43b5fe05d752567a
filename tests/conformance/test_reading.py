"""What the readers keep equals what the files say, element by element."""

import time
from pathlib import Path

import pytest

from mtd.core.process.readers import read
from tests.conformance.reading import report

DRAWINGS = Path(__file__).parents[1] / "drawings"
LOADING_MAX_MS = 200
SHARED = Path(__file__).parents[3] / "shared" / "fixtures"


@pytest.mark.parametrize(
    "folder", [DRAWINGS, SHARED / "miwg", SHARED / "bizagi"], ids=lambda path: path.name
)
def test_all_is_kept(folder: Path) -> None:
    rows = list(report(folder, None))
    if not rows:
        pytest.skip(f"the public models ../shared/fixtures/{folder.name} are not here")
    assert [(row.file, row.differences) for row in rows if row.differences] == []


def test_what_the_second_walker_cannot_read_is_told_and_the_others_compared(tmp_path: Path) -> None:
    whole = (DRAWINGS / "whole_standard.bpmn").read_bytes()
    (tmp_path / "a.bpmn").write_bytes(whole.replace(b"?>", b"?><!--\xf1-->", 1))
    (tmp_path / "b.bpmn").write_bytes(whole)
    broken, sound = report(tmp_path, None)
    assert (broken.elements, broken.differences) == (0, ())
    assert "not well-formed" in broken.file
    assert sound.elements == sound.equal > 0


@pytest.mark.skipif(not (SHARED / "miwg").is_dir(), reason="no MIWG models beside the project")
def test_the_largest_public_model_loads_at_once() -> None:
    largest = max((SHARED / "miwg").rglob("*.bpmn"), key=lambda path: path.stat().st_size)
    content = largest.read_bytes()
    began = time.process_time()
    read(content, largest.name)
    assert (time.process_time() - began) * 1000 <= LOADING_MAX_MS
