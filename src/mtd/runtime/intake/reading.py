"""Reading: a file, or what a sender posted, becomes an order or what a person must correct."""

from collections.abc import Iterable

import msgspec

from mtd.core.orders.flaw import Flaw, Unreadability, Unreadable
from mtd.core.orders.mapping import Mapping
from mtd.core.orders.markup import BODY_MAX_BYTES, parse
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.xml import translated, validated
from mtd.runtime.telemetry import Meters

FOLDER_MISMATCH = "FOLDER_MISMATCH"
"""The folder says another country, store or channel than the file."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A file that waits for a person, and burns no attempt."""

    cause: str
    finding: str
    """What is wrong, a line each; it may quote the file, so it belongs in no log."""
    order_key: str | None = None


def too_large(size_bytes: int) -> Held | None:
    """Held when no order may have so many bytes: such a file need not be read at all."""
    if size_bytes <= BODY_MAX_BYTES:
        return None
    words = f"is larger than {BODY_MAX_BYTES:,} bytes"
    return Held(cause=Unreadability.TOO_LARGE.value, finding=words)


def read_metered(
    body: bytes, mappings: Iterable[Mapping], store: str | None, meters: Meters
) -> PurchaseOrder | Unreadable:
    """As `core.orders.xml.read_xml`, each step of it a handler; a flaw in the file is an answer."""
    with meters.handling("intake.parse"):
        root = parse(body)
    if isinstance(root, Unreadable):
        return root
    with meters.handling("intake.canonical"):
        canonical = translated(root, mappings, store)
    if isinstance(canonical, Unreadable):
        return canonical
    with meters.handling("intake.validate"):
        return validated(canonical)


def read_order(
    path: str, body: bytes, mappings: Iterable[Mapping], meters: Meters
) -> PurchaseOrder | Held:
    """The order in the file at `{country}/{store}/{channel}/…`, which must say the same."""
    country, store, channel = path.split("/")[:3]
    order = read_metered(body, mappings, store, meters)
    if isinstance(order, Unreadable):
        return Held(cause=order.code.value, finding="\n".join(map(_words, order.flaws)))
    said = {"country": order.country, "store": order.store, "channel": order.channel.value}
    differing = [
        f"{field}: the file says {said[field]}, its folder {folder}"
        for field, folder in zip(said, (country, store, channel), strict=True)
        if said[field] != folder
    ]
    if differing:
        return Held(cause=FOLDER_MISMATCH, finding="\n".join(differing), order_key=order.key)
    return order


def _words(flaw: Flaw) -> str:
    line = f"line {flaw.line}" if flaw.line else ""
    field = f"({flaw.field})" if flaw.field else ""
    where = ", ".join(part for part in (line, flaw.element) if part)
    place = " ".join(part for part in (where, field) if part)
    return f"{place}: {flaw.message}" if place else flaw.message
