"""The folios that an issuer may use: ranges by issuer and kind of document, each once."""

from collections import deque
from typing import Annotated

import msgspec
from msgspec import Meta

FOLIOS = 1_000_000
"""Folios that an issuer has at the start for each kind, unless it is told otherwise."""


class Range(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Folios authorised by the SII (a CAF), `first` to `last`, both included."""

    issuer: str
    """RUT without its check digit."""
    kind: int
    first: Annotated[int, Meta(ge=1)]
    last: Annotated[int, Meta(ge=1)]


class Folios:
    """What is left, for each issuer and kind."""

    def __init__(self, first: int, count: int) -> None:
        self._first_range = [first, first + count - 1] if count > 0 else None
        self._ranges: dict[tuple[str, int], deque[list[int]]] = {}

    def load(self, loaded: Range) -> None:
        """Add a range after those that are there; raises ValueError if it is no range."""
        if loaded.last < loaded.first:
            raise ValueError("folios.last: is before folios.first")
        self._of(loaded.issuer, loaded.kind).append([loaded.first, loaded.last])

    def exhaust(self, issuer: str, kind: int) -> None:
        """Throw away whatever is left."""
        self._of(issuer, kind).clear()

    def take(self, issuer: str, kind: int) -> int | None:
        """The next folio, or None when there is none."""
        ranges = self._of(issuer, kind)
        if not ranges:
            return None
        current = ranges[0]
        folio = current[0]
        current[0] += 1
        if current[0] > current[1]:
            ranges.popleft()
        return folio

    def left(self) -> dict[str, int]:
        """How many are left by `issuer/kind`."""
        return {
            f"{issuer}/{kind}": sum(last - first + 1 for first, last in ranges)
            for (issuer, kind), ranges in self._ranges.items()
        }

    def _of(self, issuer: str, kind: int) -> deque[list[int]]:
        place = (issuer, kind)
        if place not in self._ranges:
            whole = [] if self._first_range is None else [list(self._first_range)]
            self._ranges[place] = deque(whole)
        return self._ranges[place]
