"""The SUNAT's services over real SOAP: what is sent once is registered once, whatever happens."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
import pytest

from mtd.connectors.settings import LegacySettings
from mtd.connectors.sunat import find, submit
from mtd.connectors.wire import Wire, Wires
from mtd.core.tax.countries.pe.building import AUTHORITY, build
from mtd.core.tax.countries.pe.planning import series_of
from mtd.core.tax.issuing import (
    FiscalNumber,
    Known,
    OutcomeState,
    SignedArtifact,
    Submission,
    SubmissionState,
)
from mtd.core.tax.request import Buyer, Correction, FiscalRequest, Reference
from mtd.simulators.ledger import Outcome
from mtd.simulators.settings import TownSettings
from mtd.simulators.town import Running, serve
from tests.core.tax.countries.pe.asking import (
    EVERY_SHAPE,
    ISSUER,
    credit_note,
    invoice,
    line,
    planned,
    receipt,
    the_signer,
)

USER, PASSWORD = f"{ISSUER.ruc}MODDATOS", "a-password-nobody-may-see"
QUIET = {"latency_scale": 0, "time_scale": 0, "default_faults": False, "run": "t"}
CREDENTIALS = {"user": USER, "password": PASSWORD}
PATIENCE_S = 10.0
HURRY_S = 1.0
"""Where no answer ever comes."""


class Talk:
    """One issuer's conversation with the simulated SUNAT."""

    def __init__(self, town: Running, wires: Wires, session: aiohttp.ClientSession) -> None:
        self.town = town
        self._wires = wires
        self._session = session
        self.wire = wires.wire("sunat")

    async def send(self, content: bytes, number: FiscalNumber, kind: str) -> Submission:
        self.wire = self._wires.wire("sunat")
        told = await submit(self.wire, ISSUER.ruc, kind, number, content)
        return told.submission

    async def find(
        self, number: FiscalNumber, kind: str = "03", content: bytes | None = None
    ) -> tuple[Known, str]:
        self.wire = self._wires.wire("sunat")
        ours = document(receipt())[0] if content is None else content
        found = await find(self.wire, ISSUER.ruc, kind, number, ours)
        return found.known, "" if found.outcome is None else found.outcome.state.value

    async def befall(self, *faults: str) -> None:
        url = f"{self.town.control_url}/sunat/__control"
        script = [{"fault": fault} for fault in faults]
        async with self._session.post(url, json={"script": script}) as answer:
            assert answer.status == 200, await answer.text()

    def registered(self) -> int:
        return len(self.town.stations["sunat"].ledger.effects())

    def duplicates(self) -> int:
        return len(self.town.stations["sunat"].ledger.duplicates)


@asynccontextmanager
async def talking(timeout_s: float = PATIENCE_S, **options: Any) -> AsyncGenerator[Talk]:
    settings = {**QUIET, "systems": {"sunat": {"options": {**CREDENTIALS, **options}}}}
    running = await serve(msgspec.convert(settings, TownSettings))
    legacy = {
        "base_url": running.urls["sunat"],
        "login": "env:SOL_USER",
        "password": "env:SOL_PASSWORD",
        "timeout_s": timeout_s,
    }
    wires = Wires(
        {"sunat": msgspec.convert(legacy, LegacySettings)},
        environment={"SOL_USER": USER, "SOL_PASSWORD": PASSWORD},
        now=lambda: datetime.now(UTC),
    )
    async with aiohttp.ClientSession() as session:
        try:
            yield Talk(running, wires, session)
        finally:
            await wires.close()
            await running.close()


def today(request: FiscalRequest) -> FiscalRequest:
    return msgspec.structs.replace(request, occurred_at=datetime.now(UTC))


def document(
    request: FiscalRequest, number: int = 1, *, old: bool = False
) -> tuple[bytes, FiscalNumber, str]:
    """A document of today, signed: its bytes, its number, its type."""
    plan = planned(request if old else today(request))
    taken = FiscalNumber(AUTHORITY, series_of(plan, ISSUER), number)
    made = build(plan, taken, the_signer(), datetime.now(UTC))
    assert isinstance(made, SignedArtifact), made
    return made.content, taken, plan.type_code


