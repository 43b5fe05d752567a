"""The tax authority (SII): takes envelopes, really judges them, and answers for them later."""

import asyncio
import os
from collections.abc import Mapping
from datetime import date

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from lxml import etree

from mtd.simulators.announcer import Event
from mtd.simulators.clock import now_s
from mtd.simulators.settings import BadSettings
from mtd.simulators.sii.archive import PROCESSED, STAGES, Archive, Envelope, Held, Identity
from mtd.simulators.sii.checking import (
    NOT_SIGNED,
    TOTALS,
    Judgement,
    Schemas,
    Upload,
    judged,
)
from mtd.simulators.sii.clock import AuthorityClock
from mtd.simulators.sii.filing import BadFiling, Filing, Paper, read_filing
from mtd.simulators.sii.gate import Gate
from mtd.simulators.sii.issuing import IDK, Office
from mtd.simulators.sii.stamps import EXPIRED
from mtd.simulators.world import World

STAGE_S = 60.0
SILENCE_S = 30.0
"""How long an upload that is stored late keeps silent."""
SCHEMAS = "MTD_SII_SCHEMAS"
OBJECTION = "HED-1-210"
"""What is objected to on order; a number of this simulator's own."""
REFUSALS = {"schema": "RSC", "cover": "RCT", "signature": "RFR"}
ON_A_DOCUMENT = frozenset({"rejected", "objected", "expired_caf", "repeated", "other_data"})
"""Verdicts that befall one document of the envelope, by chance."""
UPLOAD_VERDICTS = frozenset({*REFUSALS, *ON_A_DOCUMENT, "stuck", "stored_late", "page", "denied"})


