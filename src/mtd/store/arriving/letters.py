"""Letters that took tax documents to buyers: what they may enclose, and what became of them."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.core.tax.document import DocumentKey
from mtd.store.plurals import plural_columns
from mtd.store.sessions import Asker, Connection, structs
from mtd.store.statements import statements

BOUNCED = "MailBounced"
"""The message by which a provider, or whoever reads its mailbox, tells that a letter came back."""
MAIL_ID_MAX = 400
REASON_MAX = 500

_SQL = statements("arriving/letters")
_SAID = ("mail_id", "enclosures", "refusal")
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


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider said of a letter."""

    letter: Letter
    mail_id: str
    enclosures: int
    refusal: str = ""
    """Why it never takes it; else empty."""


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


class _Found(Enclosable, frozen=True, kw_only=True):
    n: int
    """Which of the letters asked for it."""


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


async def enclosable(
    asker: Asker, asked: Sequence[tuple[Letter, Sequence[str]]]
) -> list[list[Enclosable]]:
    """What is kept of each letter's document under its names, the latest of each name first."""
    named = [(n, name) for n, (_, names) in enumerate(asked, 1) for name in names]
    letters = plural_columns([letter for letter, _ in asked], Letter.__struct_fields__)
    which = {"ns": [n for n, _ in named], "names": [name for _, name in named]}
    rows = structs(_Found, await asker.fetch(*_SQL["enclosable"](**letters, **which)))
    return [[row for row in rows if row.n == n] for n in range(1, len(asked) + 1)]


async def taken(asker: Asker, said: Sequence[Taken]) -> None:
    """Note that the provider took these letters, or what it said that never will."""
    rows = [msgspec.structs.replace(one, refusal=_impersonal(one.refusal)) for one in said]
    letters = plural_columns([one.letter for one in rows], Letter.__struct_fields__)
    await asker.fetch(*_SQL["taken"](**letters, **plural_columns(rows, _SAID)))


async def bounced(
    connection: Connection, tenant: int, messages: Sequence[tuple[str, bytes]]
) -> None:
    """Note what messages named `BOUNCED` tell, each with its key: of no letter, nothing."""
    told = [(key, one) for key, payload in messages if (one := _bounce(payload)) is not None]
    if told:
        given = {
            "mail_ids": [one.mail_id for _, one in told],
            "keys": [key for key, _ in told],
            "reasons": [_impersonal(one.reason) for _, one in told],
        }
        await connection.execute(*_SQL["bounced"](tenant=tenant, **given))


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
