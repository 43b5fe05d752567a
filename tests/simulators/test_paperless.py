"""The simulated issuer and the tax authority behind it, over real SOAP."""

import asyncio
import re
from collections.abc import AsyncIterator
from html import escape, unescape

import aiohttp
import pytest

from mtd.simulators.unit import BadUnit, check_digit, is_rut, read_unit
from tests.simulators.client import Client, hearing, town

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "http://webservices.online.webapp.paperless.cl"
RECEIPT = (
    "FH|39||2026-03-14|76111111-6|66666666-6|Ana|||||10000|0|1900|11900\n"
    "FHTP|card|11900\n"
    "DH|1|PA-1|Polera|2|6000|100|0|11900\n"
    "PE|ORDEN|o1"
)
DAY = {"type": "39", "date": "2026-03-14"}


class Issuer:
    """Speaks to the simulated issuer as company 76111111."""

    def __init__(self, client: Client, session: aiohttp.ClientSession) -> None:
        self.client = client
        self._session = session

    async def ask(self, operation: str, **arguments: str) -> dict[str, str]:
        status, text = await self.raw(operation, **arguments)
        assert status == 200, text
        answer = unescape(unescape(text))
        return dict(
            re.findall(r"<(Codigo|Mensaje|TrackId|Estado|Aceptados|Rechazados)>([^<]*)", answer)
        )

    async def raw(self, operation: str, **arguments: str) -> tuple[int, str]:
        given = {"rut": "76111111", "login": "a", "pass": "b", **arguments}
        fields = "".join(f"<{k}>{escape(v)}</{k}>" for k, v in given.items())
        body = (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><{operation} xmlns="{NAMESPACE}">{fields}'
            f"</{operation}></s:Body></s:Envelope>"
        )
        url = self.client.town.urls["paperless"] + "/axis2/services/Online"
        async with self._session.post(url, data=body.encode()) as answer:
            return answer.status, await answer.text()

    async def issue(self, unit: str = RECEIPT, **arguments: str) -> dict[str, str]:
        given = {"unitRaw": unit, "folioType": "1", "returnType": "6", **arguments}
        return await self.ask("OnlineGenerationDte", **given)


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    options = {"first_folio": 1, "folios": 2}
    async with (
        town(systems={"paperless": {"options": options}}) as client,
        aiohttp.ClientSession() as session,
    ):
        yield Issuer(client, session)


async def test_folios_are_taken_one_after_the_other_and_run_out(issuer: Issuer) -> None:
    said = [await issuer.issue() for _ in range(3)]
    assert [(s["Codigo"], s["Mensaje"]) for s in said[:2]] == [("0", "1"), ("0", "2")]
    assert said[2]["Codigo"] == "3"
    loaded = {"issuer": "76111111", "kind": 39, "first": 900, "last": 950}
    await issuer.client.control("paperless", system={"load_folios": loaded})
    assert (await issuer.issue())["Mensaje"] == "900"
    described = await issuer.client.page("paperless", "")
    assert described["state"]["folios_left"] == {"76111111/39": 50}


async def test_an_order_issued_twice_is_two_documents_and_a_duplicate_in_the_ledger(
    issuer: Issuer,
) -> None:
    await issuer.issue()
    await issuer.issue()
    [duplicate] = await issuer.client.page("paperless", "/duplicates")
    assert (duplicate["operation"], duplicate["order"]) == ("issue/sale", "o1")


async def test_a_document_that_was_issued_without_an_answer_is_found_by_its_day(
    issuer: Issuer,
) -> None:
    await issuer.client.control("paperless", script=[{"fault": "lost_reply", "order": "o1"}])
    with pytest.raises(aiohttp.ClientError):
        await issuer.issue()
    _, listed = await issuer.raw("consultaEmitidosPorDia", **DAY)
    assert "<Folio>1</Folio>" in unescape(listed) and "<Orden>o1</Orden>" in unescape(listed)
    found = await issuer.ask("OnlineRecovery2", docType="39", folio="1", total="11900")
    assert (found["Codigo"], found["Mensaje"]) == ("0", "1")
    wrong = await issuer.ask("OnlineRecovery2", docType="39", folio="1", total="1")
    assert wrong["Codigo"] == "6"


async def test_pdf_and_xml_can_be_fetched_by_their_links(issuer: Issuer) -> None:
    await issuer.issue()
    for return_type, start, end in (("1", b"<?xml", b"</DTE>"), ("2", b"%PDF-1.4", b"%%EOF\n")):
        said = await issuer.ask("OnlineRecovery", docType="39", folio="1", returnType=return_type)
        status, body = await issuer.client.get("paperless", said["Mensaje"])
        assert status == 200 and body.startswith(start) and body.endswith(end)
        assert b"Polera" in body
    assert (await issuer.client.get("paperless", "/documents/0000.pdf"))[0] == 404


