"""The scripted trouble of a generated run: which order gets which, and the files it arrives in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from mtd.core.orders.mapping import Mapping
from mtd.core.orders.purchase_order import PaymentMethod, PurchaseOrder
from mtd.core.orders.writing import write_xml


class Trouble(StrEnum):
    """What goes wrong with an order, in its file or at a legacy system."""

    MALFORMED_FILE = "malformed_file"
    DUPLICATE = "duplicate"
    """The file of an earlier order again, byte for byte."""
    DUPLICATE_CHANGED = "duplicate_changed"
    """An earlier order again, promised for another day."""
    UNDELIVERABLE_FILE = "undeliverable_file"
    """A sound file that the queue's reader cannot deliver in ten attempts: it lies in a folder
    of its own name, as some unpackers leave it. No reader, root's neither, can read a folder, so
    each of the ten attempts fails for real, until a person moves the file out (`put_right`)."""
    GIFT_CARD_DECLINED = "gift_card_declined"
    STOCKOUT = "stockout"
    DTE_ISSUER_DOWN = "dte_issuer_down"
    DTE_TIMEOUT_ISSUED = "dte_timeout_issued"
    """The issuer answers too late, though it issued."""


PER_MILLE = {
    Trouble.MALFORMED_FILE: 10,
    Trouble.DUPLICATE: 10,
    Trouble.DUPLICATE_CHANGED: 6,
    Trouble.UNDELIVERABLE_FILE: 0,
    Trouble.GIFT_CARD_DECLINED: 6,
    Trouble.STOCKOUT: 10,
    Trouble.DTE_ISSUER_DOWN: 10,
    Trouble.DTE_TIMEOUT_ISSUED: 4,
}
"""Of so many orders in a thousand; at least one of each wherever an order is fit for it."""


class Arrival(Struct, frozen=True):
    """One file that is to arrive: `trouble` is what happens to it or to its order."""

    file_name: str
    """`{country}/{store}/{channel}/{external_id}.xml`, from the intake folder."""
    body: bytes
    order_key: str
    trouble: Trouble | None


def arrivals(
    orders: Sequence[PurchaseOrder], mappings: Iterable[Mapping], seed: int
) -> Iterator[Arrival]:
    """One file for each order, in its store's dialect and in the sequence of arrival.

    A duplicate takes the place of its order: its file repeats one that arrived before. KeyError
    when a store has no mapping.
    """
    dialects = {mapping.file.store: mapping for mapping in mappings}
    troubles = script(orders, seed)
    for i, order in enumerate(orders):
        trouble = troubles.get(i)
        again = trouble in _AGAIN
        meant = _earlier(orders, troubles, i) if again else order
        sent = _changed(meant) if trouble is Trouble.DUPLICATE_CHANGED else meant
        body = write_xml(sent, dialects[sent.store])
        if trouble is Trouble.MALFORMED_FILE:
            body = body[: len(body) * 2 // 3]
        folder = f"{sent.country}/{sent.store}/{sent.channel}"
        name = f"{sent.external_id}-{i}" if again else sent.external_id
        yield Arrival(f"{folder}/{name}.xml", body, sent.key, trouble)


def deposit(arrival: Arrival, intake: Path) -> None:
    """Put the file into the intake folder as a careful sender does: written aside, then renamed.

    Blocks; raises OSError.
    """
    target = intake / arrival.file_name
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    if arrival.trouble is Trouble.UNDELIVERABLE_FILE:
        part.mkdir()
        (part / target.name).write_bytes(arrival.body)
    else:
        part.write_bytes(arrival.body)
    part.rename(target)


def put_right(arrival: Arrival, intake: Path) -> None:
    """Do what a person does about an UNDELIVERABLE_FILE before pushing it: move the file out.

    Blocks; raises OSError.
    """
    target = intake / arrival.file_name
    aside = target.with_name(f".{target.name}.part")
    target.rename(aside)
    (aside / target.name).rename(target)
    aside.rmdir()


def script(orders: Sequence[PurchaseOrder], seed: int) -> dict[int, Trouble]:
    """Which of the orders, by position, gets which trouble: no order gets two.

    At most every second order is troubled, and the first never is, for it may be repeated.
    """
    chance = Random(f"trouble {seed}")  # noqa: S311 the same each time, on purpose
    positions = list(range(1, len(orders)))
    chance.shuffle(positions)
    troubled: dict[int, Trouble] = {}
    for trouble, per_mille in PER_MILLE.items():
        wanted = max(1, len(orders) * per_mille // 1000)
        fit = _FIT.get(trouble, _any)
        free = [i for i in positions if i not in troubled and fit(orders[i])]
        room = len(orders) // 2 - len(troubled)
        troubled.update(dict.fromkeys(free[: min(wanted, room)], trouble))
    return troubled


_AGAIN = (Trouble.DUPLICATE, Trouble.DUPLICATE_CHANGED)


def _any(_: PurchaseOrder) -> bool:
    return True


def _pays_by_gift_card(order: PurchaseOrder) -> bool:
    return any(payment.method is PaymentMethod.GIFT_CARD for payment in order.payments)


_FIT: dict[Trouble, Callable[[PurchaseOrder], bool]] = {
    Trouble.GIFT_CARD_DECLINED: _pays_by_gift_card
}


def _earlier(
    orders: Sequence[PurchaseOrder], troubles: dict[int, Trouble], i: int
) -> PurchaseOrder:
    """The nearest untroubled order before position `i`; the first one is always such."""
    return next(orders[j] for j in range(i - 1, -1, -1) if j not in troubles)


def _changed(order: PurchaseOrder) -> PurchaseOrder:
    """The order as valid as it was, but promised for the day after."""
    return replace(order, promised_at=order.promised_at + timedelta(days=1))
