"""The waiting queue's list as an address says it: narrowed by a value, or without it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from mtd.faces.portal.narrowing import Chip
from mtd.faces.portal.rendering import link
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.work.waitlist import Narrowed

PATH = "/files"
OUTS = {"store": "stores_out", "cause": "causes_out"}
"""By the name in an address, which is that of the field that asks for a value: what leaves out."""


class Narrow:
    """Addresses of the list, narrowed further."""

    def __init__(self, asked: Narrowed) -> None:
        self._asked = asked

    def to(self, name: str, value: str) -> str:
        """The list of those alone that have this value."""
        return address(only(self._asked, name, value))


def read(query: Mapping[str, Sequence[str]]) -> Narrowed:
    """What an address, or a form, asks for."""
    asked = {name: next(iter(query.get(name, ())), "") or None for name in OUTS}
    outs = {
        field: tuple(dict.fromkeys(one for one in query.get(f"{name}-not", ()) if one))
        for name, field in OUTS.items()
    }
    return msgspec.convert({**asked, **outs}, Narrowed)


def read_after(text: str) -> str | None:
    """The file after which a page begins. Raises BadFilter."""
    try:
        return str(UUID(text)) if text else None
    except ValueError as error:
        raise BadFilter(f"after: {text}") from error


def query(asked: Narrowed) -> dict[str, object]:
    """As it stands in an address, whatever is not said left out."""
    said = {name: getattr(asked, name) for name in OUTS}
    outs = {f"{name}-not": getattr(asked, field) for name, field in OUTS.items()}
    return {name: value for name, value in {**said, **outs}.items() if value}


def address(asked: Narrowed) -> str:
    """The list that is narrowed so."""
    return link(PATH, query(asked))


def only(asked: Narrowed, name: str, value: str) -> Narrowed:
    """`asked`, with this value alone. Raises BadFilter."""
    left = tuple(one for one in getattr(asked, _out(name)) if one != value)
    return msgspec.structs.replace(asked, **{name: value, _out(name): left})


def leaving_out(asked: Narrowed, name: str, value: str) -> Narrowed:
    """`asked`, without this value. Raises BadFilter."""
    outs = tuple(dict.fromkeys([*getattr(asked, _out(name)), value]))
    wanted = getattr(asked, name)
    return msgspec.structs.replace(
        asked, **{name: None if wanted == value else wanted, _out(name): outs}
    )


def chips(asked: Narrowed) -> list[Chip]:
    """The conditions, what is left out after what is asked for."""
    found: list[Chip] = []
    for name in OUTS:
        if value := getattr(asked, name):
            less = address(msgspec.structs.replace(asked, **{name: None}))
            found.append(Chip(name=name, value=value, out=False, without=less))
    for name, field in OUTS.items():
        outs = getattr(asked, field)
        for value in outs:
            left = tuple(one for one in outs if one != value)
            less = address(msgspec.structs.replace(asked, **{field: left}))
            found.append(Chip(name=name, value=value, out=True, without=less))
    return found


def _out(name: str) -> str:
    try:
        return OUTS[name]
    except KeyError as error:
        raise BadFilter(f"name: {name}") from error
