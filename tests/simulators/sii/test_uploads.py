"""What the simulated authority makes of uploads: it really verifies what it is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mtd.core.tax.countries.cl.building import build
from mtd.core.tax.countries.cl.stamp import StampKey
from mtd.core.tax.countries.cl.xml import ENCODING
from mtd.core.tax.issuing import FiscalPlan, Part, SignedArtifact
from tests.core.tax.countries.cl.asking import EVERY_TYPE, ISSUER, NOON, line, planned, receipt
from tests.core.tax.countries.cl.schemas import needs_schemas
from tests.core.tax.countries.cl.sealing import folios, in_envelope, of_type, sealed, the_signer
from tests.simulators.client import hearing
from tests.simulators.sii.caller import PATIENCE_S, Caller, authority, one

INVOICES = ("33", "34", "52", "56", "61")


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with authority() as calling:
        yield calling


async def sent(caller: Caller, content: bytes, **changed: str) -> str:
    """The answer on an envelope of invoices, once it is judged."""
    token = await caller.invoice_token()
    _, said = await caller.upload(content, token, **changed)
    assert one(said, "STATUS") == "0", said
    return await caller.judged(one(said, "TRACKID"), token)


async def sent_boletas(caller: Caller, content: bytes) -> dict[str, Any]:
    token = await caller.boleta_token()
    _, said = await caller.upload_boletas(content, token)
    return json.loads(await caller.judged_boletas(str(json.loads(said)["trackid"]), token))


@needs_schemas
async def test_every_type_of_invoice_is_accepted(caller: Caller) -> None:
    said = await sent(caller, in_envelope(*(of_type(code).content for code in INVOICES)))
    assert one(said, "ESTADO") == "EPR"
    assert said.count("<ACEPTADOS>1</ACEPTADOS>") == len(INVOICES), said
    assert (await caller.client.page("sii", ""))["state"]["schemas"] == "checked"
    held = await caller.client.page("sii", "/documents")
    assert {(each["type"], each["folio"], each["state"]) for each in held} == {
        (code, 5, "DOK") for code in INVOICES
    }


@needs_schemas
async def test_boletas_are_accepted_on_their_own_channel_only(caller: Caller) -> None:
    content = in_envelope(of_type("39").content, of_type("41").content)
    assert one(await sent(caller, content), "ESTADO") == "RSC"
    said = await sent_boletas(caller, content)
    assert said["estado"] == "EPR"
    assert "detalle_rep_rech" in said and not said["detalle_rep_rech"]
    invoices = in_envelope(of_type("33").content)
    assert (await sent_boletas(caller, invoices))["estado"] == "RSC"


def tampered(content: bytes, before: str, after: str) -> bytes:
    assert before.encode(ENCODING) in content
    return content.replace(before.encode(ENCODING), after.encode(ENCODING))


TAMPERINGS = {
    "RSC": ("<MntTotal>", "<MntTotal >x"),
    "RCT": ("<NroDTE>1</NroDTE>", "<NroDTE>2</NroDTE>"),
    "RFR": ("<FchResol>2026-01-15", "<FchResol>2026-01-16"),
}


@needs_schemas
@pytest.mark.parametrize("state", TAMPERINGS)
async def test_an_envelope_that_was_tampered_with_is_refused(caller: Caller, state: str) -> None:
    content = tampered(in_envelope(of_type("33").content), *TAMPERINGS[state])
    assert one(await sent(caller, content), "ESTADO") == state


async def test_a_doctype_or_another_encoding_is_refused(caller: Caller) -> None:
    content = in_envelope(of_type("33").content)
    for hostile in (
        content.replace(b"<EnvioDTE", b'<!DOCTYPE EnvioDTE [<!ENTITY a "b">]><EnvioDTE', 1),
        content.replace(b"ISO-8859-1", b"UTF-8", 1),
    ):
        assert one(await sent(caller, hostile), "ESTADO") == "RSC"


FAULTS = {
    "DTE-3-505": ("<NmbItem>", "<NmbItem>Z"),
    "TED-3-510": ("<MNT>", "<MNT>1"),
    "CAF-3-511": ("<FA>2026-11-01", "<FA>2026-11-02"),
}


async def rejected(caller: Caller, content: bytes) -> list[str]:
    """The codes by which the one boleta of an envelope was rejected."""
    said = await sent_boletas(caller, in_envelope(content))
    assert said["estado"] == "EPR", said
    (detail,) = said["detalle_rep_rech"]
    assert detail["estado"] == "RCH"
    return [f"{e['seccion']}-{e['nivel']}-{e['codigo']}" for e in detail["error"]]


@pytest.mark.parametrize("code", FAULTS)
async def test_a_document_that_was_tampered_with_is_rejected(caller: Caller, code: str) -> None:
    assert await rejected(caller, tampered(of_type("39").content, *FAULTS[code])) == [code]


def built(plan: FiscalPlan, folio: int, stamp: StampKey) -> bytes:
    document = build(plan, folio, stamp, the_signer(), NOON)
    assert isinstance(document, SignedArtifact), document
    return document.content


async def test_a_folio_outside_of_its_range_is_rejected(caller: Caller) -> None:
    """The issuer believes in a wider range than its CAF says, and signs everything well."""
    given = folios("39")
    wider = StampKey(msgspec.structs.replace(given.caf, last=9_999), given.key)
    assert await rejected(caller, built(planned(EVERY_TYPE["39"]), 2_000, wider)) == ["CAF-3-516"]


async def test_an_expired_range_is_told_before_a_wrong_signature(caller: Caller) -> None:
    ahead = await caller.client.page("sii", "")
    later_s = ahead["state"]["ahead_s"] + timedelta(days=200).total_seconds()
    await caller.client.control("sii", system={"ahead_s": later_s})
    document = tampered(of_type("39").content, "<NmbItem>", "<NmbItem>Z")
    assert await rejected(caller, document) == ["CAF-3-517"]


async def test_a_folio_is_taken_once(caller: Caller) -> None:
    assert (await sent_boletas(caller, in_envelope(of_type("39").content)))["estado"] == "EPR"
    assert await rejected(caller, of_type("39").content) == ["DTE-3-100"]
    assert await rejected(caller, sealed(receipt(line(5_000))).content) == ["DTE-3-101"]


async def test_the_same_bytes_are_told_to_be_known(caller: Caller) -> None:
    content = in_envelope(of_type("33").content)
    await sent(caller, content)
    token = await caller.invoice_token()
    _, said = await caller.upload(content, token)
    assert one(said, "STATUS") == "99"


async def test_who_may_not_send_is_told_so(caller: Caller) -> None:
    content, token = in_envelope(of_type("33").content), await caller.invoice_token()
    _, said = await caller.upload(content, token, rutSender="11111111", dvSender="1")
    assert one(said, "STATUS") == "1"
    _, said = await caller.upload(content[: len(content) // 2], token)
    assert one(said, "STATUS") == "3"
    _, said = await caller.upload(content, await caller.boleta_token())
    assert one(said, "STATUS") == "5"
    status, _ = await caller.upload_boletas(content, token)
    assert status == 401
    caller.agent = "python"
    status, _ = await caller.upload(content, token)
    assert status == 401


async def test_a_document_is_asked_after_by_what_it_says(caller: Caller) -> None:
    content = of_type("33").content
    total = int(one(content.decode(ENCODING), "MntTotal"))
    token = await caller.invoice_token()
    assert await caller.document(token, "33", 5, total) == "FAU"
    await sent(caller, in_envelope(content))
    assert await caller.document(token, "33", 5, total) == "DOK"
    assert await caller.document(token, "33", 5, total + 1) == "DNK"


async def test_verdicts_come_on_order(caller: Caller) -> None:
    expected = {
        "schema": ("RSC", ""),
        "cover": ("RCT", ""),
        "signature": ("RFR", ""),
        "rejected": ("EPR", "<RECHAZADOS>1"),
        "objected": ("EPR", "<REPAROS>1"),
        "expired_caf": ("EPR", "<RECHAZADOS>1"),
        "repeated": ("EPR", "<RECHAZADOS>1"),
        "other_data": ("EPR", "<RECHAZADOS>1"),
    }
    for folio, (verdict, (state, count)) in enumerate(expected.items(), 10):
        await caller.client.control("sii", script=[{"fault": verdict, "operation": "upload"}])
        said = await sent(caller, in_envelope(sealed(EVERY_TYPE["33"], folio).content))
        assert one(said, "ESTADO") == state, verdict
        assert count in said, verdict


@pytest.mark.parametrize("status", [1, 2, 3, 5, 6, 7, 8, 9, 99])
async def test_statuses_come_on_order_with_nothing_stored(caller: Caller, status: int) -> None:
    token = await caller.invoice_token()
    script = [{"fault": f"status_{status}", "operation": "upload"}]
    await caller.client.control("sii", script=script)
    _, said = await caller.upload(in_envelope(of_type("33").content), token)
    assert one(said, "STATUS") == str(status)
    assert (await caller.client.page("sii", ""))["state"]["envelopes"] == {}


async def test_a_page_has_no_status_and_a_dead_token_is_401(caller: Caller) -> None:
    token = await caller.invoice_token()
    content = in_envelope(of_type("33").content)
    script = [{"fault": fault, "operation": "upload"} for fault in ("page", "expired_token")]
    await caller.client.control("sii", script=script)
    status, page = await caller.upload(content, token)
    assert status == 200 and "STATUS" not in page
    assert (await caller.upload(content, token))[0] == 401
    assert one((await caller.upload(content, token))[1], "STATUS") == "5"


async def test_what_is_stored_late_is_not_there_at_first() -> None:
    systems = {"sii": {"delays_s": {"silence": 0.2}}}
    async with authority(systems=systems, time_scale=1) as caller:
        token = await caller.invoice_token()
        await caller.client.control("sii", script=[{"fault": "stored_late"}])
        sending = asyncio.create_task(caller.upload(in_envelope(of_type("33").content), token))
        await asyncio.sleep(0.05)
        described = await caller.client.page("sii", "")
        assert described["state"]["envelopes"] == {}
        await sending
        described = await caller.client.page("sii", "")
        assert sum(described["state"]["envelopes"].values()) == 1


async def test_an_envelope_takes_its_stages_and_may_be_stuck() -> None:
    systems = {"sii": {"delays_s": {"stage": 3_600}}}
    async with authority(systems=systems, time_scale=1) as caller:
        token = await caller.invoice_token()
        await caller.client.control("sii", script=[{"fault": "stuck", "operation": "upload"}])
        _, said = await caller.upload(in_envelope(of_type("33").content), token)
        track = one(said, "TRACKID")
        ahead_s = (await caller.client.page("sii", ""))["state"]["ahead_s"]
        states: list[str] = []
        for hours in (1, 9):
            await caller.client.control("sii", system={"ahead_s": ahead_s + hours * 3_600 + 60})
            token = await caller.invoice_token()
            states.append(await standing(caller, track, token))
        await caller.client.control("sii", system={"release": True})
        states.append(await standing(caller, track, token))
        assert states == ["SOK", "CRT", "EPR"]


async def standing(caller: Caller, track: str, token: str) -> str:
    """Where an envelope stands, once it is no longer only received."""
    number, digit = ISSUER.rut.split("-")
    values = {"RutCompania": number, "DvCompania": digit, "TrackId": track, "Token": token}
    async with asyncio.timeout(PATIENCE_S):
        while True:
            _, said = await caller.soap("QueryEstUp", "getEstUp", **values)
            if one(said, "ESTADO") != "REC":
                return one(said, "ESTADO")
            await asyncio.sleep(0.02)


async def test_the_result_is_told_with_the_reasons() -> None:
    async with hearing() as ear, authority(ear) as caller:
        script = [{"fault": "expired_caf", "operation": "upload"}]
        await caller.client.control("sii", script=script)
        await sent(caller, in_envelope(of_type("33").content))
        (told,) = await ear.wait_for(1)
        assert told["name"] == "SiiEnvelopeProcessed"
        assert told["payload"]["documents"] == [
            {"type": "33", "folio": 5, "state": "RCH", "codes": ["CAF-3-517"]}
        ]


async def test_a_document_is_doomed_by_its_folio(caller: Caller) -> None:
    doom = {"issuer": ISSUER.rut, "code": "39", "folio": 6, "fault": "HED-3-200"}
    await caller.client.control("sii", system={"judge": [doom]})
    documents = [sealed(EVERY_TYPE["39"], folio).content for folio in (5, 6, 7)]
    said = await sent_boletas(caller, in_envelope(*documents))
    assert [detail["folio"] for detail in said["detalle_rep_rech"]] == [6]


def changed(parts: tuple[Part, ...], name: str, text: str) -> tuple[Part, ...]:
    return tuple(
        msgspec.structs.replace(
            part,
            text=text if part.name == name else part.text,
            parts=changed(part.parts, name, text),
        )
        for part in parts
    )


@pytest.mark.parametrize(("code", "field"), [("39", "MntTotal"), ("39", "IVA"), ("41", "MntExe")])
async def test_totals_that_do_not_add_up_are_rejected(
    caller: Caller, code: str, field: str
) -> None:
    plan = planned(EVERY_TYPE[code])
    wrong = msgspec.structs.replace(plan, content=changed(plan.content, field, "77"))
    assert await rejected(caller, built(wrong, 8, folios(code))) == ["HED-3-200"]
