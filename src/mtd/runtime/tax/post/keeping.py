"""Keeping: what the authority gives back of a document is kept with its order, sealed like it."""

from collections.abc import Sequence
from hashlib import sha256

from mtd.connectors.wire import Artifact
from mtd.core.tax.document import DocumentKey
from mtd.runtime.tax.post.counter import Counter
from mtd.store.orders import kept
from mtd.store.orders.kept import SealedDocument
from mtd.store.sessions import Connection
from mtd.store.tax import tax_documents


async def keep(
    counter: Counter,
    connection: Connection,
    documents: Sequence[DocumentKey],
    artifacts: Sequence[Artifact],
) -> None:
    """Keep the artifacts of an envelope of one document; the same twice is once.

    Of several nobody could say whose they are, and no authority gives any.
    """
    if len(documents) != 1 or not artifacts:
        return
    for sealed in await tax_documents.signed_bytes(connection, documents):
        if sealed.wrapped_key is None:
            return  # whoever it names was erased
        beside = [
            SealedDocument(
                tenant=sealed.tenant,
                order=sealed.instance,
                person=sealed.person,
                key_id=sealed.key_id,
                name=one.name,
                media_type=one.media_type,
                hash=sha256(one.content).digest(),
                ciphertext=counter.vault.seal_document(
                    sealed.tenant, sealed.instance, sealed.key_id, sealed.wrapped_key, one.content
                ),
            )
            for one in artifacts
        ]
        await kept.keep(connection, beside)
