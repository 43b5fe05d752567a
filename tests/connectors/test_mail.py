"""Letters: templates of stores and languages, what they look like, and who gets them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from mtd.connectors.mail.letter import message
from mtd.connectors.mail.templates import NoTemplate, written
from mtd.connectors.wire import Addressed, Artifact, Enclosed
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Done, Failed, Refused
from tests.connectors.conversation import Conversation, an_order, conversation, today

FOLDER = Path(__file__).parents[2] / "customers" / "mail"
MOMENT = datetime(2026, 11, 27, 15, tzinfo=UTC)
KINDS = [
    "order_confirmation",
    "order_incident",
    "ready_for_pickup",
    "dispatched",
    "order_cancelled",
    "order_returned",
    "early_warning",
    "task_overdue",
    "tax_document",
    "credit_note",
    "credit_note_rejected",
    "refund_notice",
]


def words(**changes: Any) -> dict[str, Any]:
    sender = {"name": "París", "website": "paris.example"}
    given = {"order": an_order(), "sender": sender, "language": "es", "document_url": None}
    given |= {"tracking": None, "folio": 7, "amount": 900, "ruling": None, "enclosed": []}
    return {**given, **changes}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_letter_is_written_in_both_languages(kind: str, language: str) -> None:
    text = written(FOLDER, "paris", kind, language, words(language=language))
    assert "PW-10023" in text.subject
    assert text.html and "</html>" in text.html and "París" in text.html
    assert "{{" not in text.plain + text.html and "{%" not in text.plain + text.html


def test_a_store_has_its_own_templates_before_the_default_ones(tmp_path: Path) -> None:
    for store in ("default", "paris"):
        (tmp_path / store).mkdir()
        (tmp_path / store / "hello.es.txt").write_text(f"Subject: {store}\n\nHola\n")
    assert written(tmp_path, "paris", "hello", "es", {}).subject == "paris"
    assert written(tmp_path, "carters", "hello", "es", {}).subject == "default"
    with pytest.raises(NoTemplate, match=r"hello\.fr\.txt for paris"):
        written(tmp_path, "paris", "hello", "fr", {})


@pytest.mark.parametrize(
    "template",
    [
        "no subject",
        "Subject: x\n\n{{ missing }}",
        "Subject: x\n\n{{ order.__class__.__mro__ }}",
        "Subject: x\n\n{% for x in range(10 ** 9) %}x{% endfor %}",
        "Subject: {{",
    ],
)
def test_a_template_that_is_wrong_or_reaches_out_is_no_template(
    template: str, tmp_path: Path
) -> None:
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "bad.es.txt").write_text(template)
    with pytest.raises(NoTemplate):
        written(tmp_path, "paris", "bad", "es", words())


def test_a_name_cannot_write_html() -> None:
    order = an_order()
    order = replace(order, customer=replace(order.customer, name="<script>alert(1)</script>"))
    text = written(FOLDER, "paris", "order_confirmation", "es", words(order=order))
    assert text.html and "<script>" not in text.html and "&lt;script&gt;" in text.html
    assert "<script>" in text.plain


async def taken(talk: Conversation) -> list[Any]:
    state = talk.town.stations["mail"].system.state
    assert state is not None
    return state()["recent"]


async def test_a_letter_reaches_the_customer_with_its_keys() -> None:
    async with conversation() as talk:
        url = "https://dte.example/101.pdf"
        answer = await talk.call("mail.send", kind="order_confirmation", document_url=url)
        assert isinstance(answer, Done) and answer.outputs["sent"]
        [letter] = await taken(talk)
        assert letter.mail_id == answer.outputs["mail_id"]
        assert (letter.recipient, letter.kind) == ("Ana@correo.example", "order_confirmation")
        assert letter.subject == "Su orden PW-10023 comenzó a procesarse"
        assert letter.order == letter.correlation == an_order().key


async def test_the_message_id_is_the_same_for_the_same_step_only() -> None:
    async with conversation() as talk:
        ids = [
            cast("Done", await talk.call("mail.send", key=key, kind="dispatched")).outputs[
                "mail_id"
            ]
            for key in ("k1", "k1", "k2")
        ]
        assert ids[0] == ids[1] != ids[2]
        assert talk.outcomes("mail") == ["applied", "repeated", "applied"]


async def test_a_customer_without_an_address_gets_no_letter() -> None:
    order = an_order()
    order = replace(order, customer=replace(order.customer, email=None))
    async with conversation() as talk:
        answer = await talk.call("mail.send", order, kind="dispatched")
        assert answer == Done({"mail_id": None, "sent": False, "enclosed": 0})
        assert talk.outcomes("mail") == []


async def test_staff_is_written_to_by_role_and_an_unknown_role_is_a_fault() -> None:
    async with conversation() as talk:
        await talk.call("mail.send", kind="early_warning", to="supervisor")
        assert (await taken(talk))[0].recipient == "jefe@paris.example"
        answer = await talk.call("mail.send", kind="early_warning", to="nobody")
        assert isinstance(answer, Failed) and "nobody" in answer.message


@pytest.mark.parametrize(
    "to", ["a@b.cl\r\nBcc: x@y.cl", "a@b.cl>\r\nRCPT TO:<x@y.cl", "a@b@c.cl", "a b@c.cl", "@"]
)
async def test_an_address_cannot_carry_a_second_recipient(to: str) -> None:
    async with conversation() as talk:
        answer = await talk.call("mail.send", kind="dispatched", to=to)
        assert isinstance(answer, Refused) and answer.code == "MAIL_REFUSED"
        assert talk.outcomes("mail") == []


async def test_what_the_provider_never_takes_is_refused_and_what_it_throttles_comes_again() -> None:
    async with conversation({"systems": {"mail": {"options": {"rate_per_s": 1.0}}}}) as talk:
        answers = [await talk.call("mail.send", key=f"k{n}", kind="dispatched") for n in range(3)]
        throttled = [answer for answer in answers if isinstance(answer, Failed)]
        assert throttled and all(answer.retry_after_s for answer in throttled)
        unknown = await talk.call("mail.send", kind="no_such_kind")
        assert isinstance(unknown, Failed) and "no template" in unknown.message


async def test_a_kept_connection_that_died_meanwhile_is_replaced() -> None:
    async with conversation() as talk:
        assert isinstance(await talk.call("mail.send", key="k1", kind="dispatched"), Done)
        await talk.control("mail", outage={"seconds": 60})
        await talk.control("mail", clear=True)
        assert isinstance(await talk.call("mail.send", key="k2", kind="dispatched"), Done)


async def test_the_language_is_the_stores_unless_the_step_says_otherwise() -> None:
    async with conversation() as talk:
        await talk.call("mail.send", kind="dispatched", language="en")
        assert (await taken(talk))[0].subject == "Your order PW-10023 is on its way"


class Room:
    """Has one document, between taxpayers or not, and notes what is told of letters."""

    def __init__(self, exchanged: bool) -> None:
        self.exchanged = exchanged
        self.told: list[tuple[str, int, str]] = []

    async def enclosed(self, letter: Addressed) -> Enclosed | None:
        if letter.document != "33-7":
            return None
        pdf, xml = (Artifact(f"33-7.{end}", f"application/{end}", b"x") for end in ("pdf", "xml"))
        return Enclosed(artifacts=(pdf, xml), dated=MOMENT, exchanged=self.exchanged, bounced=0)

    async def taken(
        self, letter: Addressed, mail_id: str, enclosures: int, refusal: str = ""
    ) -> None:
        self.told.append((letter.recipient, enclosures, refusal))


def with_mailbox(email: str | None = "ana@correo.example") -> PurchaseOrder:
    order = an_order(attributes={"dte_mailbox": "dte@cliente.example"})
    return replace(order, customer=replace(order.customer, email=email))


@pytest.mark.parametrize(
    ("email", "exchanged", "recipients"),
    [
        ("ana@correo.example", True, ["ana@correo.example", "dte@cliente.example"]),
        ("ana@correo.example", False, ["ana@correo.example"]),
        (None, True, ["dte@cliente.example"]),
        ("dte@cliente.example", True, ["dte@cliente.example"]),
    ],
)
async def test_a_document_between_taxpayers_goes_to_the_buyers_mailbox_too(
    email: str | None, exchanged: bool, recipients: list[str]
) -> None:
    room = Room(exchanged)
    async with conversation() as talk:
        answer = await talk.call(
            "mail.tax_document", with_mailbox(email), room=room, folio=7, enclose="33-7"
        )
        assert isinstance(answer, Done) and answer.outputs["enclosed"] == 2
        (letter,) = await taken(talk)
        assert [letter.recipient, *letter.copies] == recipients
        assert room.told == [(recipients[0], 2, "")]


async def test_who_left_no_address_gets_no_boleta_at_a_mailbox_for_machines() -> None:
    async with conversation() as talk:
        for document, room in (("33-7", Room(exchanged=False)), ("39-8", Room(exchanged=True))):
            answer = await talk.call(
                "mail.tax_document", with_mailbox(None), room=room, enclose=document
            )
            assert answer == Done({"mail_id": None, "sent": False, "enclosed": 0})
        assert talk.outcomes("mail") == []


async def test_a_letter_without_the_document_that_it_names_is_as_any_other() -> None:
    async with conversation() as talk:
        room = Room(exchanged=True)
        answer = await talk.call("mail.tax_document", room=room, folio=8, enclose="33-8")
        assert isinstance(answer, Done) and answer.outputs["enclosed"] == 0
        assert room.told == []
        no_room = await talk.call("mail.tax_document", enclose="33-7")
        assert isinstance(no_room, Failed)


async def test_what_is_enclosed_is_evidence_by_its_digest_and_addresses_are_not() -> None:
    async with conversation() as talk:
        _, wire = await talk.wired(
            "mail.tax_document", with_mailbox(), room=Room(exchanged=True), folio=7, enclose="33-7"
        )
        (exchange,) = wire.exchanges
        assert f"33-7.xml, 1 bytes, SHA-256 {sha256(b'x').hexdigest()}" in exchange.request.body
        assert "cliente.example" not in exchange.request.body


def test_a_message_reads_as_it_was_written() -> None:
    plain = "Señora Peña:\n.\n..puntos\nuna línea muy larga " + "ñ" * 200 + "\nfin = \t\n"
    content = message(
        sender=("París, «tienda»", "no@paris.example"),
        recipient=("Ñandú " * 20, "ana@correo.example"),
        subject="Su orden — comenzó a procesarse " * 5,
        mail_id="abc@paris.example",
        at=today(),
        headers={"X-Order": "CL/paris/ecommerce/Ñ-1"},
        plain=plain,
        html="<p>á</p>",
        enclosed=[Artifact("39-1.pdf", "application/pdf", bytes(range(256)) * 3)],
    )
    assert all(len(line) <= 78 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    read = message_from_bytes(content, policy=policy.default)
    assert read["Subject"] == ("Su orden — comenzó a procesarse " * 5).strip()
    assert read["From"].addresses[0].display_name == "París, «tienda»"
    assert read["To"].addresses[0].addr_spec == "ana@correo.example"
    assert read["X-Order"] == "CL/paris/ecommerce/Ñ-1"
    both, pdf = (cast("EmailMessage", part) for part in read.iter_parts())
    assert (pdf.get_filename(), pdf.get_content()) == ("39-1.pdf", bytes(range(256)) * 3)
    text, html = (cast("EmailMessage", part) for part in both.iter_parts())
    assert text.get_content().replace("\r\n", "\n") == plain
    assert html.get_content_type() == "text/html" and "á" in html.get_content()