@pytest.mark.parametrize("shape", [name for name in EVERY_SHAPE if not name.startswith("note")])
async def test_every_document_is_accepted(shape: str) -> None:
    async with talking() as talk:
        content, number, kind = document(EVERY_SHAPE[shape])
        got = await talk.send(content, number, kind)
        assert got.state is SubmissionState.ACCEPTED, got
        assert got.reference == f"{number.series}-1"
        assert [kept.name for kept in talk.wire.kept] == [
            f"R-{ISSUER.ruc}-{kind}-{got.reference}.xml"
        ]
        assert await talk.find(number, kind, content) == (Known.FOUND, "accepted")


async def test_a_credit_note_needs_what_it_corrects() -> None:
    reference = Reference(
        type_code="01", number="F001-1", correction=Correction.ANNULS, reason="Anulación"
    )
    note = credit_note(line("118"), buyer=invoice().buyer, references=(reference,))
    async with talking() as talk:
        lost = await talk.send(*document(note))
        assert (lost.state, lost.codes) == (SubmissionState.REJECTED, ("2119",))
        assert (await talk.send(*document(invoice()))).state is SubmissionState.ACCEPTED
        assert (await talk.send(*document(note, 2))).state is SubmissionState.ACCEPTED


@pytest.mark.parametrize(
    "fault", ["timeout_after", "lost_reply", "half_body", "garbage", "error_after"]
)
async def test_what_was_registered_without_an_answer_is_found(fault: str) -> None:
    async with talking(HURRY_S if fault == "timeout_after" else PATIENCE_S) as talk:
        content, number, kind = document(receipt())
        await talk.befall(fault)
        assert (await talk.send(content, number, kind)).state is SubmissionState.UNKNOWN
        assert await talk.find(number) == (Known.FOUND, "accepted")
        assert talk.registered() == 1


@pytest.mark.parametrize("fault", ["error", "reset"])
async def test_what_never_arrived_is_not_found_and_sent_again(fault: str) -> None:
    async with talking() as talk:
        sent = document(receipt())
        await talk.befall(fault)
        assert (await talk.send(*sent)).state is SubmissionState.UNKNOWN
        assert await talk.find(sent[1]) == (Known.NOT_FOUND, "")
        assert (await talk.send(*sent)).state is SubmissionState.ACCEPTED
        assert (talk.registered(), talk.duplicates()) == (1, 0)


async def test_a_document_is_registered_once() -> None:
    """Sent again all the same, it is in doubt: who asks is told what is held."""
    async with talking() as talk:
        sent = document(receipt())
        await talk.send(*sent)
        again = await talk.send(*sent)
        assert (again.state, again.codes) == (SubmissionState.UNKNOWN, ("1033",))
        assert await talk.find(sent[1]) == (Known.FOUND, "accepted")
        assert talk.registered() == 1


async def test_a_service_that_stored_and_failed_is_asked() -> None:
    """It said that it cannot answer, and had stored: the second sending tells, nothing doubles."""
    async with talking() as talk:
        sent = document(receipt())
        await talk.befall("unavailable_after")
        assert (await talk.send(*sent)).state is SubmissionState.NOT_SENT
        assert (await talk.send(*sent)).state is SubmissionState.UNKNOWN
        assert await talk.find(sent[1]) == (Known.FOUND, "accepted")
        assert (talk.registered(), talk.duplicates()) == (1, 0)


@pytest.mark.parametrize(
    ("verdict", "state", "code"),
    [
        ("unavailable", SubmissionState.NOT_SENT, "0100"),
        ("no_login", SubmissionState.NOT_SENT, "0102"),
        ("busy", SubmissionState.UNKNOWN, "0140"),
        ("rejected", SubmissionState.REJECTED, "3205"),
        ("observed", SubmissionState.ACCEPTED, "4252"),
    ],
)
async def test_the_service_s_own_answers(verdict: str, state: SubmissionState, code: str) -> None:
    async with talking() as talk:
        await talk.befall(verdict)
        got = await talk.send(*document(receipt()))
        assert (got.state, got.codes[0]) == (state, code)


