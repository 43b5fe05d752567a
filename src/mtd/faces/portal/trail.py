"""The audit's list as an address says it: narrowed by a value, or without it."""

from functools import cache

from mtd.faces.portal.conditions import Chip, Conditions
from mtd.faces.portal.rendering import link
from mtd.runtime.desk.history import Asked

PATH = "/audit"
CONDITIONS = Conditions(
    {"who": ("who", "who_out"), "what": ("what", "what_out"), "kind": ("kind", "kind_out")},
    {"about": "about", "word": "word", "origin": "origin", "from": "since", "to": "until"},
)

only, leaving_out = CONDITIONS.only, CONDITIONS.leaving_out


class Narrow:
    """Addresses of the list, narrowed further."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.to = cache(self._to)

    def _to(self, name: str, value: str) -> str:
        """The list of those alone that have this value."""
        return address(only(self._asked, name, value))


def chips(asked: Asked) -> list[Chip]:
    """The conditions of a search."""
    return CONDITIONS.chips(asked, address)


def address(asked: Asked) -> str:
    """The list that a search finds."""
    return link(PATH, asked.query())
