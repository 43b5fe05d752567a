"""Vouching: where a card's voucher already is the receipt, as the issuer declared.

Whoever issues is asked for the rest, or for nothing: the policy is the issuer's, and no provider's.
"""

from typing import Any

from msgspec.structs import replace

from mtd.connectors.contract import Attempt, Connector
from mtd.connectors.requests import payments
from mtd.connectors.tax.issuers import Issuers
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done
from mtd.core.tax.document import DocumentState
from mtd.core.tax.vouchers import Coverage, coverage

RECEIPT, CREDIT_NOTE = "RECEIPT", "CREDIT_NOTE"
VOUCHER = "-voucher-"
"""In the track id of a sale that has no document but its vouchers."""
ISSUING = frozenset({"plan", "number", "build", "send", "issue"})
ASKING = frozenset({"status", "fetch"})
"""What may be asked of a sale whose document is its voucher."""
BY_VOUCHER = "by_voucher"
"""The input by which a provider is told what part of a sale is documented already."""


def vouched(operation: str, connector: Connector, issuers: Issuers) -> Connector:
    """The operation of a provider that knows nothing of vouchers, heeding the issuer's policy."""

    async def run(attempt: Attempt, wire: Wire) -> Answer:
        if operation in ASKING and VOUCHER in str(attempt.inputs.get("track_id") or ""):
            return Done(_said(operation))
        covered = _coverage(operation, attempt, issuers)
        if covered is None or not covered.by_voucher:
            return await connector.run(attempt, wire)
        noting = _is_note(operation, attempt)
        if operation in ISSUING and not covered.needs_receipt and not noting:
            store = attempt.order.store if attempt.order is not None else ""
            return Done(by_voucher(issuers.name(store), attempt, covered))
        inputs = {**attempt.inputs, BY_VOUCHER: covered.by_voucher}
        return await connector.run(replace(attempt, inputs=inputs), wire)

    return replace(connector, run=run)


def by_voucher(issuer: str, attempt: Attempt, covered: Coverage) -> dict[str, Any]:
    """The sale is documented: the drawing goes on as after an accepted document."""
    return {
        "track_id": f"{issuer}{VOUCHER}{attempt.key.partition(':')[0]}",
        "folio": None,
        "document_type": None,
        "document_state": DocumentState.ACCEPTED.value,
        "by_voucher": covered.by_voucher,
        "by_receipt": covered.by_receipt,
    }


def _coverage(operation: str, attempt: Attempt, issuers: Issuers) -> Coverage | None:
    """What vouchers document of the receipt that is asked for, or noted; None of anything else."""
    order, inputs = attempt.order, attempt.inputs
    if order is None:
        return None
    noting = _is_note(operation, attempt) and operation != "credit_note"
    named = inputs.get("corrected_kind" if noting else "document_kind")
    if (named or order.buyer_document.kind.value) != RECEIPT:
        return None
    return coverage(issuers.voucher_policy(order.store), payments(order))


def _is_note(operation: str, attempt: Attempt) -> bool:
    return operation == "credit_note" or attempt.inputs.get("document_kind") == CREDIT_NOTE


def _said(operation: str) -> dict[str, Any]:
    """Of a sale without a document of its own."""
    if operation == "fetch":
        return {"url": None, "xml_url": None}
    return {
        "track_id": None,
        "folio": None,
        "document_type": None,
        "document_state": DocumentState.ACCEPTED.value,
        "sii_code": None,
    }
