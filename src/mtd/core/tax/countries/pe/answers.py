"""What the SUNAT, or an OSE in its place, answers: a receipt (CDR), a fault, or a status.

Return codes and their meaning: Manual del programador (R.S. 097-2012), §2.4 and §2.5, and the
SUNAT's catalogue of return codes. 0100 to 1999 are exceptions: nothing was stored. 2000 to 3999
reject, and the number is spent. 4000 and above are observations on what was accepted.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from mtd.core.tax.issuing import (
    Finding,
    FiscalOutcome,
    Known,
    OutcomeState,
    Submission,
    SubmissionState,
)
from mtd.core.tax.markup import Element, Unreadable, read

HOLDS_OTHER = "the authority holds another document under this number"

_CODE = re.compile(r"(?<![0-9])([0-9]{4})(?![0-9])")

UNAVAILABLE = frozenset(
    "0100 0109 0110 0130 0131 0132 0133 0134 0135 0136 0137 0138 0200 0201 0250 0251 0253 0254"
    .split()
)  # fmt: skip
"""The service failed by itself: nothing was stored, and the same may be sent again."""
REFUSES_US = frozenset("0101 0102 0103 0104 0105 0106 0111 0112 0113".split())
"""User, password or permission: no document is at fault, and none was stored."""
OTHER_DATA = "1033"
IN_DOUBT = frozenset({"0140", OTHER_DATA})
"""A document of that number is in process, or was registered before: ask what is held."""

SPENT = frozenset({"1032"})
"""The number was told before, and annulled or rejected: the document needs another one."""

EXCEPTIONS, REJECTIONS, OBSERVATIONS = 2000, 4000, 10_000
"""Codes below the first store nothing, below the second reject, below the third observe."""

ACCEPTED, REJECTED, VOIDED, HELD, ABSENT = "0001", "0002", "0003", "0004", "0011"
"""`statusCode` of getStatus and getStatusCdr."""
IN_PROCESS, DONE, DONE_WITH_ERRORS = "98", "0", "99"
"""`statusCode` of a ticket."""


class Receipt(Struct, frozen=True, kw_only=True):
    """A *constancia de recepción*: the authority's word on one document."""

    document: str
    """Series and number, as the receipt names them."""
    buyer: str
    """The number of the document of whoever it was made out to; empty where it is not told."""
    outcome: FiscalOutcome


def receipt(content: bytes) -> Receipt | None:
    """The CDR's XML; None when it cannot be read as one, which says nothing about the document.

    Response code 0 accepts, and notes of 4000 and above are observations; any other rejects.
    """
    found = read(content)
    if isinstance(found, Unreadable) or _local(found.root) != "ApplicationResponse":
        return None
    response = _first(found.root, "DocumentResponse", "Response")
    if response is None:
        return None
    code = _text(response, "ResponseCode").zfill(4)
    if not (code.isascii() and code.isdecimal()):
        return None
    notes = [(note.text or "").strip() for note in found.root if _local(note) == "Note"]
    told = tuple(match[1] for note in notes for match in _CODE.finditer(note[:20]))
    message = _text(response, "Description")
    recipient = _first(found.root, "DocumentResponse", "RecipientParty", "PartyIdentification")
    return Receipt(
        document=_text(response, "ReferenceID"),
        buyer=_bare(_text(recipient, "ID")) if recipient is not None else "",
        outcome=_outcome(code, told, message),
    )


def is_of(held: Receipt, content: bytes) -> bool:
    """Whether the receipt may be of this very document, and not of another of the same number.

    A receipt tells the buyer and no more: two documents that name nobody cannot be told apart.
    """
    ours = read(content)
    if isinstance(ours, Unreadable):
        return False
    party = ("AccountingCustomerParty", "Party", "PartyIdentification")
    named = _first(ours.root, *party)
    buyer = _text(named, "ID") if named is not None else ""
    return not held.buyer or held.buyer == _bare(buyer)


