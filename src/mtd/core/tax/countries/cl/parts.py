"""Making and reading trees of parts."""

from collections.abc import Iterable, Sequence

from mtd.core.tax.issuing import Part


def leaf(name: str, value: str | int) -> Part:
    """A named value."""
    return Part(name, str(value))


def group(name: str, parts: Iterable[Part | None]) -> Part:
    """A named sequence, without what is None."""
    return Part(name, "", tuple(part for part in parts if part is not None))


def optional(name: str, value: str | int | None) -> Part | None:
    """A named value, unless there is none."""
    return None if value is None or value == "" else Part(name, str(value))


def filled(name: str, parts: Iterable[Part | None]) -> Part | None:
    """A group, unless nothing is in it."""
    made = group(name, parts)
    return made if made.parts else None


def inside(parts: Sequence[Part], *path: str) -> Sequence[Part]:
    """The parts of the first group at `path`; none when there is no such group."""
    for name in path:
        parts = next((part.parts for part in parts if part.name == name), ())
    return parts


def value(parts: Sequence[Part], *path: str) -> str:
    """The first value at `path`; empty when there is none."""
    within = inside(parts, *path[:-1])
    return next((part.text for part in within if part.name == path[-1]), "")


def whole(parts: Sequence[Part], *path: str) -> int:
    """The whole number at `path`, 0 when there is none that can be read."""
    text = value(parts, *path)
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and digits.isascii() and len(digits) <= 18 else 0


def named(parts: Sequence[Part], name: str) -> list[Part]:
    """All parts of that name, in order."""
    return [part for part in parts if part.name == name]
