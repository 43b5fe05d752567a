"""Packing: which files belong to a deployment, from the one that is named."""

from pathlib import Path

import pytest

from mtd.runtime.definitions.packing import packed


@pytest.mark.parametrize("ending", [".bpmn", ".bpmn2", ".BPM", ".xpdl", ".xml"])
def test_a_drawing_of_any_ending_brings_its_bindings(ending: str, tmp_path: Path) -> None:
    drawing, bindings = tmp_path / f"order{ending}", tmp_path / "order.toml"
    drawing.write_text("x", encoding="utf-8")
    bindings.write_text('process = "p"', encoding="utf-8")
    assert [one.name for one in packed([drawing])] == [drawing.name, bindings.name]
