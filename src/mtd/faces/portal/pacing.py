"""Pacing: how long the portal's pages took lately, by the part of the portal."""

from collections import deque

import msgspec

KEPT_MAX = 500
"""Pages of a part that are remembered."""
PARTS_MAX = 50


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long the pages of a part took."""

    part: str
    pages: int
    median_ms: float
    p95_ms: float


class Paces:
    """The last pages of each part."""

    def __init__(self) -> None:
        self._took: dict[str, deque[float]] = {}

    def note(self, part: str, took_ms: float) -> None:
        """A page of `part` took so long, from the request to the answer."""
        known = self._took.get(part)
        if known is None:
            if len(self._took) >= PARTS_MAX:
                return
            known = self._took[part] = deque(maxlen=KEPT_MAX)
        known.append(took_ms)

    def figures(self) -> list[Pace]:
        """Each part by name."""
        return [_pace(part, sorted(took)) for part, took in sorted(self._took.items())]


def _pace(part: str, took: list[float]) -> Pace:
    last = len(took) - 1
    return Pace(
        part=part,
        pages=len(took),
        median_ms=took[last // 2],
        p95_ms=took[min(last, round(last * 0.95))],
    )
