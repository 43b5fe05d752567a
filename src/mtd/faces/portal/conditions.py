"""Conditions: what a list's filter asks for and leaves out; each is a chip that takes it out."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import msgspec

from mtd.runtime.desk.orders.filters import BadFilter

T = TypeVar("T", bound=msgspec.Struct)


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of a filter."""

    name: str
    value: str
    out: bool
    """What has this value is left out."""
    without: str
    """The address of the list without this condition."""


class Conditions:
    """The conditions that filters of one kind may have, by their names in an address."""

    def __init__(
        self, both: Mapping[str, tuple[str, str]], alone: Mapping[str, str] | None = None
    ) -> None:
        """`both`: the fields that ask for a value, and that leave it out; `alone`: ask only.

        A field of several values is a tuple; a field of one has a default, which asks nothing.
        """
        self._both = both
        self._alone = alone or {}

    def only(self, asked: T, name: str, value: str) -> T:
        """`asked`, with this value alone. Raises BadFilter."""
        field, out = self._fields(name)
        wanted = (value,) if isinstance(getattr(asked, field), tuple) else value
        left = _less(asked, out, value)
        return msgspec.structs.replace(asked, **{field: wanted, out: left})

    def leaving_out(self, asked: T, name: str, value: str) -> T:
        """`asked`, without this value. Raises BadFilter."""
        field, out = self._fields(name)
        outs = tuple(dict.fromkeys([*getattr(asked, out), value]))
        return msgspec.structs.replace(asked, **{field: _less(asked, field, value), out: outs})

    def chips(self, asked: T, address: Callable[[T], str]) -> list[Chip]:
        """The conditions of a filter, what is left out after what is asked for, then the rest."""
        conditions = [
            (name, fields[out], out) for out in (False, True) for name, fields in self._both.items()
        ]
        alone = [(name, field, False) for name, field in self._alone.items()]
        found: list[Chip] = []
        for name, field, out in (*conditions, *alone):
            for value in filter(None, _values(asked, field)):
                less = msgspec.structs.replace(asked, **{field: _less(asked, field, value)})
                found.append(Chip(name=name, value=value, out=out, without=address(less)))
        return found

    def _fields(self, name: str) -> tuple[str, str]:
        try:
            return self._both[name]
        except KeyError as error:
            raise BadFilter(f"name: {name}") from error


def _values(asked: msgspec.Struct, field: str) -> tuple[str | None, ...]:
    """What a field says, one value or several."""
    said: Any = getattr(asked, field)
    return cast("tuple[str | None, ...]", said if isinstance(said, tuple) else (said,))


def _less(asked: msgspec.Struct, field: str, value: str) -> Any:
    """What a field says without one value."""
    if isinstance(said := getattr(asked, field), tuple):
        return tuple(one for one in _values(asked, field) if one != value)
    defaults = {one.name: one.default for one in msgspec.structs.fields(asked)}
    return defaults[field] if said == value else said
