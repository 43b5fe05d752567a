"""Journals of every format that was ever written are folded to the instances that they are."""

from decimal import Decimal

import msgspec
import pytest

from mtd.core.process.instance import Instance
from mtd.core.process.journal import VERSION, Entry, fold
from tests.core.process.golden.making import HERE, Story, stories

FILES = sorted(HERE.glob("v*.jsonl"))
_STORY = msgspec.json.Decoder(Story, float_hook=Decimal)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_journals_are_still_read(path: object) -> None:
    lines = (HERE / str(path)).read_bytes().splitlines()
    assert len(lines) > 40
    for line in lines:
        story = _STORY.decode(line)
        rows = [Entry(r.seq, r.at, r.kind, r.element, r.payload.encode()) for r in story.rows]
        blank = Instance(id=story.instance.id, definition="sketch@1", key=story.instance.key)
        assert fold(blank, rows) == story.instance, story.name


def test_this_version_has_its_file() -> None:
    assert HERE / f"v{VERSION}.jsonl" in FILES


def test_a_newer_record_is_refused() -> None:
    story = next(stories())
    row = story.rows[0]
    payload = row.payload.replace(f"[{VERSION},", f"[{VERSION + 1},", 1).encode()
    blank = Instance(id="0", definition="sketch@1")
    with pytest.raises(ValueError, match=f"version {VERSION + 1}"):
        fold(blank, [Entry(1, row.at, row.kind, row.element, payload)])
