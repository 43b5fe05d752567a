"""What the readers keep equals what the files say, element by element."""

from pathlib import Path

import pytest

from tests.conformance.reading import report

DRAWINGS = Path(__file__).parents[1] / "drawings"
SHARED = Path(__file__).parents[3] / "shared" / "fixtures"


@pytest.mark.parametrize(
    "folder", [DRAWINGS, SHARED / "miwg", SHARED / "bizagi"], ids=lambda path: path.name
)
def test_all_is_kept(folder: Path) -> None:
    rows = list(report(folder, None))
    if not rows:
        pytest.skip(f"the public models ../shared/fixtures/{folder.name} are not here")
    assert [(row.file, row.differences) for row in rows if row.differences] == []