_AT_ONCE = {
    OutcomeState.ACCEPTED: SubmissionState.ACCEPTED,
    OutcomeState.ACCEPTED_WITH_OBJECTIONS: SubmissionState.ACCEPTED,
    OutcomeState.REJECTED: SubmissionState.REJECTED,
}


def told_at_once(held: Receipt) -> Submission:
    """A receipt as the answer to the sending itself: it is the last word."""
    outcome = held.outcome
    return Submission(
        state=_AT_ONCE[outcome.state],
        reference=held.document,
        codes=outcome.codes,
        message=outcome.message,
    )


def fault_answer(faultcode: str, message: str) -> Submission:
    """What a SOAP fault to a sending says; its code stands in `faultcode` or in its string."""
    match = _CODE.search(faultcode) or _CODE.search(message[:40])
    if match is None:
        return Submission(state=SubmissionState.UNKNOWN, message=message)
    code = match[1]
    if code in IN_DOUBT:
        state = SubmissionState.UNKNOWN
    elif code in UNAVAILABLE or code in REFUSES_US:
        state = SubmissionState.NOT_SENT
    else:
        state = SubmissionState.REJECTED
    return Submission(state=state, codes=(code,), message=message)


def fault_outcome(codes: Iterable[str], message: str) -> FiscalOutcome:
    """A rejection by a fault: an exception stored nothing, so the number is used again."""
    told = tuple(codes)
    kept = not told or int(told[0]) >= EXCEPTIONS or bool(SPENT & set(told))
    return FiscalOutcome(state=OutcomeState.REJECTED, codes=told, fixable=not kept, message=message)


def blames_content(codes: Iterable[str]) -> bool:
    """Whether these codes of a rejection are about what the document says: 2000 to 3999."""
    told = [code for code in codes if code.isdecimal()]
    return any(EXCEPTIONS <= int(code) < REJECTIONS for code in told)


def finding(status: str, message: str, held: Receipt | None, content: bytes) -> Finding:
    """The answer to getStatusCdr: the receipt itself where there is one, else the status.

    Under a number that another document than `content` has, ours was never taken: it needs another.
    """
    if held is not None and not is_of(held, content):
        other = FiscalOutcome(state=OutcomeState.REJECTED, codes=(OTHER_DATA,), message=HOLDS_OTHER)
        return Finding(Known.FOUND, other)
    if held is not None:
        return Finding(Known.FOUND, held.outcome)
    if status == ACCEPTED:
        outcome = FiscalOutcome(state=OutcomeState.ACCEPTED, codes=(status,), message=message)
        return Finding(Known.FOUND, outcome)
    if status in (REJECTED, VOIDED):
        outcome = FiscalOutcome(state=OutcomeState.REJECTED, codes=(status,), message=message)
        return Finding(Known.FOUND, outcome)
    return Finding(Known.NOT_FOUND if status == ABSENT else Known.CANNOT_TELL)


def _outcome(code: str, notes: tuple[str, ...], message: str) -> FiscalOutcome:
    if int(code) == 0 or REJECTIONS <= int(code) < OBSERVATIONS:
        observed = tuple(note for note in notes if int(note) >= REJECTIONS)
        codes = observed if int(code) == 0 else (code, *observed)
        state = OutcomeState.ACCEPTED_WITH_OBJECTIONS if codes else OutcomeState.ACCEPTED
        return FiscalOutcome(state=state, codes=codes or (code,), message=message)
    return FiscalOutcome(state=OutcomeState.REJECTED, codes=(code, *notes), message=message)


def _bare(identity: str) -> str:
    """The number without the kind of its document before it, as `6-20131312955` has it."""
    kind, dash, number = identity.partition("-")
    return number if dash and len(kind) == 1 and number else identity


def _first(root: Element, *path: str) -> Element | None:
    for name in path:
        inner = next((child for child in root if _local(child) == name), None)
        if inner is None:
            return None
        root = inner
    return root


def _text(element: Element, name: str) -> str:
    child = _first(element, name)
    return (child.text or "").strip() if child is not None else ""


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
