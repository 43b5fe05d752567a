"""The answer to an upload: only a STATUS 0 with a track id says that something arrived."""

from mtd.core.tax.countries.cl.verifying.filing import child_text, local
from mtd.core.tax.issuing import Submission, SubmissionState
from mtd.core.tax.markup import Unreadable, read

_STATES: dict[str, tuple[SubmissionState, str]] = {
    "1": (SubmissionState.REJECTED, "the sender has no permission"),
    "2": (SubmissionState.REJECTED, "the file has a wrong size"),
    "3": (SubmissionState.NOT_SENT, "the file arrived truncated"),
    "5": (SubmissionState.NOT_SENT, "the token is not, or no longer, valid"),
    "6": (SubmissionState.REJECTED, "the company is not authorised"),
    "7": (SubmissionState.REJECTED, "the file breaks the schema"),
    "8": (SubmissionState.REJECTED, "the file's signature is wrong"),
    "9": (SubmissionState.UNKNOWN, "the SII failed internally"),
    "99": (SubmissionState.UNKNOWN, "the file was received before"),
}
"""STATUS of `RECEPCIONDTE`. What may have been stored is unknown, not failed."""


def upload_answer(content: bytes) -> Submission:
    """What an answer of DTEUpload says; a page without STATUS says nothing, and so is unknown."""
    found = read(content)
    if isinstance(found, Unreadable) or local(found.root) != "RECEPCIONDTE":
        return _unknown("the answer has no RECEPCIONDTE")
    status = child_text(found.root, "STATUS")
    if status == "0":
        track = child_text(found.root, "TRACKID")
        if not (track.isdecimal() and track.isascii()):
            return _unknown("STATUS 0 without a track id")
        return Submission(state=SubmissionState.PENDING, reference=track, codes=("0",))
    state, message = _STATES.get(status, (SubmissionState.UNKNOWN, "an unknown STATUS"))
    return Submission(state=state, codes=(status,) if status else (), message=message)


def _unknown(message: str) -> Submission:
    return Submission(state=SubmissionState.UNKNOWN, message=message)
