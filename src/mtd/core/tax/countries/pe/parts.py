"""Making and reading UBL trees; names carry the prefixes that the root declares."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from mtd.core.money import Currency
from mtd.core.tax.issuing import Part


def leaf(name: str, value: str | int, **attributes: str) -> Part:
    """`cbc:Name`: a value."""
    return Part(f"cbc:{name}", str(value), (), tuple(sorted(attributes.items())))


def group(name: str, *parts: Part | None) -> Part:
    """`cac:Name`: a sequence, without what is None."""
    return Part(f"cac:{name}", "", tuple(part for part in parts if part is not None))


def optional(name: str, value: str, **attributes: str) -> Part | None:
    """A value, unless it is empty."""
    return leaf(name, value, **attributes) if value else None


def money(name: str, amount: Decimal, currency: Currency) -> Part:
    """An amount, which names its currency."""
    return leaf(name, plain(amount), currencyID=currency.value)


def plain(number: Decimal) -> str:
    """A number without exponent, and at least with the decimals it was rounded to."""
    return f"{number:f}"


def trimmed(number: Decimal) -> str:
    """A number without idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def inside(parts: Sequence[Part], *path: str) -> Sequence[Part]:
    """The parts of the first group at `path`; none when there is no such group."""
    for name in path:
        parts = next((part.parts for part in parts if part.name == name), ())
    return parts


def found(parts: Sequence[Part], *path: str) -> Part | None:
    """The first part at `path`."""
    within = inside(parts, *path[:-1])
    return next((part for part in within if part.name == path[-1]), None)


def value(parts: Sequence[Part], *path: str) -> str:
    """The first value at `path`; empty when there is none."""
    part = found(parts, *path)
    return part.text if part else ""


def named(parts: Iterable[Part], name: str) -> list[Part]:
    """All parts of that name, in order."""
    return [part for part in parts if part.name == name]


_SPACE = re.compile(r"\s+")
_FORBIDDEN = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text on one line, without what XML cannot write (XML 1.0 §2.2)."""
    return _FORBIDDEN.sub("", _SPACE.sub(" ", text)).strip()
