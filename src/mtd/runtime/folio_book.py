"""The folio book: beside the database, how far folios were given out and what was about to be sent.

A database that is restored from a backup knows nothing of what came after that. Its folios do: each
process appends to a file of its own in one folder, on disk before a folio is used or a document
sent, and a restore reads them all.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from mtd.store.engine.folio_blocks import Series
from mtd.store.tax.promises import Mark, Sent

FOLDER = "MTD_FOLIO_BOOK"
"""Environment: the folder; of several machines, one that they share. Else below MTD_HOME."""
SUFFIX = ".jsonl"


class BadBook(Exception):
    """A line of the book that cannot be read; the message says where."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is remembered."""

    mark: Mark | None = None
    sent: Sent | None = None


class Remembered(msgspec.Struct, frozen=True):
    """All that the book says."""

    marks: Sequence[Mark]
    sent: Sequence[Sent]
    """Of each folio what was said last."""


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Line)


def folder_of(home: Path, environment: Mapping[str, str]) -> Path:
    """Where the book is."""
    return Path(environment[FOLDER]) if environment.get(FOLDER) else home / "folios"


class FolioBook:
    """One process's own file of the book; blocking, so it is written in threads."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._path = folder / f"{name}{SUFFIX}"

    def mark(self, series: Series, last: int) -> None:
        """Folios up to `last` are given out. Raises OSError: then none of them may be used."""
        self._append([Line(mark=Mark(series, last))])

    def sent(self, documents: Iterable[Sent]) -> None:
        """These are about to be sent. Raises OSError: then they may not."""
        self._append([Line(sent=one) for one in documents])

    def _append(self, lines: Sequence[Line]) -> None:
        content = b"".join(_ENCODER.encode(line) + b"\n" for line in lines)
        fresh = not self._path.exists()
        if fresh:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        size = os.fstat(file).st_size
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, size)  # half a line would spoil what is written after it
            raise
        finally:
            os.close(file)
        if fresh:
            _settled(self._folder)


def remembered(folder: Path) -> Remembered:
    """What every process wrote down. Raises BadBook; a last line that was cut off is none."""
    marks: dict[tuple[Series, int], Mark] = {}
    sent: dict[tuple[int, str, str, str, int], Sent] = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        content = path.read_bytes()
        whole, _, _ = content.rpartition(b"\n")
        for number, text in enumerate(whole.splitlines(), start=1):
            line = _read(path, number, text)
            if line.mark is not None:
                marks[line.mark.series, line.mark.last] = line.mark
            if line.sent is not None:
                one = line.sent
                place = (one.tenant, one.issuer, one.type_code, one.series, one.folio)
                known = sent.get(place)
                if known is None or known.issued_at <= one.issued_at:
                    sent[place] = one
    return Remembered([*marks.values()], [*sent.values()])


def _read(path: Path, number: int, text: bytes) -> Line:
    try:
        return _DECODER.decode(text)
    except msgspec.MsgspecError as error:
        raise BadBook(f"{path.name}, line {number}: {error}") from error


def _settled(folder: Path) -> None:
    """The new file's name is on disk."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
