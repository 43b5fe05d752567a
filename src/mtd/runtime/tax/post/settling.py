"""Settling: what the authority said of a document is noted and told to its order, exactly once.

The note and the message are one transaction, and a note that is no news changes nothing: whoever
hears the same answer again tells nobody.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from mtd.connectors.tax.issuers import type_codes
from mtd.core.tax.document import DocumentKey, DocumentState
from mtd.core.tax.issuing import FiscalOutcome, OutcomeState
from mtd.core.tax.request import FiscalKind
from mtd.runtime.tax.post.counter import Counter
from mtd.store.sessions import Connection
from mtd.store.tax import envelopes, tax_documents
from mtd.store.tax.mail import Message
from mtd.store.tax.tax_documents import Annulled, Changed, Settled

STATUS_CHANGED = "DteStatusChanged"
CREDIT_NOTE_ANNULLED = "CreditNoteAnnulled"
"""The message to the order, keyed by it, whose credit note a debit note annulled."""
TTL_S = 86_400.0
"""How long it waits for an order that is not yet there to hear it."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NOTES = (FiscalKind.CREDIT_NOTE, FiscalKind.DEBIT_NOTE)
_STATES = {
    OutcomeState.ACCEPTED: DocumentState.ACCEPTED,
    OutcomeState.ACCEPTED_WITH_OBJECTIONS: DocumentState.ACCEPTED_WITH_OBJECTIONS,
    OutcomeState.REJECTED: DocumentState.REJECTED,
}


def fate(key: DocumentKey, outcome: FiscalOutcome) -> Settled | None:
    """What becomes of a document; None while nothing is settled.

    A rejection that nothing can mend under its folio voids the document: its folio stays its
    order's, is accounted for, and the order takes another.
    """
    state = _STATES.get(outcome.state)
    if state is None:
        return None
    if state is DocumentState.REJECTED and not outcome.fixable:
        state = DocumentState.VOIDED
    return Settled(key=key, state=state, codes=" ".join(outcome.codes), reason=outcome.message)


async def settle(
    counter: Counter, connection: Connection, tenant: int, fates: Sequence[Settled]
) -> list[Changed]:
    """Note the fates, and tell the orders of those that are news."""
    if not fates:
        return []
    credit_notes, debit_notes = (type_codes(counter.issuers.values(), kind) for kind in _NOTES)
    changed = await tax_documents.settle(connection, fates)
    annulled = await tax_documents.cancel(connection, [one.key for one in fates], debit_notes)
    notes = credit_notes | debit_notes
    voided = [
        one.key for one in changed if one.state is DocumentState.VOIDED and one.type_code in notes
    ]
    if voided:
        await envelopes.give_back(connection, tenant, voided, credit_notes)
    reasons = {one.key: one.reason for one in fates}
    messages = [_message(counter, one, reasons.get(one.key, "")) for one in changed]
    await envelopes.publish(connection, tenant, STATUS_CHANGED, messages, TTL_S)
    told = [_annulment(counter, one) for one in annulled if one.order]
    await envelopes.publish(connection, tenant, CREDIT_NOTE_ANNULLED, told, TTL_S)
    return changed


def _annulment(counter: Counter, note: Annulled) -> Message:
    payload = {
        "track_id": note.key.tracking_id,
        "document_type": int(note.type_code),
        "folio": note.key.told,
        "annulled": note.total,
    }
    return Message(id=counter.new_id(), key=note.order, payload=_ENCODER.encode(payload))


def _message(counter: Counter, changed: Changed, reason: str) -> Message:
    """To an order, a document that was voided was rejected: it has to get another."""
    voided = changed.state is DocumentState.VOIDED
    payload: dict[str, Any] = {
        "track_id": changed.key.tracking_id,
        "document_type": int(changed.type_code),
        "folio": changed.key.told,
        "document_state": DocumentState.REJECTED if voided else changed.state,
        "sii_code": changed.codes.partition(" ")[0] or None,
        "reason": reason,
    }
    return Message(
        id=counter.new_id(), key=changed.key.tracking_id, payload=msgspec.json.encode(payload)
    )
