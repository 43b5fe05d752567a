"""One document's state: accepted, objected to, rejected, or not there at all."""

from collections.abc import Iterable

from mtd.core.tax.issuing import Finding, FiscalOutcome, Known, OutcomeState

REPEATED = frozenset({"DTE-3-100", "DTE-3-101"})
"""The folio was received before, with the same or with other data: ask what is held."""
SPENT = frozenset({"CAF-3-517"})
"""The folio's range has expired: the document needs another folio."""

_FATES: dict[str, tuple[OutcomeState, str]] = {
    "DOK": (OutcomeState.ACCEPTED, "received, and its data agree"),
    "RLV": (OutcomeState.ACCEPTED_WITH_OBJECTIONS, "accepted with slight objections"),
    "RPR": (OutcomeState.ACCEPTED_WITH_OBJECTIONS, "accepted with objections"),
    "RCH": (OutcomeState.REJECTED, "rejected"),
    "DNK": (OutcomeState.REJECTED, "the folio was received with other data"),
    "FNA": (OutcomeState.REJECTED, "the folio is not authorised"),
    "FAN": (OutcomeState.REJECTED, "the folio was annulled"),
    "EMP": (OutcomeState.REJECTED, "the company is not authorised"),
    "TMD": (OutcomeState.ACCEPTED, "its text was corrected by a debit note"),
    "TMC": (OutcomeState.ACCEPTED, "its text was corrected by a credit note"),
    "MMD": (OutcomeState.ACCEPTED, "its amounts were corrected by a debit note"),
    "MMC": (OutcomeState.ACCEPTED, "its amounts were corrected by a credit note"),
    "AND": (OutcomeState.ACCEPTED, "it was annulled by a debit note"),
    "ANC": (OutcomeState.ACCEPTED, "it was annulled by a credit note"),
}
NOT_RECEIVED = "FAU"


def document_outcome(state: str, reasons: Iterable[str] = ()) -> FiscalOutcome:
    """How a document stands by its state and the codes of what was found wrong with it."""
    code = state.strip().upper()
    told = tuple(dict.fromkeys(reason.strip().upper() for reason in reasons))
    codes = (*told, code) if code else told
    fate, message = _FATES.get(code, (OutcomeState.UNKNOWN, "an unknown state"))
    if fate is OutcomeState.REJECTED and REPEATED & set(told):
        message = "the folio was received before: ask what is held"
        return FiscalOutcome(state=OutcomeState.UNKNOWN, codes=codes, message=message)
    # Only RCH says that nothing was kept; the other refusals are about the folio itself.
    fixable = code == "RCH" and bool(told) and not SPENT & set(told)
    return FiscalOutcome(state=fate, codes=codes, fixable=fixable, message=message)


def document_finding(state: str, reasons: Iterable[str] = ()) -> Finding:
    """The same as an answer to `find`: that nothing was received is an answer too."""
    if state.strip().upper() == NOT_RECEIVED:
        return Finding(Known.NOT_FOUND)
    outcome = document_outcome(state, reasons)
    if outcome.state is OutcomeState.UNKNOWN:
        return Finding(Known.CANNOT_TELL)
    return Finding(Known.FOUND, outcome)
