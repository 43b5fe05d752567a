"""Linking: the elements of called definitions, under ids that say whose they are.

A call activity runs another definition as a scope of its own instance, so the caller's definition
holds the elements of all that it may call, and of the versions in which an instance of it
may still be. The element `pay` of `billing@3` is `billing@3:pay` there, and everywhere else too:
in the journal, in incidents and in migrations.
"""

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from mtd.core.process.definition import Definition, Element, Event, Way

SEPARATOR = ":"
_WORDS = frozenset({"name", "kind", "entering", "leaving"})
"""Fields of an element that hold no ids."""


def root_of(definition: Definition) -> str:
    """The id of a called definition's process in its caller's."""
    return f"{definition.id}{SEPARATOR}{definition.root}"


def linked(definitions: Iterable[Definition]) -> dict[str, Element]:
    """The elements of `definitions`, and of what they call in turn, for their caller."""
    elements: dict[str, Element] = {}
    for definition in definitions:
        prefix = f"{definition.id}{SEPARATOR}"
        own = definition.elements.keys() - definition.linked
        ways = (way.id for id_ in own for way in definition.elements[id_].outgoing)
        ids = frozenset((*own, *ways))
        for id_, element in definition.elements.items():
            if id_ in own:
                elements[prefix + id_] = _renamed(element, prefix, ids)
            else:
                elements[id_] = element
    return elements


def _renamed(element: Element, prefix: str, ids: frozenset[str]) -> Element:
    """`element` with `prefix` before every id of `ids` in it."""
    changed = {
        field: _prefixed(getattr(element, field), prefix, ids)
        for field in element.__struct_fields__
        if field not in _WORDS
    }
    return msgspec.structs.replace(element, **changed)


def _prefixed(value: Any, prefix: str, ids: frozenset[str]) -> Any:
    match value:
        case str():
            return prefix + value if value in ids else value
        case tuple():
            return tuple(_prefixed(item, prefix, ids) for item in cast("tuple[Any, ...]", value))
        case Way():
            return msgspec.structs.replace(
                value, id=prefix + value.id, target=_prefixed(value.target, prefix, ids)
            )
        case Event():
            return msgspec.structs.replace(value, activity=_prefixed(value.activity, prefix, ids))
        case _:
            return value
