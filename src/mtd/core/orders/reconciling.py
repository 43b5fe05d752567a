"""Reconciling: whether a day's sales, the POS, tax documents and letters agree (D40)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from mtd.core.orders.dimensions import Labelled
from mtd.core.orders.states import OrderState


class Kind(Labelled):
    """What does not agree."""

    POS_MISSING = "POS_MISSING", "No está en el POS", "Not in the POS"
    POS_TWICE = "POS_TWICE", "Está dos veces en el POS", "Twice in the POS"
    POS_AMOUNT = "POS_AMOUNT", "Otro monto en el POS", "Another amount in the POS"
    POS_NOT_VOIDED = "POS_NOT_VOIDED", "Anulada, y vigente en el POS", "Cancelled, not voided"
    POS_UNKNOWN = "POS_UNKNOWN", "Sólo está en el POS", "Only in the POS"
    DOCUMENT_MISSING = "DOCUMENT_MISSING", "El emisor no tiene el documento", "Issuer lacks it"
    DOCUMENT_TWICE = "DOCUMENT_TWICE", "Dos documentos de una venta", "Two documents of one sale"
    DOCUMENT_AMOUNT = "DOCUMENT_AMOUNT", "Otro monto en el documento", "Another amount in it"
    DOCUMENT_UNKNOWN = "DOCUMENT_UNKNOWN", "Documento sin venta", "A document without a sale"
    MAIL_MISSING = "MAIL_MISSING", "El documento no se envió", "The document was not mailed"


class Sold(Struct, frozen=True, kw_only=True):
    """A sale as MTD knows it."""

    order: str
    day: str
    """Local date on which it was placed."""
    total: Decimal
    state: str
    document: str | None
    """Its tax document, `39-101`, once that is kept."""
    is_posted: bool
    """The POS said that it booked it."""
    is_mailed: bool
    """The letter with the document is sent, or there was nobody to send it to."""


class Booked(Struct, frozen=True, kw_only=True):
    """A sale as the POS has it."""

    order: str
    day: str
    total: Decimal
    is_void: bool = False


class Issued(Struct, frozen=True, kw_only=True):
    """A sale's tax document as its issuer has it."""

    order: str
    day: str
    document: str
    total: Decimal


class Difference(Struct, frozen=True, kw_only=True):
    """One thing that does not agree."""

    kind: Kind
    order: str
    state: str
    """Of the sale; empty of what is no sale of ours."""
    ours: str
    """What MTD has, in figures."""
    theirs: str


def differences(
    day: str, sold: Sequence[Sold], booked: Sequence[Booked], issued: Sequence[Issued]
) -> list[Difference]:
    """All that does not agree about the sales of `day`, by order.

    `sold` holds the sales of that day and of the day before, so that what was booked after
    midnight finds its sale; `booked` and `issued` those of that day and of the next. What MTD
    has not done yet is under way, and no difference.
    """
    known = {one.order for one in sold}
    standing = [one for one in booked if not one.is_void]
    in_pos: dict[str, list[Booked]] = defaultdict(list)
    for row in standing:
        in_pos[row.order].append(row)
    at_issuer: dict[str, list[Issued]] = defaultdict(list)
    for document in issued:
        at_issuer[document.order].append(document)
    found = [*_strangers(day, known, standing, issued)]
    for sale in (one for one in sold if one.day == day):
        found += _of_pos(sale, in_pos[sale.order])
        found += _of_document(sale, at_issuer[sale.order])
        found += _of_mail(sale)
    return sorted(found, key=lambda one: (one.order, one.kind))


def _of_pos(sale: Sold, booked: Sequence[Booked]) -> Iterator[Difference]:
    is_cancelled = sale.state == OrderState.CANCELLED.value
    if is_cancelled and booked:
        yield _difference(Kind.POS_NOT_VOIDED, sale, sale.state, str(booked[0].total))
    if is_cancelled or not sale.is_posted:
        return
    if not booked:
        yield _difference(Kind.POS_MISSING, sale, str(sale.total), "")
    elif len(booked) > 1:
        yield _difference(Kind.POS_TWICE, sale, str(sale.total), f"{len(booked)} ×")
    elif booked[0].total != sale.total:
        yield _difference(Kind.POS_AMOUNT, sale, str(sale.total), str(booked[0].total))


def _of_document(sale: Sold, issued: Sequence[Issued]) -> Iterator[Difference]:
    if sale.document is None:
        return
    if len(issued) > 1:
        yield _difference(
            Kind.DOCUMENT_TWICE, sale, sale.document, ", ".join(d.document for d in issued)
        )
    elif sale.document not in [one.document for one in issued]:
        yield _difference(Kind.DOCUMENT_MISSING, sale, sale.document, "")
    elif issued[0].total != sale.total:
        yield _difference(Kind.DOCUMENT_AMOUNT, sale, str(sale.total), str(issued[0].total))


def _of_mail(sale: Sold) -> Iterator[Difference]:
    if sale.state == OrderState.CLOSED.value and not sale.is_mailed:
        yield _difference(Kind.MAIL_MISSING, sale, sale.document or "", "")


def _strangers(
    day: str, known: Collection[str], booked: Sequence[Booked], issued: Sequence[Issued]
) -> Iterator[Difference]:
    """What only others have, of that day."""
    for one in booked:
        if one.day == day and one.order not in known:
            yield _difference(Kind.POS_UNKNOWN, one, "", str(one.total))
    for one in issued:
        if one.day == day and one.order not in known:
            yield _difference(Kind.DOCUMENT_UNKNOWN, one, "", one.document)


def _difference(kind: Kind, of: Sold | Booked | Issued, ours: str, theirs: str) -> Difference:
    state = of.state if isinstance(of, Sold) else ""
    return Difference(kind=kind, order=of.order, state=state, ours=ours, theirs=theirs)
