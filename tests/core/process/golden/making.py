"""Golden journals: what this version writes, kept for every later one to read.

`python -m tests.core.process.golden.making` writes `v<VERSION>.jsonl` beside this file: a line for
each kind of element of the migration's matrix, in the middle of its story and at its end. A file
of an older version is never written again: instances of its time may still run somewhere.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from mtd.core.process.instance import Instance
from mtd.core.process.journal import VERSION, Entry
from tests.core.process.kinds import KINDS, drawn
from tests.core.process.test_migrating import finished, in_trouble, migrated
from tests.core.process.world import World

HERE = Path(__file__).parent


class Row(msgspec.Struct, frozen=True):
    """A journal row whose payload is text."""

    seq: int
    at: datetime
    kind: str
    element: str
    payload: str


class Story(msgspec.Struct, frozen=True):
    """A journal, and the instance that it is."""

    name: str
    rows: tuple[Row, ...]
    instance: Instance


def stories() -> Iterator[Story]:
    """Every kind: waiting, in trouble, migrated and at its end."""
    for kind, draw in KINDS.items():
        world = World(drawn(draw, "it", 1), amount=1)
        yield _told(f"{kind}, waiting", world)
        in_trouble(world)
        yield _told(f"{kind}, in trouble", world)
        migrated(world, drawn(draw, "it", 2, extra=True))
        yield _told(f"{kind}, migrated", world)
        finished(world)
        yield _told(f"{kind}, at its end", world)


def _told(name: str, world: World) -> Story:
    return Story(name, tuple(_row(entry) for entry in world.entries), world.instance)


def _row(entry: Entry) -> Row:
    return Row(entry.seq, entry.at, entry.kind, entry.element, entry.payload.decode())


def main() -> None:
    """Write the file of this version."""
    encoder = msgspec.json.Encoder(decimal_format="number")
    lines = [encoder.encode(story) for story in stories()]
    (HERE / f"v{VERSION}.jsonl").write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main()