async def test_another_document_s_receipt_is_no_answer() -> None:
    async with talking() as talk:
        sent = document(receipt())
        await talk.befall("crossed")
        assert (await talk.send(*sent)).state is SubmissionState.UNKNOWN
        assert talk.wire.kept == [], "it would be kept as this one's"
        assert await talk.find(sent[1]) == (Known.FOUND, "accepted")


async def test_another_s_document_of_the_same_number_is_not_ours() -> None:
    async with talking() as talk:
        content, number, kind = document(EVERY_SHAPE["named receipt"])
        await talk.send(content, number, kind)
        assert await talk.find(number, content=content) == (Known.FOUND, "accepted")
        assert len(talk.wire.kept) == 1
        other = document(receipt(buyer=Buyer(tax_id="87654321", name="Rosa Flores")))[0]
        assert await talk.find(number, content=other) == (Known.FOUND, "rejected")
        assert talk.wire.kept == [], "it would be kept as ours"


async def test_a_rejected_number_is_spent() -> None:
    async with talking() as talk:
        sent = document(receipt())
        await talk.befall("rejected")
        await talk.send(*sent)
        again = await talk.send(*sent)
        assert (again.state, again.codes) == (SubmissionState.REJECTED, ("1032",))
        assert await talk.find(sent[1]) == (Known.FOUND, OutcomeState.REJECTED.value)


async def test_a_stranger_is_not_heard() -> None:
    async with talking(password="another") as talk:
        got = await talk.send(*document(receipt()))
        assert (got.state, got.codes) == (SubmissionState.NOT_SENT, ("0102",))
        assert await talk.find(document(receipt())[1]) == (Known.CANNOT_TELL, "")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (b"CON ", b"con ", "2335"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA", "2335"),
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-sha512", "2336"),
        (b"<cbc:ID>B001-1</cbc:ID>", b"<cbc:ID>B001-2</cbc:ID>", "1036"),
        (b'schemeID="6">20100070970', b'schemeID="6">20131312955', "1034"),
    ],
)
async def test_a_tampered_document_is_refused(before: bytes, after: bytes, code: str) -> None:
    async with talking() as talk:
        content, number, kind = document(receipt())
        assert before in content
        got = await talk.send(content.replace(before, after), number, kind)
        assert (got.state, got.codes) == (SubmissionState.REJECTED, (code,))
        assert talk.registered() == 0


async def test_an_old_document_is_rejected() -> None:
    old = msgspec.structs.replace(receipt(), occurred_at=datetime.now(UTC) - timedelta(days=9))
    async with talking() as talk:
        assert (await talk.send(*document(old, old=True))).codes == ("2108",)


async def test_a_certificate_that_nobody_registered_is_refused() -> None:
    async with talking(certificates=["00"]) as talk:
        assert (await talk.send(*document(receipt()))).codes == ("2325",)


@pytest.mark.parametrize("content", [b"", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
async def test_what_is_no_document_is_refused(content: bytes) -> None:
    async with talking() as talk:
        got = await talk.send(content, FiscalNumber(AUTHORITY, "B001", 1), "03")
        assert got.state is SubmissionState.REJECTED
        assert got.codes[0] in ("0300", "0306")


async def test_the_evidence_shows_neither_password_nor_buyer() -> None:
    async with talking() as talk:
        await talk.send(*document(EVERY_SHAPE["named receipt"]))
        assert isinstance(talk.wire, Wire)
        shown = msgspec.json.encode(talk.wire.exchanges).decode()
        assert PASSWORD not in shown
        assert "UEsDB" not in shown
        entries = talk.town.stations["sunat"].ledger.entries
        assert [entry.outcome for entry in entries] == [Outcome.APPLIED]
