"""Letters that took tax documents to buyers: what they may enclose, and what became of them."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.core.tax.document import DocumentKey
from mtd.store.sessions import Asker, Connection, structs
from mtd.store.statements import statements

BOUNCED = "MailBounced"
"""The message by which a provider, or whoever reads its mailbox, tells that a letter came back."""
MAIL_ID_MAX = 400
REASON_MAX = 500

_SQL = statements("arriving/letters")
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter with a document, as it is told from others."""

    tenant: int
    instance: str
    document: str
    """Type and folio, such as `39-1234`."""
    kind: str
    reference: str
    recipient: bytes
    """Blind."""


class Enclosable(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is kept with an order, sealed."""

    name: str
    media_type: str
    kept_at: datetime
    hash: bytes
    ciphertext: bytes
    key_id: str
    wrapped_key: bytes | None
    """None: the person was erased."""
    issuer: str | None
    """Of a document that MTD signed, of which these are the latest bytes; else None."""
    type_code: str | None
    issued_at: datetime | None
    bounced: int
    """How often this letter came back."""


class Mailed(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that took a document to somebody, and what became of it."""

    mail_id: str
    kind: str
    taken_at: datetime
    enclosures: int
    """0: the document was too large, and the letter has only where it is read."""
    refusal: str
    """What the provider said that never takes it; else empty."""
    bounced_at: datetime | None
    bounce_reason: str


async def enclosable(asker: Asker, letter: Letter, names: Sequence[str]) -> list[Enclosable]:
    """What is kept of the letter's document under these names, the latest of each first."""
    given = msgspec.structs.asdict(letter)
    return structs(Enclosable, await asker.fetch(*_SQL["enclosable"](**given, names=names)))


async def taken(
    asker: Asker, letter: Letter, mail_id: str, enclosures: int, refusal: str = ""
) -> None:
    """Note that the provider took the letter, or what it said that never will."""
    given = msgspec.structs.asdict(letter)
    said = {"mail_id": mail_id, "enclosures": enclosures, "refusal": _impersonal(refusal)}
    await asker.fetch(*_SQL["taken"](**given, **said))


async def bounced(connection: Connection, tenant: int, payloads: Sequence[bytes]) -> None:
    """Note what messages named `BOUNCED` tell; one that names no letter tells nothing."""
    told = [one for one in map(_bounce, payloads) if one is not None]
    if told:
        mail_ids = [one.mail_id for one in told]
        reasons = [_impersonal(one.reason) for one in told]
        await connection.execute(
            *_SQL["bounced"](tenant=tenant, mail_ids=mail_ids, reasons=reasons)
        )


async def of(asker: Asker, instance: str, key: DocumentKey) -> list[Mailed]:
    """The letters that took a document of an instance to somebody, oldest first."""
    given = {"tenant": key.tenant, "instance": instance, "document": key.number}
    return structs(Mailed, await asker.fetch(*_SQL["of"](**given)))


class _Bounce(msgspec.Struct, frozen=True):
    mail_id: str
    reason: str = ""


_BOUNCE = msgspec.json.Decoder(_Bounce)


def _bounce(payload: bytes) -> _Bounce | None:
    try:
        told = _BOUNCE.decode(payload)
    except msgspec.MsgspecError:
        return None
    return told if 0 < len(told.mail_id) <= MAIL_ID_MAX and "\0" not in told.mail_id else None


def _impersonal(text: str) -> str:
    """What a provider said, without the addresses that it quotes."""
    return _ADDRESS.sub("…", text.replace("\0", ""))[:REASON_MAX]
