"""Keeping: documents that came back with a call are stored before the call counts as done."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from mtd.connectors.wire import Artifact
from mtd.runtime.app import App
from mtd.runtime.hands.intent import Intent
from mtd.store.orders import kept, orders
from mtd.store.orders.kept import Kept, SealedDocument


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document of an order, in clear."""

    name: str
    media_type: str
    content: bytes


class Keeper:
    """Stores what calls bring back."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def keep(self, intent: Intent, artifacts: Sequence[Artifact]) -> None:
        """Seal and store them with the intent's order.

        Raises LookupError where there is no order, or its person was erased, and what the
        database does: then the call is not done.
        """
        app, order = self._app, intent.instance
        async with app.store.door(intent.tenant) as connection:
            content = await orders.content(connection, intent.tenant, order)
            if content is None or content.wrapped_key is None:
                raise LookupError("there is no order to keep a document with")
            sealed = [
                SealedDocument(
                    name=one.name,
                    media_type=one.media_type,
                    hash=sha256(one.content).digest(),
                    ciphertext=app.vault.seal_document(
                        intent.tenant, order, content.key_id, content.wrapped_key, one.content
                    ),
                )
                for one in artifacts
            ]
            await kept.keep(connection, intent.tenant, content, sealed)


async def documents(app: App, tenant: int, order: str) -> list[Document]:
    """What is kept with an order, in clear; of an erased person nothing. Raises vault.Broken."""
    async with app.store.door(tenant) as connection:
        found = await kept.of_order(connection, tenant, order)
    return [_opened(app, tenant, order, one, one.wrapped_key) for one in found if one.wrapped_key]


def _opened(app: App, tenant: int, order: str, one: Kept, wrapped_key: bytes) -> Document:
    content = app.vault.open(tenant, order, one.key_id, wrapped_key, one.ciphertext)
    return Document(name=one.name, media_type=one.media_type, content=content)
