"""What a simulated system saw: every attempt and every effect, append-only, never rewritten.

It is the oracle for "no effect twice": an effect is *standing* from the moment it is applied
until another operation of the same order undoes it, and one with the same subject applied while
it stands is a duplicate, whatever its key.
"""

import os
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path

import msgspec

from mtd.simulators.clock import now_s

Undone = str | tuple[str, str]
"""An operation whose effects are all taken back, or one of its effects by its subject."""


class Outcome(StrEnum):
    """What an attempt did to the system."""

    APPLIED = "applied"
    """It took effect now."""
    REPEATED = "repeated"
    """Its key, or its effect, was known: the first answer was given again."""
    UNCHANGED = "unchanged"
    """There was nothing to do or undo."""
    READ = "read"
    """It only asked."""
    REFUSED = "refused"
    """A business no."""
    MALFORMED = "malformed"
    """It could not be understood."""
    FAILED = "failed"
    """A fault struck before any effect."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One attempt as the system saw it."""

    n: int
    at: float
    """Seconds since 1970."""
    operation: str
    order: str
    key: str
    subject: str
    """What tells two wanted effects of one operation apart, such as the kind of a mail."""
    digest: str
    """First 16 hex digits of the BLAKE2b of the payload."""
    outcome: Outcome
    status: int
    """Of the answer, even of one that never arrived."""
    fault: str | None = None


class Duplicate(msgspec.Struct, frozen=True):
    """An effect applied while the same effect of the same order stood."""

    operation: str
    order: str
    subject: str
    key: str
    standing_key: str
    at: float


class Ledger:
    """The entries of one system, in memory and, if a path is given, in a file of JSON lines.

    Each line is written before the answer leaves, so that it outlives the process; `sync`
    makes the lines written since the last time outlive the machine.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.entries: list[Entry] = []
        self.duplicates: list[Duplicate] = []
        self.counters: dict[str, dict[str, int]] = {}
        self.faults: dict[str, int] = {}
        self._standing: dict[tuple[str, str], dict[str, str]] = {}
        self._encoder = msgspec.json.Encoder()
        self._dirty = False
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._file = None if path is None else os.open(path, flags, 0o600)

    def record(
        self,
        operation: str,
        order: str,
        key: str,
        payload: bytes,
        outcome: Outcome,
        *,
        status: int,
        fault: str | None = None,
        subject: str = "",
        undoes: tuple[Undone, ...] = (),
    ) -> Entry:
        """Append one attempt; `undoes` names what it takes back."""
        digest = blake2b(payload, digest_size=8).hexdigest()
        n = len(self.entries) + 1
        entry = Entry(n, now_s(), operation, order, key, subject, digest, outcome, status, fault)
        self.entries.append(entry)
        counts = self.counters.setdefault(operation, {})
        counts[outcome] = counts.get(outcome, 0) + 1
        if fault is not None:
            self.faults[fault] = self.faults.get(fault, 0) + 1
        if outcome is Outcome.APPLIED:
            self._apply(entry, undoes)
        if self._file is not None:
            os.write(self._file, self._encoder.encode(entry) + b"\n")
            self._dirty = True
        return entry

    def effects(self) -> list[Entry]:
        """The attempts that took effect."""
        return [entry for entry in self.entries if entry.outcome is Outcome.APPLIED]

    def sync(self) -> None:
        """Force what was written to the disk; blocking."""
        if self._file is not None and self._dirty:
            self._dirty = False
            os.fsync(self._file)

    def close(self) -> None:
        """Sync and let go of the file."""
        self.sync()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _apply(self, entry: Entry, undoes: tuple[Undone, ...]) -> None:
        for undone in undoes:
            if isinstance(undone, str):
                self._standing.pop((undone, entry.order), None)
            else:
                operation, subject = undone
                self._standing.get((operation, entry.order), {}).pop(subject, None)
        stands = self._standing.setdefault((entry.operation, entry.order), {})
        if entry.subject not in stands:
            stands[entry.subject] = entry.key
            return
        duplicate = Duplicate(
            entry.operation,
            entry.order,
            entry.subject,
            entry.key,
            stands[entry.subject],
            entry.at,
        )
        self.duplicates.append(duplicate)
