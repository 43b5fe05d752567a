"""Keeping: documents that came back with a call are stored before the call counts as done."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from mtd.connectors.wire import Artifact
from mtd.runtime.app import App
from mtd.runtime.hands.intent import Intent
from mtd.runtime.memory.live import Sealing
from mtd.runtime.together import Together
from mtd.runtime.vault import Vault
from mtd.store.engine.worker import Worker
from mtd.store.orders import kept
from mtd.store.orders.kept import Kept, SealedDocument


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document of an order, in clear."""

    name: str
    media_type: str
    content: bytes


class Keeper:
    """Stores what calls bring back, that of many calls at once."""

    def __init__(self, worker: Worker, vault: Vault) -> None:
        asker = worker.asking.insisting()
        self._vault = vault
        self._kept = Together[SealedDocument, bool](lambda sealed: kept.keep(asker, sealed))

    async def keep(self, intent: Intent, artifacts: Sequence[Artifact]) -> None:
        """Seal and store them with the intent's order; this waits until the database answers.

        Raises LookupError where there is no order, or its person was erased, and what the
        database does of a document that it cannot store: then the call is not done.
        """
        if intent.sealing is None:
            raise LookupError("there is no order to keep a document with")
        sealed = [self._sealed(intent, intent.sealing, artifact) for artifact in artifacts]
        if not all(await asyncio.gather(*map(self._kept.ask, sealed))):
            raise LookupError("the person that the order is about was erased")

    def _sealed(self, intent: Intent, sealing: Sealing, artifact: Artifact) -> SealedDocument:
        place = (intent.tenant, intent.instance, sealing.key_id, sealing.wrapped_key)
        return SealedDocument(
            tenant=intent.tenant,
            order=intent.instance,
            person=sealing.person,
            key_id=sealing.key_id,
            name=artifact.name,
            media_type=artifact.media_type,
            hash=sha256(artifact.content).digest(),
            ciphertext=self._vault.seal_document(*place, artifact.content),
        )


async def documents(app: App, tenant: int, order: str) -> list[Document]:
    """What is kept with an order, in clear; of an erased person nothing. Raises vault.Broken."""
    async with app.store.window(tenant) as connection:
        found = await kept.of_order(connection, tenant, order)
    return [_opened(app, tenant, order, one, one.wrapped_key) for one in found if one.wrapped_key]


def _opened(app: App, tenant: int, order: str, one: Kept, wrapped_key: bytes) -> Document:
    content = app.vault.open(tenant, order, one.key_id, wrapped_key, one.ciphertext)
    return Document(name=one.name, media_type=one.media_type, content=content)
