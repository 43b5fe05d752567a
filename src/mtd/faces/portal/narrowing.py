"""Narrowing: a list of orders by one more value, or without it; each filter is an address."""

from functools import cache, partial

from mtd.faces.portal.conditions import Chip, Conditions
from mtd.faces.portal.rendering import link
from mtd.runtime.desk.orders.filters import Filter

CONDITIONS = Conditions(
    {
        "state": ("states", "states_out"),
        "store": ("stores", "stores_out"),
        "channel": ("channels", "channels_out"),
        "code": ("code", "codes_out"),
        "element": ("element", "elements_out"),
    },
    {
        "document": "documents", "carrier": "carriers", "from": "since", "to": "until",
        "hour": "hour", "promise": "promise", "due_from": "due_since", "due_to": "due_until",
        "system": "system",
    },
)  # fmt: skip
ORDERS = "/orders"

only, leaving_out = CONDITIONS.only, CONDITIONS.leaving_out


class Narrow:
    """Addresses of a list of orders, the one at `path`, narrowed further."""

    def __init__(self, asked: Filter, path: str = ORDERS) -> None:
        self._asked = asked
        self._path = path
        # A page has few different values, many times over.
        self.to = cache(self._to)

    def _to(self, name: str, value: str) -> str:
        """The list of those alone that have this value."""
        return address(only(self._asked, name, value), self._path)


def chips(asked: Filter, path: str = ORDERS) -> list[Chip]:
    """The conditions of a filter of the list at `path`."""
    return CONDITIONS.chips(asked, partial(address, path=path))


def address(asked: Filter, path: str = ORDERS) -> str:
    """The list at `path` that a filter lets through."""
    return link(path, asked.query())
