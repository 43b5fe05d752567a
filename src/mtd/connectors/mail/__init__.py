"""Mail by SMTP: one letter of one kind; its Message-ID is the idempotency key."""

import re
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.mail.letter import message, message_id
from mtd.connectors.mail.settings import ADDRESS, Options, Sender
from mtd.connectors.mail.templates import NoTemplate, Text, written
from mtd.connectors.wire import Wire
from mtd.connectors.wire.postbox import Receipt
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Refused

KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")
TAX_DOCUMENT = "tax_document"
NO_LETTER: dict[str, Any] = {"mail_id": None, "sent": False}

__all__ = ["CONNECTORS", "Options"]


async def send(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Send a letter of the input `kind` to the input `to`: a role, an address, or the customer.

    All inputs are the template's to use, with `order`, `sender` and `language`. Outputs `mail_id`
    and `sent`, which is false for a customer who left no address. Refused(MAIL_REFUSED) when the
    provider will never take it.
    """
    options = wire.legacy.options(Options)
    sender = options.sender(order.store)
    if sender is None:
        return Failed(f"legacy.mail.options.senders: none for the store {order.store}")
    kind = str(attempt.inputs.get("kind") or "")
    if not KIND.fullmatch(kind):
        return Failed("kind: missing, or not a name in small letters")
    to = _recipient(attempt.inputs.get("to"), order, options)
    if to is None or not to[1]:
        return Done(NO_LETTER) if to else Failed(f"to: {attempt.inputs['to']!r} has no address")
    if not re.match(ADDRESS, to[1]):
        return Refused("MAIL_REFUSED", "the recipient's address is not an address")
    try:
        text = _text(attempt, order, options, sender, kind)
    except NoTemplate as error:
        return Failed(str(error))
    mail_id = message_id(attempt.key, sender.address.partition("@")[2])
    content = message(
        sender=(sender.name, sender.address),
        recipient=to,
        subject=text.subject,
        mail_id=mail_id,
        at=wire.legacy.now(),
        headers=_headers(attempt, order, options, kind, mail_id),
        plain=text.plain,
        html=text.html,
    )
    local = mail_id.partition("@")[0]
    shown = f"Message-ID: {local}\nTo: {to[1]}\nSubject: {text.subject}\n\n{text.plain}"
    got = await wire.post_letter(sender.address, to[1], content, shown=shown)
    if not isinstance(got, Receipt):
        return got
    if not got.taken:
        return Refused("MAIL_REFUSED", f"{got.code} {got.reply}", {"mail_id": mail_id})
    return Done({"mail_id": mail_id, "sent": True})


async def tax_document(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """The letter with the tax document (D06a), under a name of its own: it is reconciled."""
    inputs = {**attempt.inputs, "kind": TAX_DOCUMENT}
    return await send(msgspec.structs.replace(attempt, inputs=inputs), order, wire)


CONNECTORS = (
    Connector("mail.send", for_order(send), Repeat.BY_KEY, kind="kind"),
    Connector("mail.tax_document", for_order(tax_document), Repeat.BY_KEY),
)


def _recipient(to: Any, order: PurchaseOrder, options: Options) -> tuple[str, str] | None:
    """Name and address; an empty address of a customer who left none, None of no such role."""
    if to is None:
        return order.customer.name, order.customer.email or ""
    if "@" in str(to):
        return "", str(to)
    address = options.staff.get(str(to))
    return None if address is None else (str(to), address)


def _text(
    attempt: Attempt, order: PurchaseOrder, options: Options, sender: Sender, kind: str
) -> Text:
    language = str(attempt.inputs.get("language") or sender.language)
    context = {
        "document_url": None,
        "tracking": None,
        **attempt.inputs,
        "order": order,
        "sender": sender,
        "language": language,
    }
    return written(options.folder(), order.store, kind, language, context)


def _headers(
    attempt: Attempt, order: PurchaseOrder, options: Options, kind: str, mail_id: str
) -> dict[str, str]:
    headers = {
        "X-Order": order.key,
        "X-Mail-Kind": kind,
        "X-Correlation-Key": order.key if options.bounce_key == "order" else mail_id,
    }
    if attempt.inputs.get("reference"):
        headers["X-Reference"] = str(attempt.inputs["reference"])
    return headers
