"""What is wrong with an order: one flaw, and a whole order that could not be read."""

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import islice

from msgspec import Struct

from mtd.core.orders.purchase_order import UNPRINTABLE

FLAWS_MAX = 100
"""So many flaws of one file are told; a hostile file could hold a million."""


class Flaw(Struct, frozen=True):
    """One thing wrong: where in the order, in words, and where in the file when it was XML."""

    field: str
    """Path in the canonical order, such as `lines[0].unit_price`; empty for the whole order."""
    message: str
    """May quote the value: for the person who corrects it, not for logs."""
    line: int | None = None
    """Line of the XML file, from 1."""
    element: str | None = None
    """The element's own name in the file, such as `Detalle/Item/Precio`."""


class Unreadability(StrEnum):
    """Why bytes did not become an order (reference processes §6.5 and the size limit)."""

    XML_INVALID = "XML_INVALID"
    JSON_INVALID = "JSON_INVALID"
    MAPPING_MISSING = "MAPPING_MISSING"
    TOO_LARGE = "TOO_LARGE"


class Unreadable(Struct, frozen=True):
    """An order file that a person must correct or reject; it holds at least one flaw."""

    code: Unreadability
    flaws: tuple[Flaw, ...]


_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}]")


def unreadable(code: Unreadability, flaws: Iterable[Flaw]) -> Unreadable:
    """The refusal with the first `FLAWS_MAX` of its flaws, their words fit to be shown."""
    return Unreadable(code, tuple(map(_printable, islice(flaws, FLAWS_MAX))))


def _printable(flaw: Flaw) -> Flaw:
    """Hostile content may be quoted, but it neither breaks the line nor turns it around."""
    field, message = (_UNPRINTABLE.sub("\ufffd", text) for text in (flaw.field, flaw.message))
    return Flaw(field, message, flaw.line, flaw.element)