class Doom(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be found in a document, whenever it comes."""

    issuer: str
    code: str
    folio: int
    fault: str
    """Such as `DTE-3-505`; `objected:HED-1-210` for an objection."""
    times: int = 1


class Authority:
    """Everything behind the authority's doors."""

    def __init__(self, world: World) -> None:
        self.clock = AuthorityClock(now_s)
        self.gates = {False: Gate(self.clock.now_s), True: Gate(self.clock.now_s)}
        """By whether the channel is the boletas'."""
        self.archive = Archive(world.option("first_track", int, _fresh_track()))
        self.office = Office()
        self.stage_s = world.delay_s("stage", STAGE_S)
        self.silence_s = world.delay_s("silence", SILENCE_S)
        self._world = world
        self._companies = world.option("companies", dict[str, list[str]], {})
        self._keys = {IDK: self.office.key.public_key()} | _keys(
            world.option("trusted_keys", dict[str, str], {})
        )
        self.schemas = _schemas(world.option("schemas", str, os.environ.get(SCHEMAS, "")))
        self._dooms: dict[Identity, tuple[str, int]] = {}
        self._judging = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def admits(self, company: str) -> bool:
        """Whether the company may send electronic documents at all."""
        return not self._companies or company in self._companies

    def may_send(self, sender: str, company: str) -> bool:
        """Whether that person may send for the company."""
        return not self._companies or sender in self._companies.get(company, ())

    def doom(self, doom: Doom) -> None:
        """Find this in that document, so many times."""
        self._dooms[doom.issuer, doom.code, doom.folio] = (doom.fault, doom.times)

    def trust(self, idk: int, pem: str) -> None:
        """Accept the ranges of another authority's key too."""
        self._keys |= _keys({str(idk): pem})

    def take(self, upload: Upload, content: bytes, verdict: str | None) -> Envelope:
        """Store it under a track id; it is judged from now on."""
        envelope = self.archive.receive(
            upload.company, upload.sender, content, self.clock.now_s(), by_rest=upload.by_rest
        )
        envelope.stuck = verdict == "stuck"
        task = asyncio.get_running_loop().create_task(
            self._judge(envelope, upload, content, verdict)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return envelope

    def take_later(self, upload: Upload, content: bytes) -> None:
        """Keep silent, and store it when nobody counts on it any more."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.silence_s, lambda: self.take(upload, content, None))

    def release(self) -> None:
        """Let go of every envelope that is stuck."""
        for envelope in self.archive.envelopes.values():
            if envelope.stuck:
                envelope.stuck = False
                self._tell(envelope)

    def state_of(self, envelope: Envelope) -> str:
        """Where an envelope stands now."""
        return envelope.state(self.clock.now_s(), self.stage_s)

    def envelope(self, company: str, track: str, *, by_rest: bool) -> Envelope | None:
        """The envelope of that company and channel."""
        found = self.archive.envelopes.get(track.zfill(10))
        mine = found is not None and (found.company, found.by_rest) == (company, by_rest)
        return found if mine else None

    def document_state(self, identity: Identity, buyer: str, day: str, total: int) -> str:
        """DOK, DNK or FAU, or how it was objected to: what is held against what is asked.

        A document is held from when its envelope is processed.
        """
        held = self.held(identity)
        if held is None:
            return "FAU"
        paper = held.paper
        same = (paper.buyer, paper.day, paper.total) == (buyer, day, total)
        return held.state if same else "DNK"

    def held(self, identity: Identity) -> Held | None:
        """The document, once it is held for good."""
        held = self.archive.documents.get(identity)
        envelope = None if held is None else self.archive.envelopes.get(held.track)
        if envelope is not None and self.state_of(envelope) != PROCESSED:
            return None
        return held

    async def _judge(
        self, envelope: Envelope, upload: Upload, content: bytes, verdict: str | None
    ) -> None:
        """Envelopes are judged one after the other, away from the answering thread."""
        async with self._judging:
            loop = asyncio.get_running_loop()
            today = self.clock.now().date()
            found = await loop.run_in_executor(None, self._read, content, upload, today)
            if isinstance(found, str):
                envelope.refusal, envelope.reason, envelope.judged = "RSC", found, True
            else:
                filing, judgement = found
                envelope.papers = filing.papers
                self._settle(envelope, judgement, verdict)
            self._tell(envelope)

    def _read(self, content: bytes, upload: Upload, today: date) -> tuple[Filing, Judgement] | str:
        try:
            filing = read_filing(content)
        except BadFiling as error:
            return str(error)
        return filing, judged(filing, upload, schemas=self.schemas, keys=self._keys, today=today)

    def _settle(self, envelope: Envelope, judgement: Judgement, verdict: str | None) -> None:
        refusal = judgement.refusal
        if refusal is None and verdict in REFUSALS:
            refusal = (REFUSALS[verdict], "a pedido")
        if refusal is not None:
            envelope.refusal, envelope.reason = refusal
            envelope.judged = True
            return
        faults = [
            found or self._doomed(paper)
            for paper, found in zip(envelope.papers, judgement.faults, strict=True)
        ]
        if verdict in ON_A_DOCUMENT:
            self._befall(envelope, faults, verdict)
        self.archive.settle(envelope, faults)

    def _doomed(self, paper: Paper) -> tuple[str, ...]:
        fault, times = self._dooms.get(paper.identity, ("", 0))
        if times <= 0:
            return ()
        self._dooms[paper.identity] = (fault, times - 1)
        return (fault,)

    def _befall(
        self, envelope: Envelope, faults: list[tuple[str, ...]], verdict: str | None
    ) -> None:
        """One document of the envelope, drawn by chance, suffers the verdict."""
        draw = self._world.chance("document", envelope.track)
        index = int(draw * len(envelope.papers))
        paper = envelope.papers[index]
        if verdict in ("repeated", "other_data"):
            other = verdict == "other_data"
            known = msgspec.structs.replace(paper, total=paper.total + 1, content=b"")
            held = Held(known if other else paper, "", "DOK", envelope.received_s, foreign=other)
            self.archive.documents.setdefault(paper.identity, held)
            return
        faults[index] = {
            "objected": (f"objected:{OBJECTION}",),
            "expired_caf": (EXPIRED,),
        }.get(verdict or "", (NOT_SIGNED if draw * 2 % 1 < 0.5 else TOTALS,))

    def _tell(self, envelope: Envelope) -> None:
        """The mail with the result, once the envelope is processed."""
        if envelope.stuck:
            return
        passed_s = self.clock.now_s() - envelope.received_s
        payload = {
            "track_id": envelope.track,
            "issuer": envelope.company,
            "state": envelope.refusal or PROCESSED,
            "documents": [
                {
                    "type": fate.paper.code,
                    "folio": fate.paper.folio,
                    "state": fate.state,
                    "codes": list(fate.codes),
                }
                for fate in envelope.fates
                if fate.state != "DOK"
            ],
        }
        event = Event(
            name="SiiEnvelopeProcessed",
            key=envelope.track,
            payload=payload,
            after_s=max(0.0, self.stage_s * len(STAGES) - passed_s),
        )
        self._world.announcer.tell(envelope.track, [event])


def _keys(given: Mapping[str, str]) -> dict[int, RSAPublicKey]:
    keys: dict[int, RSAPublicKey] = {}
    for idk, pem in given.items():
        try:
            key = load_pem_public_key(pem.encode())
        except ValueError:
            key = None
        if not idk.isdecimal() or not isinstance(key, RSAPublicKey):
            raise BadSettings(f"systems.sii.options.trusted_keys.{idk}: not a number's RSA key")
        keys[int(idk)] = key
    return keys


def _schemas(folder: str) -> Schemas:
    try:
        return Schemas(folder or None)
    except (OSError, etree.LxmlError) as error:
        raise BadSettings(f"systems.sii.options.schemas: {error}") from error


def _fresh_track() -> int:
    """A first track id of ten digits that no run of the last months has reached."""
    return int(now_s() % 1e6) * 1_000 + 1
