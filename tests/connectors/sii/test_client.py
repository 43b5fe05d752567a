"""MTD's client of the tax authority: what each answer, or none, is taken for."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from mtd.connectors.sii import BadHosts, Channel, Options, events, find, standing, submit
from mtd.connectors.sii.settings import HOSTS, hosts_of
from mtd.core.process.outcome import Failed
from mtd.core.tax.countries.cl.answers.replies import Register
from mtd.core.tax.issuing import Finding, Known, OutcomeState, Submission, SubmissionState
from tests.connectors.sii.talking import Talk, identity, parcel, talk
from tests.core.tax.countries.cl.asking import EVERY_TYPE, ISSUER
from tests.core.tax.countries.cl.sealing import of_type, sealed

HOST = {Channel.INVOICES: "sii", Channel.BOLETAS: "sii_upload"}
QUESTIONS = {Channel.INVOICES: "sii", Channel.BOLETAS: "sii_api"}
TYPE = {Channel.INVOICES: "33", Channel.BOLETAS: "39"}
BOTH = pytest.mark.parametrize("channel", Channel)


@pytest.fixture
async def line() -> AsyncIterator[Talk]:
    async with talk() as talking:
        yield talking


async def sent(line: Talk, channel: Channel, folio: int = 5) -> Submission:
    content = parcel(sealed(EVERY_TYPE[TYPE[channel]], folio).content)
    return await submit(line.wire, line.tokens, channel, line.signer, content)


async def found(line: Talk, channel: Channel, folio: int = 5) -> Finding | Failed:
    document = identity(sealed(EVERY_TYPE[TYPE[channel]], folio).content)
    return await find(line.wire, line.tokens, channel, line.signer, document)


@BOTH
async def test_what_is_sent_is_followed_and_found(line: Talk, channel: Channel) -> None:
    assert await found(line, channel) == Finding(Known.NOT_FOUND)
    said = await sent(line, channel)
    assert said.state is SubmissionState.PENDING
    assert (await line.judged(channel, said.reference)).state == "EPR"
    finding = await found(line, channel)
    assert isinstance(finding, Finding) and finding.outcome is not None
    assert finding.outcome.state is OutcomeState.ACCEPTED


@BOTH
async def test_a_token_serves_many_and_is_renewed_once_it_is_refused(
    line: Talk, channel: Channel
) -> None:
    for folio in (5, 6):
        assert (await sent(line, channel, folio)).state is SubmissionState.PENDING
    described = await line.client.page(QUESTIONS[channel], "")
    assert described["operations"]["token"] == {"read": 1}
    await line.script(HOST[channel], "expired_token")
    assert (await sent(line, channel, 7)).state is SubmissionState.PENDING
    await line.script(QUESTIONS[channel], "expired_token", operation="document")
    assert isinstance(await found(line, channel), Finding)
    described = await line.client.page(QUESTIONS[channel], "")
    assert described["operations"]["token"] == {"read": 3}


@BOTH
@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("reset", SubmissionState.UNKNOWN),
        ("lost_reply", SubmissionState.UNKNOWN),
        ("half_body", SubmissionState.UNKNOWN),
        ("error", SubmissionState.UNKNOWN),
        ("error_after", SubmissionState.UNKNOWN),
        ("garbage", SubmissionState.UNKNOWN),
        ("page", SubmissionState.UNKNOWN),
        ("throttle", SubmissionState.NOT_SENT),
        ("denied", SubmissionState.NOT_SENT),
    ],
)
async def test_what_nobody_knows_is_unknown(
    line: Talk, channel: Channel, fault: str, state: SubmissionState
) -> None:
    await line.script(HOST[channel], fault)
    assert (await sent(line, channel)).state is state


@BOTH
async def test_who_is_not_there_was_not_sent_to(line: Talk, channel: Channel) -> None:
    assert (await sent(line, channel)).state is SubmissionState.PENDING  # a token is at hand
    await line.client.control(HOST[channel], outage={"seconds": 30, "mode": "refuse"})
    assert (await sent(line, channel, 6)).state is SubmissionState.NOT_SENT


@BOTH
async def test_silence_is_unknown(channel: Channel) -> None:
    async with talk(timeout_s=0.3) as line:
        await line.script(HOST[channel], "timeout_after")
        assert (await sent(line, channel)).state is SubmissionState.UNKNOWN
        async_found = await found(line, channel)
        assert isinstance(async_found, Finding)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (1, SubmissionState.REJECTED),
        (2, SubmissionState.REJECTED),
        (3, SubmissionState.NOT_SENT),
        (6, SubmissionState.REJECTED),
        (7, SubmissionState.REJECTED),
        (8, SubmissionState.REJECTED),
        (9, SubmissionState.UNKNOWN),
        (99, SubmissionState.UNKNOWN),
    ],
)
async def test_each_status_is_taken_for_what_it_says(
    line: Talk, status: int, state: SubmissionState
) -> None:
    await line.script("sii", f"status_{status}")
    said = await sent(line, Channel.INVOICES)
    assert (said.state, said.codes) == (state, (str(status),))


async def test_a_token_refused_at_every_turn_sends_nothing(line: Talk) -> None:
    await line.script("sii", "status_5", "status_5")
    said = await sent(line, Channel.INVOICES)
    assert said.state is SubmissionState.NOT_SENT


@BOTH
async def test_questions_that_cannot_be_answered_fail(line: Talk, channel: Channel) -> None:
    for fault in ("error", "garbage", "half_body"):
        await line.script(QUESTIONS[channel], fault, operation="document")
        assert isinstance(await found(line, channel), Failed), fault
        await line.script(QUESTIONS[channel], fault, operation="envelope")
        asked = await standing(
            line.wire, line.tokens, channel, line.signer, ISSUER.rut, "0000000001"
        )
        assert isinstance(asked, Failed), fault


@BOTH
async def test_no_token_and_no_seed_is_kept_as_evidence(line: Talk, channel: Channel) -> None:
    wire = line.wire
    content = parcel(of_type(TYPE[channel]).content)
    await submit(wire, line.tokens, channel, line.signer, content)
    evidence = msgspec.json.encode(wire.exchanges).decode()
    secret = await line.tokens.of(channel, line.signer, _none)
    assert isinstance(secret, str)
    assert len(wire.exchanges) == 3
    assert secret not in evidence
    assert "<secret, " in evidence


async def _none() -> Failed:
    return Failed("there was one")


async def test_what_the_buyer_said_is_read(line: Talk) -> None:
    said = await sent(line, Channel.INVOICES)
    await line.judged(Channel.INVOICES, said.reference)
    asked = (line.wire, line.tokens, line.signer, ISSUER.rut, "33", 5)
    register = await events(*asked)
    assert isinstance(register, Register) and not register.events
    for event in ("ERM", "ACD"):
        saying = {"issuer": ISSUER.rut, "code": "33", "folio": 5, "event": event}
        await line.client.control("sii_registry", system=saying)
    await line.script("sii_registry", "expired_token", operation="listarEventosHistDoc")
    register = await events(*asked)
    assert isinstance(register, Register)
    assert [(each.code, each.by) for each in register.events] == [
        ("ERM", "12345678-5"),
        ("ACD", "12345678-5"),
    ]


def test_the_environment_names_the_hosts() -> None:
    options = Options(environment="production")
    assert hosts_of("https://palena.sii.cl", options) == HOSTS["production"]
    assert hosts_of("https://maullin.sii.cl", Options()) == HOSTS["certification"]


def test_hosts_of_a_rehearsal_and_of_the_authority_are_never_mixed() -> None:
    with pytest.raises(BadHosts, match="api_url: missing"):
        hosts_of("http://127.0.0.1:9", Options())
    with pytest.raises(BadHosts, match="registry_url: missing"):
        hosts_of(
            "http://127.0.0.1:9",
            Options(api_url="http://127.0.0.1:1", upload_url="http://127.0.0.1:2"),
        )
