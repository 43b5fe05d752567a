"""A case: one step's business with one document, and how it is told to the drawing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mtd.connectors.contract import Attempt
from mtd.connectors.desk import Desk
from mtd.connectors.requests import KINDS, Sale
from mtd.connectors.tax.issuers import Issuers, NativeIssuer
from mtd.connectors.wire import Wire, desk_of
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Failed, Refused
from mtd.core.tax.document import DEAD, DocumentKey, DocumentState, TaxDocument
from mtd.core.tax.issuing import FiscalFault, Invalid

RECEIPT, INVOICE = "RECEIPT", "INVOICE"
GUIDE, CREDIT_NOTE, DEBIT_NOTE = "DISPATCH_GUIDE", "CREDIT_NOTE", "DEBIT_NOTE"
UNDER_WAY = (DocumentState.SIGNED, DocumentState.SENT)
FAULTS_TOLD = 5

NOTHING: dict[str, Any] = {
    "track_id": None,
    "folio": None,
    "document_type": None,
    "document_state": None,
}
"""Outputs where there is no document."""


class Case(Struct, frozen=True, kw_only=True):
    """What every operation begins with."""

    attempt: Attempt
    order: PurchaseOrder
    desk: Desk
    issuer: NativeIssuer
    documents: tuple[TaxDocument, ...]
    """All of this instance, oldest first."""
    at: datetime | None = None
    """The moment that the document bears; None: this one."""

    @classmethod
    async def opened(
        cls, attempt: Attempt, order: PurchaseOrder, wire: Wire, issuers: Issuers
    ) -> "Case | Failed":
        """The case; Failed where nobody issues natively for the order's store."""
        issuer = issuers.native.get(issuers.name(order.store))
        if issuer is None:
            return Failed(f"issuers: the store {order.store} has none that MTD issues for")
        desk = desk_of(wire)
        documents = tuple(await desk.documents())
        return cls(attempt=attempt, order=order, desk=desk, issuer=issuer, documents=documents)

    @property
    def kind(self) -> str:
        """The kind of document that the step is about."""
        wanted = self.attempt.inputs.get("document_kind")
        return str(wanted or self.order.buyer_document.kind.value)

    @property
    def sale(self) -> Sale:
        """The order as it is documented at this moment."""
        return Sale(order=self.order, issuer=self.issuer.name, at=self.at or self.desk.now())

    @property
    def types(self) -> tuple[str, ...]:
        """The issuer's codes of the kind that the step is about; none of what it does not issue."""
        return self.types_of(self.kind)

    def types_of(self, kind: str) -> tuple[str, ...]:
        """The issuer's codes of that kind."""
        known = KINDS.get(kind)
        return () if known is None else self.issuer.practice.types.get(known, ())

    def of_kind(self) -> list[TaxDocument]:
        """The documents of the kind that the step is about, oldest first."""
        return [one for one in self.documents if one.type_code in self.types]

    def named(self) -> TaxDocument | None:
        """The document that the inputs name by `folio`, else the one of the kind that counts most.

        A living one, else the latest that was not voided.
        """
        folio = self.attempt.inputs.get("folio")
        mine = self.of_kind()
        if folio:
            return numbered_as(mine, folio)
        alive = [one for one in mine if one.state not in DEAD]
        dead = [one for one in mine if one.state is DocumentState.REJECTED]
        return next(iter(reversed(alive or dead)), None)

    def mine(self) -> TaxDocument | None:
        """The document whose folio this very step took."""
        return next((one for one in self.documents if one.effect == self.desk.effect), None)


def numbered_as(documents: Iterable[TaxDocument], folio: object) -> TaxDocument | None:
    """The one of these documents that a drawing knows by that number."""
    return next((one for one in documents if str(one.key.told) == str(folio)), None)


def with_kind(case: Case, kind: str) -> Case:
    """The case of a step that is about that kind whatever its inputs say."""
    inputs = {**case.attempt.inputs, "document_kind": kind}
    return replace(case, attempt=replace(case.attempt, inputs=inputs))


def outputs(document: TaxDocument) -> dict[str, Any]:
    """What a drawing is told of a document."""
    return told(document.key, document.state)


def told(key: DocumentKey, state: DocumentState) -> dict[str, Any]:
    """As `outputs`, of a document that is being written; signed is on its way to the authority."""
    shown = DocumentState.SENT if state is DocumentState.SIGNED else state
    return {
        "track_id": key.tracking_id,
        "folio": key.told,
        "document_type": int(key.type_code),
        "document_state": shown.value,
    }


def refused(case: Case, invalid: Invalid) -> Refused:
    """A request that makes no lawful document: BUYER_DATA where only the buyer is wrong."""
    buyer = case.issuer.practice.buyer_field
    of_buyer = all(buyer in fault.field for fault in invalid.faults)
    cause = "BUYER_DATA" if of_buyer else "SCHEMA"
    return Refused(cause, faults_told(invalid.faults), {"cause": cause})


def faults_told(faults: Iterable[FiscalFault]) -> str:
    """The first faults in words; they name fields and lines, and quote no values of people."""
    all_faults = list(faults)
    words = "; ".join(map(str, all_faults[:FAULTS_TOLD]))
    more = len(all_faults) - FAULTS_TOLD
    return f"{words}; and {more} more" if more > 0 else words
