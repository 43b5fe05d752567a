"""Markup: the elements of a model's file, without their namespaces."""

from __future__ import annotations

import msgspec


class Markup(msgspec.Struct, frozen=True):
    """An element."""

    tag: str
    """Its name if it is one of DMN's, else empty."""
    attributes: dict[str, str]
    text: str
    """What stands before its first child."""
    children: list[Markup]
    line: int | None

    def get(self, name: str, otherwise: str = "") -> str:
        """An attribute without namespace."""
        return self.attributes.get(name, otherwise)

    def all(self, tag: str) -> list[Markup]:
        """The children of that name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Markup | None:
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)
