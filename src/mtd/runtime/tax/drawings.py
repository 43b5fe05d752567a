"""Drawings: signed documents as people read them, drawn in a thread, and kept for a while."""

import asyncio
from collections import OrderedDict
from hashlib import sha256

import msgspec

from mtd.core.tax.markup import Unreadable
from mtd.core.tax.practice import Format, Practice

CACHED_MAX = 256
"""Drawings kept in memory: some 5 KB each."""
MEDIA = {
    Format.LETTER: "application/pdf",
    Format.TICKET: "application/pdf",
    Format.HTML: "text/html; charset=utf-8",
}
"""Of what is drawn; the document itself has its own."""


class NotDrawn(Exception):
    """A document that cannot be drawn; the message says why."""


class Drawn(msgspec.Struct, frozen=True):
    """A document in one format."""

    media_type: str
    content: bytes


class Drawings:
    """Draws documents; what was drawn lately is kept, by the digest of what was signed."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[bytes, Format], Drawn] = OrderedDict()

    def known(self, hash_: bytes, form: Format) -> Drawn | None:
        """What was drawn before of the document with that digest."""
        if (known := self._drawn.get((hash_, form))) is not None:
            self._drawn.move_to_end((hash_, form))
        return known

    async def drawn(self, practice: Practice, content: bytes, form: Format) -> Drawn:
        """Signed bytes as `form`, which is not XML, as the taxpayer's practice has it.

        Raises NotDrawn.
        """
        place = (sha256(content).digest(), form)
        if (known := self.known(*place)) is not None:
            return known
        made = await asyncio.to_thread(_draw, content, form, practice)
        self._drawn[place] = made
        while len(self._drawn) > CACHED_MAX:
            self._drawn.popitem(last=False)
        return made


def _draw(content: bytes, form: Format, practice: Practice) -> Drawn:
    made = practice.drawn(content, form)
    if isinstance(made, Unreadable):
        raise NotDrawn(made.reason)
    return Drawn(MEDIA[form], made)
