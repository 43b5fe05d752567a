"""The mail provider over real SMTP, and Sales Support over its XML."""

import asyncio
import smtplib
from email.message import EmailMessage

import aiohttp
import pytest

from tests.simulators.client import Client, hearing, town


def letter(mail_id: str = "m1@paris.example", to: str = "ana@correo.example") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Paris <no@paris.example>"
    message["To"] = to
    message["Subject"] = "Su orden comenzó"
    message["Message-ID"] = f"<{mail_id}>"
    message["X-Order"] = "o1"
    message["X-Mail-Kind"] = "order_confirmation"
    message.set_content("Hola\n.\n..dots\n")
    return message


def send(url: str, *letters: EmailMessage) -> None:
    host, _, port = url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port), timeout=2) as server:
        for each in letters:
            server.send_message(each)


async def mailed(client: Client, *letters: EmailMessage) -> None:
    await asyncio.to_thread(send, client.town.urls["mail"], *letters)


async def test_a_letter_is_taken_once_whatever_its_connection() -> None:
    async with town() as client:
        await mailed(client, letter(), letter())
        await mailed(client, letter(), letter("m2@paris.example"))
        described = await client.page("mail", "")
        assert described["operations"]["send"] == {"applied": 2, "repeated": 2}
        [first, _] = described["state"]["recent"]
        assert (first["order"], first["kind"], first["recipient"], first["subject"]) == (
            "o1",
            "order_confirmation",
            "ana@correo.example",
            "Su orden comenzó",
        )


async def test_the_same_letter_under_another_id_is_a_duplicate() -> None:
    async with town() as client:
        await mailed(client, letter(), letter("m2@paris.example"))
        [duplicate] = await client.page("mail", "/duplicates")
        assert duplicate["subject"] == "order_confirmation"


async def test_a_bounce_is_told_by_the_mails_id_or_by_the_correlation_it_asked_for() -> None:
    async with hearing() as ear, town(ear) as client:
        await client.control("mail", script=[{"fault": "bounce", "order": "o1"}])
        await mailed(client, letter())
        asked = letter("m2@paris.example", to="nobody@nowhere.invalid")
        asked["X-Correlation-Key"] = "o1"
        await mailed(client, asked)
        events = await ear.wait_for(2)
        assert [(e["name"], e["key"], e["payload"]["mail_id"]) for e in events] == [
            ("MailBounced", "m1@paris.example", "m1@paris.example"),
            ("MailBounced", "o1", "m2@paris.example"),
        ]


async def test_more_letters_than_the_rate_are_asked_to_come_later() -> None:
    async with town(systems={"mail": {"options": {"rate_per_s": 1.0}}}) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await mailed(client, *(letter(f"m{n}@paris.example") for n in range(3)))
        assert refused.value.smtp_code == 450


@pytest.mark.parametrize(
    ("fault", "outcome", "error"),
    [
        ("error", "failed", smtplib.SMTPDataError),
        ("reset", "failed", smtplib.SMTPServerDisconnected),
        ("error_after", "applied", smtplib.SMTPDataError),
        ("lost_reply", "applied", smtplib.SMTPServerDisconnected),
    ],
)
async def test_faults_befall_letters_too(fault: str, outcome: str, error: type[Exception]) -> None:
    async with town() as client:
        await client.control("mail", script=[{"fault": fault}])
        with pytest.raises(error):
            await mailed(client, letter())
        [entry] = (await client.page("mail", "/ledger"))["entries"]
        assert (entry["outcome"], entry["fault"]) == (outcome, fault)


async def test_a_provider_that_is_down_refuses_or_greets_badly() -> None:
    async with town() as client:
        await client.control("mail", outage={"seconds": 5, "mode": "error"})
        with pytest.raises(smtplib.SMTPConnectError):
            await mailed(client, letter())
        await client.control("mail", outage={"seconds": 5, "mode": "refuse"})
        with pytest.raises(ConnectionRefusedError):
            await mailed(client, letter())
        await client.control("mail", clear=True)
        await mailed(client, letter())


async def test_commands_out_of_turn_and_endless_lines_are_refused() -> None:
    async with town() as client:
        host, _, port = client.town.urls["mail"].removeprefix("smtp://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"DATA\r\nRCPT TO:<a@b>\r\nMAIL FROM:<a@b>\r\nRCPT TO:<>\r\nWHAT\r\nRSET\r\n")
        lines = [await reader.readline() for _ in range(7)]
        assert [line[:3] for line in lines] == [
            b"220", b"503", b"503", b"250", b"553", b"500", b"250",
        ]  # fmt: skip
        writer.write(b"x" * 5_000)
        assert (await reader.readline()).startswith(b"500")
        assert await reader.read() == b""
        writer.close()


CASE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<openCase xmlns="urn:sales-support:v1"><requestId>k1</requestId><orderId>o1</orderId>'
    "<subject>STOCKOUT</subject><severity>HIGH</severity></openCase></s:Body></s:Envelope>"
)


async def test_a_case_is_opened_once_for_a_request_and_checked_first() -> None:
    async with town() as client, aiohttp.ClientSession() as session:
        url = client.town.urls["salessupport"] + "/services/SalesSupport"
        answers: list[tuple[int, str]] = []
        for body in (CASE, CASE, CASE.replace("HIGH", "LOW"), CASE.replace("HIGH", "BIG")):
            async with session.post(url, data=body.encode()) as answer:
                answers.append((answer.status, await answer.text()))
        assert answers[0] == answers[1]
        assert answers[0][0] == 200 and "<caseNumber>SC-t-1</caseNumber>" in answers[0][1]
        assert [status for status, _ in answers[2:]] == [422, 400]
