"""Mail by SMTP: one letter of one kind; its Message-ID is the idempotency key."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.mail.letter import message, message_id
from mtd.connectors.mail.settings import (
    ADDRESS,
    DTE_MAILBOX,
    ENCLOSED_MAX_BYTES,
    Options,
    Sender,
)
from mtd.connectors.mail.templates import NoTemplate, Text, written
from mtd.connectors.wire import Addressed, Artifact, Enclosed, Wire
from mtd.connectors.wire.postbox import Receipt
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Refused

KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")
TAX_DOCUMENT = "tax_document"
CUSTOMER = "customer"
"""Who a letter without the input `to` is for."""
NO_LETTER: dict[str, Any] = {"mail_id": None, "sent": False, "enclosed": 0}

__all__ = ["CONNECTORS", "Options"]


class Letter(Struct, frozen=True, kw_only=True):
    """A letter that is to be sent."""

    attempt: Attempt
    order: PurchaseOrder
    sender: Sender
    kind: str
    recipient: tuple[str, str]
    """Name and address."""
    mailbox: str | None
    """Where the buyer takes documents between taxpayers."""
    for_machines: bool = False
    """The customer left no address, and only that mailbox may be written to."""

    def addressed(self, document: str) -> Addressed:
        """What it is told from others by, with a document in it."""
        reference = str(self.attempt.inputs.get("reference") or "")
        return Addressed(
            document=document, kind=self.kind, reference=reference, recipient=self.recipient[1]
        )


async def send(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Send a letter of the input `kind` to the input `to`: a role, an address, or the customer.

    With `enclose` (type and folio, such as `39-1234`) the order's document of that name goes with
    it, as PDF and XML; a document between taxpayers goes to the buyer's own mailbox too, where the
    order names one. Such a letter is once for each document, kind, reference and address, whichever
    step sends it, unless it came back; and it is the same bytes each time.

    All inputs are the template's to use, with `order`, `sender`, `language` and the names of what
    is `enclosed`. Outputs `mail_id`, `sent`, which is false for a customer who left no address, and
    `enclosed`, a number. Refused(MAIL_REFUSED) when the provider will never take it.
    """
    options = wire.legacy.options(Options)
    letter = _letter(attempt, order, options)
    if not isinstance(letter, Letter):
        return letter
    enclosed = await _enclosed(letter, wire)
    if isinstance(enclosed, Failed):
        return enclosed
    if letter.for_machines and (enclosed is None or not enclosed[1].exchanged):
        return Done(NO_LETTER)
    return await _posted(letter, enclosed, options, wire)