async def test_the_pdfs_cross_references_are_right(issuer: Issuer) -> None:
    await issuer.issue()
    said = await issuer.ask("OnlineRecovery", docType="39", folio="1", returnType="2")
    _, pdf = await issuer.client.get("paperless", said["Mensaje"])
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[start:].startswith(b"xref")
    offsets = [int(line[:10]) for line in pdf[start:].split(b"\n")[3:8]]
    assert [pdf[offset : offset + 7] for offset in offsets] == [
        b"%d 0 obj" % n for n in range(1, 6)
    ]


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        (RECEIPT.replace("11900\nFHTP", "11901\nFHTP"), "2"),
        (RECEIPT.replace("DH|1|", "DH|"), "2"),
        (RECEIPT.replace("FH|39", "FH|38"), "2"),
        (RECEIPT.replace("66666666-6", "66666666-7"), "5"),
        (RECEIPT.replace("FH|39", "FH|33"), "5"),
        (RECEIPT.replace("FH|39", "FH|61"), "2"),
        (RECEIPT.replace("76111111-6", "76222222-1"), "2"),
        ("", "2"),
    ],
)
async def test_a_bad_unit_is_refused_with_its_code_and_takes_no_folio(
    issuer: Issuer, unit: str, code: str
) -> None:
    assert (await issuer.issue(unit))["Codigo"] == code
    assert (await issuer.issue())["Mensaje"] == "1"


async def test_a_processed_envelope_says_by_its_counts_whether_it_was_rejected() -> None:
    async with hearing() as ear, town(ear) as client, aiohttp.ClientSession() as session:
        issuer = Issuer(client, session)
        for n in range(12):
            verdict = "rejected" if n % 2 else "none"
            await client.control("paperless", script=[{"fault": verdict, "order": f"o{n}"}])
            await issuer.issue(RECEIPT.replace("|o1", f"|o{n}"))
        events = await ear.wait_for(12)
        states = {event["payload"]["order_id"]: event["payload"] for event in events}
        assert {states[f"o{n}"]["document_state"] for n in range(0, 12, 2)} == {"ACCEPTED"}
        assert {states[f"o{n}"]["document_state"] for n in range(1, 12, 2)} == {"REJECTED"}
        codes = {states[f"o{n}"]["sii_code"] for n in range(1, 12, 2)}
        assert "EPR" in codes and codes & {"RSC", "RFR", "RCT"}
        rejected = next(p for p in states.values() if p["document_state"] == "REJECTED")
        said = await issuer.ask("consult", trackId=rejected["track_id"])
        assert said["Estado"] == rejected["sii_code"] and said["TrackId"] == rejected["track_id"]


async def test_a_reject_leaves_the_folio_with_its_order() -> None:
    async with hearing() as ear, town(ear) as client, aiohttp.ClientSession() as session:
        issuer = Issuer(client, session)
        await client.control("paperless", script=[{"fault": "rejected", "order": "o1"}])
        folio = (await issuer.issue())["Mensaje"]
        await ear.wait_for(1)
        manual = RECEIPT.replace("FH|39||", f"FH|39|{folio}|")
        other = manual.replace("|o1", "|o2")
        assert (await issuer.issue(other, folioType="2"))["Codigo"] == "7"
        again = await issuer.issue(manual, folioType="2")
        assert (again["Codigo"], again["Mensaje"]) == ("0", folio)
        await ear.wait_for(2)
        assert (await issuer.issue(manual, folioType="2"))["Codigo"] == "7"
        assert await client.page("paperless", "/duplicates") == []


async def test_a_credit_note_needs_a_document_that_stands(issuer: Issuer) -> None:
    folio = (await issuer.issue())["Mensaje"]
    note = RECEIPT.replace("FH|39", "FH|61") + f"\nRE|1|39|{folio}||1|ANULA"
    assert (await issuer.issue(note.replace(f"RE|1|39|{folio}", "RE|1|39|77")))["Codigo"] == "8"
    assert (await issuer.issue(note))["Codigo"] == "0"


async def test_nothing_is_decided_while_the_authority_is_down() -> None:
    async with hearing() as ear, town(ear) as client, aiohttp.ClientSession() as session:
        issuer = Issuer(client, session)
        await client.control("paperless", system={"authority_down": True})
        folio = (await issuer.issue())["Mensaje"]
        await asyncio.sleep(0.05)
        assert (await issuer.ask("consult", docType="39", folio=folio))["Estado"] == "REC"
        assert ear.heard == []
        await client.control("paperless", system={"authority_down": False})
        assert (await ear.wait_for(1))[0]["payload"]["document_state"] == "ACCEPTED"


async def test_wrong_credentials_issue_nothing() -> None:
    options = {"login": "a", "password": "right"}
    async with (
        town(systems={"paperless": {"options": options}}) as client,
        aiohttp.ClientSession() as session,
    ):
        issuer = Issuer(client, session)
        assert (await issuer.issue())["Codigo"] == "1"
        assert (await issuer.issue(**{"pass": "right"}))["Codigo"] == "0"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        b"not xml",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><nothing/></s:Body></s:Envelope>'.encode(),
    ],
)
async def test_what_is_no_call_gets_a_soap_fault(issuer: Issuer, body: bytes) -> None:
    url = issuer.client.town.urls["paperless"] + "/axis2/services/Online"
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as answer:
        assert answer.status == 400 and "faultstring" in await answer.text()


def test_the_check_digit_follows_the_rule() -> None:
    assert [check_digit(n) for n in (12345678, 76111111, 66666666)] == ["5", "6", "6"]
    assert is_rut("12345678-5") and not is_rut("12345678-6") and not is_rut("x-5")


def test_a_unit_is_read_with_its_order() -> None:
    unit = read_unit(RECEIPT)
    assert (unit.kind, unit.folio, unit.order, str(unit.total)) == (39, None, "o1", "11900")
    with pytest.raises(BadUnit, match="more than"):
        read_unit("DH\n" * 3_000)
