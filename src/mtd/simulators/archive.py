"""Every document that the simulated issuer has issued, findable as the real one lets them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from mtd.simulators.clock import now_s
from mtd.simulators.unit import Unit
from mtd.simulators.world import World

ZONE = ZoneInfo("America/Santiago")


class Issued(msgspec.Struct):
    """A document; its state changes when the tax authority has decided."""

    unit: Unit
    issuer: str
    """RUT without its check digit."""
    folio: int
    track_id: str
    state: str = "SENT"


class Archive:
    """Documents by issuer, kind and folio; by day; and by the token of their links."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._documents: dict[tuple[str, int, int], Issued] = {}
        self._days: dict[tuple[str, int, str], list[Issued]] = {}
        self._links: dict[str, Issued] = {}
        self._tracks: dict[str, Issued] = {}

    def keep(self, issuer: str, unit: Unit, folio: int) -> Issued:
        """A new document; it takes the place of a rejected one with the same folio."""
        today = datetime.fromtimestamp(now_s(), UTC).astimezone(ZONE).date().isoformat()
        dated = msgspec.structs.replace(unit, issued_on=unit.issued_on or today)
        made = Issued(dated, issuer, folio, self._world.new_id("TK"))
        self._tracks[made.track_id] = made
        before = self._documents.get((issuer, unit.kind, folio))
        if before is not None:
            self._days[(issuer, unit.kind, before.unit.issued_on)].remove(before)
        self._documents[(issuer, unit.kind, folio)] = made
        self._days.setdefault((issuer, unit.kind, dated.issued_on), []).append(made)
        return made

    def find(self, issuer: str, kind: str, folio: str) -> Issued | None:
        """The document; the numbers as a request spells them."""
        if not (kind.isdecimal() and folio.isdecimal() and len(kind + folio) <= 20):
            return None
        return self._documents.get((issuer, int(kind), int(folio)))

    def tracked(self, issuer: str, track_id: str) -> Issued | None:
        """The document of a track id, if it is this issuer's."""
        found = self._tracks.get(track_id)
        return found if found is not None and found.issuer == issuer else None

    def of_day(self, issuer: str, kind: str, day: str) -> list[Issued]:
        """All documents of a kind that are dated `day`."""
        return self._days.get((issuer, int(kind), day), []) if kind.isdecimal() else []

    def link(self, document: Issued) -> str:
        """A token that nobody guesses, by which the document may be fetched."""
        place = (document.issuer, document.unit.kind, document.folio)
        token = f"{int(self._world.chance('link', *place) * 2**64):016x}"
        self._links[token] = document
        return token

    def linked(self, token: str) -> Issued | None:
        """The document of a token."""
        return self._links.get(token)

    def states(self) -> dict[str, int]:
        """How many documents are in each state."""
        counts: dict[str, int] = {}
        for document in self._documents.values():
            counts[document.state] = counts.get(document.state, 0) + 1
        return counts
