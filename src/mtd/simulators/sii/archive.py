"""What the authority has received: envelopes by track id, documents by issuer, type and folio."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from mtd.simulators.sii.filing import Paper

REPEATED = "DTE-3-100"
OTHER = "DTE-3-101"
STAGES = ("REC", "SOK", "CRT", "FOK", "PDR")
"""What an envelope passes before it is processed."""
REFUSED_AFTER = {"RSC": 1, "RCT": 2, "RFR": 3}
"""How many stages an envelope that is refused so had passed."""
PROCESSED = "EPR"

Identity = tuple[str, str, int]


class Fate(msgspec.Struct):
    """What was made of one document of one envelope."""

    paper: Paper
    state: str = "DOK"
    """DOK, RPR or RLV (objected), RCH."""
    codes: tuple[str, ...] = ()


class Envelope(msgspec.Struct, kw_only=True):
    """One upload that was given a track id."""

    track: str
    company: str
    sender: str
    by_rest: bool
    received_s: float
    digest: bytes
    papers: tuple[Paper, ...] = ()
    refusal: str | None = None
    reason: str = ""
    fates: list[Fate] = []
    judged: bool = False
    stuck: bool = False

    def state(self, now_s: float, stage_s: float) -> str:
        """Where it stands: a stage takes `stage_s`, and what is not judged yet stays received."""
        if not self.judged:
            return STAGES[0]
        last = len(STAGES) if self.refusal is None else REFUSED_AFTER[self.refusal]
        age_s = max(0.0, now_s - self.received_s)
        passed = last if stage_s <= 0 else min(int(age_s / stage_s), last)
        if self.stuck:
            return STAGES[min(passed, STAGES.index("CRT"))]
        if passed < last:
            return STAGES[passed]
        return PROCESSED if self.refusal is None else self.refusal

    def counts(self) -> dict[str, tuple[int, int, int, int]]:
        """By type: informed, accepted, rejected, objected."""
        told: dict[str, tuple[int, int, int, int]] = {}
        for fate in self.fates:
            informed, accepted, rejected, objected = told.get(fate.paper.code, (0, 0, 0, 0))
            told[fate.paper.code] = (
                informed + 1,
                accepted + (fate.state == "DOK"),
                rejected + (fate.state == "RCH"),
                objected + (fate.state in ("RPR", "RLV")),
            )
        return told


class Held(msgspec.Struct, frozen=True):
    """A document that the authority holds: accepted, with or without objections."""

    paper: Paper
    track: str
    state: str
    received_s: float
    foreign: bool = False
    """On order: not what was sent here, but something else under its folio."""


class Archive:
    """Everything that was received; a folio is held once."""

    def __init__(self, first_track: int) -> None:
        self._next_track = first_track
        self.envelopes: dict[str, Envelope] = {}
        self.documents: dict[Identity, Held] = {}
        self.rejected: list[tuple[Identity, tuple[str, ...]]] = []
        """Each document that was rejected, as often as it was."""
        self._by_digest: dict[tuple[str, bytes], str] = {}

    def receive(
        self, company: str, sender: str, content: bytes, now_s: float, *, by_rest: bool
    ) -> Envelope:
        """A new envelope with a track id of ten digits."""
        envelope = Envelope(
            track=f"{self._next_track:010d}",
            company=company,
            sender=sender,
            by_rest=by_rest,
            received_s=now_s,
            digest=sha256(content).digest(),
        )
        self._next_track += 1
        self.envelopes[envelope.track] = envelope
        self._by_digest[company, envelope.digest] = envelope.track
        return envelope

    def received_before(self, company: str, content: bytes) -> bool:
        """Whether these very bytes were received already."""
        return (company, sha256(content).digest()) in self._by_digest

    def settle(self, envelope: Envelope, faults: Sequence[tuple[str, ...]]) -> None:
        """Each document's fate, in order; a folio that was seen before is told before all else."""
        for paper, found in zip(envelope.papers, faults, strict=True):
            held = self.documents.get(paper.identity)
            if held is not None:
                same = held.paper.content == paper.content
                self._reject(envelope, paper, (REPEATED if same else OTHER,))
            elif found and not found[0].startswith("objected"):
                self._reject(envelope, paper, found)
            else:
                state = "RPR" if found else "DOK"
                codes = tuple(found[0].split(":")[1:]) if found else ()
                envelope.fates.append(Fate(paper, state, codes))
                self.documents[paper.identity] = Held(
                    paper, envelope.track, state, envelope.received_s
                )
        envelope.judged = True

    def _reject(self, envelope: Envelope, paper: Paper, codes: tuple[str, ...]) -> None:
        envelope.fates.append(Fate(paper, "RCH", codes))
        self.rejected.append((paper.identity, codes))
