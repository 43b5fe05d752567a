"""An envelope's state: processed is not accepted."""

from msgspec import Struct

from mtd.core.tax.issuing import FiscalOutcome, OutcomeState

_ON_ITS_WAY = {
    "REC": "received",
    "SOK": "schema held",
    "CRT": "cover held",
    "FOK": "signature held",
    "PDR": "in process",
    "PRD": "in process",
}
_REFUSED = {
    "RSC": "the envelope breaks the schema",
    "RFR": "the envelope's signature is wrong",
    "RCT": "the envelope's cover is wrong",
    "RCH": "the envelope is rejected",
    "RCO": "the envelope is rejected as inconsistent",
}
"""Rejected as a whole: no document of it was stored, and each keeps its folio."""
_DOUBTFUL = {
    "RPT": "the envelope was received before",
    "VOF": "the SII has no such file",
}
PROCESSED = "EPR"


class Counts(Struct, frozen=True, kw_only=True):
    """What an answer tells of an envelope's documents."""

    informed: int
    accepted: int
    rejected: int
    objected: int

    @property
    def complete(self) -> bool:
        """Whether every document was judged."""
        return self.accepted + self.rejected + self.objected == self.informed > 0


def envelope_outcome(state: str, counts: Counts | None = None) -> FiscalOutcome:
    """How each document of the envelope stands, as far as its state can tell.

    `EPR` says no more than that it was worked through. Only when all documents share one fate do
    the counts tell each one's; else each must be asked after (`UNKNOWN`).
    """
    code = state.strip().upper()
    if message := _ON_ITS_WAY.get(code):
        return FiscalOutcome(state=OutcomeState.PENDING, codes=(code,), message=message)
    if message := _REFUSED.get(code):
        return FiscalOutcome(
            state=OutcomeState.REJECTED, codes=(code,), fixable=True, message=message
        )
    if code == PROCESSED and counts is not None and counts.complete:
        return _shared_fate(counts)
    message = _DOUBTFUL.get(code, "each document must be asked after")
    return FiscalOutcome(state=OutcomeState.UNKNOWN, codes=(code,) if code else (), message=message)


def _shared_fate(counts: Counts) -> FiscalOutcome:
    fates = (
        (counts.accepted, OutcomeState.ACCEPTED),
        (counts.objected, OutcomeState.ACCEPTED_WITH_OBJECTIONS),
        (counts.rejected, OutcomeState.REJECTED),
    )
    for count, state in fates:
        if count == counts.informed:
            # Why it was rejected is not told here, so nobody can say that it may be corrected.
            return FiscalOutcome(state=state, codes=(PROCESSED,))
    return FiscalOutcome(
        state=OutcomeState.UNKNOWN,
        codes=(PROCESSED,),
        message=f"{counts.rejected} of {counts.informed} rejected: each must be asked after",
    )