async def tax_document(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """The letter with the tax document (D06a), under a name of its own: it is reconciled."""
    inputs = {**attempt.inputs, "kind": TAX_DOCUMENT}
    return await send(msgspec.structs.replace(attempt, inputs=inputs), order, wire)


CONNECTORS = (
    Connector("mail.send", for_order(send), Repeat.BY_KEY, kind="kind"),
    Connector("mail.tax_document", for_order(tax_document), Repeat.BY_KEY),
)


def _letter(
    attempt: Attempt, order: PurchaseOrder, options: Options
) -> Letter | Done | Failed | Refused:
    """The letter asked for; Done where nobody is to be written to."""
    sender = options.sender(order.store)
    if sender is None:
        return Failed(f"legacy.mail.options.senders: none for the store {order.store}")
    kind = str(attempt.inputs.get("kind") or "")
    if not KIND.fullmatch(kind):
        return Failed("kind: missing, or not a name in small letters")
    given = attempt.inputs.get("to")
    mailbox = order.attributes.get(DTE_MAILBOX) if given is None else None
    mailbox = mailbox if mailbox and re.match(ADDRESS, mailbox) else None
    to = _recipient(given, order, options)
    if to is None:
        return Failed(f"to: {given!r} has no address")
    for_machines = not to[1] and mailbox is not None
    to = (to[0], to[1] or mailbox or "")
    if not to[1]:
        return Done(NO_LETTER)
    if not re.match(ADDRESS, to[1]):
        return Refused("MAIL_REFUSED", "the recipient's address is not an address")
    return Letter(
        attempt=attempt,
        order=order,
        sender=sender,
        kind=kind,
        recipient=to,
        mailbox=mailbox,
        for_machines=for_machines,
    )


async def _enclosed(letter: Letter, wire: Wire) -> tuple[Addressed, Enclosed] | Failed | None:
    """The document that goes with the letter; None where none is asked for, or there is none."""
    document = str(letter.attempt.inputs.get("enclose") or "")
    if not document:
        return None
    if wire.mailroom is None:
        return Failed("enclose: nothing can be enclosed here")
    addressed = letter.addressed(document)
    found = await wire.mailroom.enclosed(addressed)
    if found is None or isinstance(found, Failed):
        return found
    if sum(len(one.content) for one in found.artifacts) > ENCLOSED_MAX_BYTES:
        found = msgspec.structs.replace(found, artifacts=())
    return addressed, found


async def _posted(
    letter: Letter, enclosed: tuple[Addressed, Enclosed] | None, options: Options, wire: Wire
) -> Answer:
    artifacts = () if enclosed is None else enclosed[1].artifacts
    try:
        text = _text(letter, options, [one.name for one in artifacts])
    except NoTemplate as error:
        return Failed(str(error))
    mail_id = message_id(_key(letter, enclosed), letter.sender.address.partition("@")[2])
    copied = letter.mailbox if enclosed is not None and enclosed[1].exchanged else None
    content = message(
        sender=(letter.sender.name, letter.sender.address),
        recipient=letter.recipient,
        subject=text.subject,
        mail_id=mail_id,
        at=wire.legacy.now() if enclosed is None else enclosed[1].dated,
        headers=_headers(letter, options, mail_id, copied),
        plain=text.plain,
        html=text.html,
        enclosed=artifacts,
    )
    recipients = list(dict.fromkeys(filter(None, (letter.recipient[1], copied))))
    shown = _shown(mail_id, recipients, text, artifacts)
    got = await wire.post_letter(letter.sender.address, recipients, content, shown=shown)
    if not isinstance(got, Receipt):
        return got
    refusal = "" if got.taken else f"{got.code} {got.reply}"
    if enclosed is not None and wire.mailroom is not None:
        await wire.mailroom.taken(enclosed[0], mail_id, len(artifacts), refusal)
    if refusal:
        return Refused("MAIL_REFUSED", refusal, {"mail_id": mail_id})
    return Done({"mail_id": mail_id, "sent": True, "enclosed": len(artifacts)})


def _key(letter: Letter, enclosed: tuple[Addressed, Enclosed] | None) -> str:
    """What makes the Message-ID: the step; of a letter with a document, that and who gets it.

    The document's survives what a step's does not: a restore, after which steps count anew.
    """
    if enclosed is None:
        return letter.attempt.key
    of, found = enclosed
    parts = (letter.order.key, of.document, of.kind, of.reference, of.recipient, found.bounced)
    return "\n".join(map(str, parts))


def _shown(
    mail_id: str, recipients: Sequence[str], text: Text, artifacts: Sequence[Artifact]
) -> str:
    """The letter as evidence; of what is enclosed, its digest."""
    local = mail_id.partition("@")[0]
    lines = [f"Message-ID: {local}", f"To: {', '.join(recipients)}", f"Subject: {text.subject}"]
    lines += [
        f"Enclosed: {one.name}, {len(one.content)} bytes, SHA-256 {sha256(one.content).hexdigest()}"
        for one in artifacts
    ]
    return "\n".join((*lines, "", text.plain))


def _recipient(to: Any, order: PurchaseOrder, options: Options) -> tuple[str, str] | None:
    """Name and address; an empty address of a customer who left none, None of no such role."""
    if to is None:
        return order.customer.name, order.customer.email or ""
    if "@" in str(to):
        return "", str(to)
    address = options.staff.get(str(to))
    return None if address is None else (str(to), address)


def _text(letter: Letter, options: Options, enclosed: Sequence[str]) -> Text:
    """Raises NoTemplate."""
    order, inputs = letter.order, letter.attempt.inputs
    language = str(inputs.get("language") or letter.sender.language)
    context = {
        "document_url": None,
        "tracking": None,
        **inputs,
        "order": order,
        "sender": letter.sender,
        "language": language,
        "enclosed": enclosed,
    }
    return written(options.folder(), order.store, letter.kind, language, context)


def _headers(letter: Letter, options: Options, mail_id: str, copied: str | None) -> dict[str, str]:
    order, inputs = letter.order, letter.attempt.inputs
    headers = {
        "X-Order": order.key,
        "X-Mail-Kind": letter.kind,
        "X-Mail-To": str(inputs.get("to") or CUSTOMER),
        "X-Correlation-Key": order.key if options.bounce_key == "order" else mail_id,
    }
    if copied is not None:
        headers["Cc"] = copied
    if inputs.get("reference"):
        headers["X-Reference"] = str(inputs["reference"])
    return headers
