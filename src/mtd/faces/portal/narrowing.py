"""Narrowing: a list's filter by one more value, or without it; each filter is an address."""

from functools import cache

import msgspec

from mtd.faces.portal.rendering import link
from mtd.runtime.desk.orders.filters import BadFilter, Filter

FIELDS = {
    "state": ("states", "states_out"),
    "store": ("stores", "stores_out"),
    "channel": ("channels", "channels_out"),
    "code": ("code", "codes_out"),
    "element": ("element", "elements_out"),
}
"""By the name in an address: the fields of a filter that ask for a value, and that leave it out."""
ASKED = {
    "document": "documents", "carrier": "carriers", "from": "since", "to": "until",
    "promise": "promise", "due_from": "due_since", "due_to": "due_until", "system": "system",
}  # fmt: skip
"""Likewise, of what is asked for alone."""
ORDERS = "/orders"


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of a filter."""

    name: str
    value: str
    out: bool
    """What has this value is left out."""
    without: str
    """The address of the list without this condition."""


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


def only(asked: Filter, name: str, value: str) -> Filter:
    """`asked`, with this value alone. Raises BadFilter."""
    field, out = _fields(name)
    left = tuple(one for one in getattr(asked, out) if one != value)
    wanted = value if isinstance(getattr(asked, field), str) else (value,)
    return msgspec.structs.replace(asked, **{field: wanted, out: left})


def leaving_out(asked: Filter, name: str, value: str) -> Filter:
    """`asked`, without this value. Raises BadFilter."""
    field, out = _fields(name)
    left = _less(getattr(asked, field), value)
    outs = tuple(dict.fromkeys([*getattr(asked, out), value]))
    return msgspec.structs.replace(asked, **{field: left, out: outs})


def chips(asked: Filter, path: str = ORDERS) -> list[Chip]:
    """The conditions of a filter, what is left out after what is asked for."""
    found: list[Chip] = []
    conditions = [
        (name, fields[out], out) for out in (False, True) for name, fields in FIELDS.items()
    ]
    for name, field, out in (*conditions, *((name, field, False) for name, field in ASKED.items())):
        values = getattr(asked, field)
        for value in (values,) if isinstance(values, str) else values:
            if value:
                less = msgspec.structs.replace(asked, **{field: _less(values, value)})
                found.append(Chip(name=name, value=value, out=out, without=address(less, path)))
    return found


def address(asked: Filter, path: str = ORDERS) -> str:
    """The list at `path` that a filter lets through."""
    return link(path, asked.query())


def _less(values: str | tuple[str, ...], value: str) -> str | tuple[str, ...]:
    if isinstance(values, str):
        return "" if values == value else values
    return tuple(one for one in values if one != value)


def _fields(name: str) -> tuple[str, str]:
    try:
        return FIELDS[name]
    except KeyError as error:
        raise BadFilter(f"name: {name}") from error
