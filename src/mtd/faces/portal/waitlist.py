"""The waiting queue's list as an address says it: narrowed by a value, or without it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from mtd.faces.portal.conditions import Chip, Conditions
from mtd.faces.portal.rendering import link
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.work.waitlist import Narrowed

PATH = "/files"
OUTS = {"store": "stores_out", "cause": "causes_out"}
"""By the name in an address, which is that of the field that asks for a value: what leaves out."""
CONDITIONS = Conditions({name: (name, out) for name, out in OUTS.items()})

only, leaving_out = CONDITIONS.only, CONDITIONS.leaving_out


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


def chips(asked: Narrowed) -> list[Chip]:
    """The conditions of a filter of the list."""
    return CONDITIONS.chips(asked, address)
