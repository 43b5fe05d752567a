"""Papers: one document by its name, its signed bytes, and how it is drawn when somebody asks."""

from collections.abc import Mapping
from hashlib import sha256

from mtd.connectors.tax.issuers import NativeIssuer, by_tax_id
from mtd.core.tax.document import DocumentKey, TaxDocument
from mtd.core.tax.practice import Format, Practice
from mtd.core.tax_id import with_check_digit
from mtd.runtime.app import App
from mtd.runtime.operations.operations import NotFound
from mtd.runtime.tax.drawings import Drawings, Drawn, NotDrawn
from mtd.runtime.vault import Broken
from mtd.store.arriving import letters
from mtd.store.arriving.letters import Mailed
from mtd.store.tax import buyers, tax_documents
from mtd.store.tax.buyers import BuyerEvent
from mtd.store.tax.tax_documents import SealedBytes


class Papers:
    """Reads and draws documents, and says what became of them."""

    def __init__(self, app: App, tenant: int) -> None:
        self._app = app
        self._tenant = tenant
        self._drawings = Drawings()
        self._issuers: Mapping[str, NativeIssuer] = by_tax_id(app.settings.issuers)

    async def document(self, name: str) -> TaxDocument:
        """The document that is tracked as `name`, such as `76111111-39-1234`. Raises NotFound."""
        async with self._app.store.window(self._tenant) as connection:
            for key in keys_of(self._tenant, name):
                if (found := await tax_documents.by_folio(connection, key)) is not None:
                    return found
        raise NotFound(f"there is no tax document {name!r}")

    async def buyer_events(self, document: TaxDocument) -> list[BuyerEvent]:
        """What the buyer recorded of an invoice: receipts and claims, oldest first."""
        async with self._app.store.window(self._tenant) as connection:
            return await buyers.of(connection, document.key)

    async def letters(self, document: TaxDocument) -> list[Mailed]:
        """The letters that took it to somebody, and those of them that came back."""
        async with self._app.store.window(self._tenant) as connection:
            return await letters.of(connection, document.instance, document.key)

    async def drawn(self, document: TaxDocument, form: Format) -> Drawn:
        """The document in that format. Raises NotFound where it has no bytes that can be read."""
        if document.hash is None:
            raise NotFound(f"{document.key.tracking_id} is {document.state.value} and not signed")
        if (known := self._drawings.known(document.hash, form)) is not None:
            return known
        content = await self._content(document)
        if form is Format.XML:
            return content
        try:
            return await self._drawings.drawn(self._practice(document), content.content, form)
        except NotDrawn as error:
            raise NotFound(str(error)) from error

    async def _content(self, document: TaxDocument) -> Drawn:
        """The document itself, as it was signed."""
        async with self._app.store.window(self._tenant) as connection:
            found = await tax_documents.signed_bytes(connection, [document.key])
        if not found or found[0].wrapped_key is None:
            raise NotFound(f"{document.key.tracking_id}: whoever it names was erased")
        content = opened(self._app, found[0], found[0].wrapped_key)
        return Drawn(found[0].media_type, content)

    def _practice(self, document: TaxDocument) -> Practice:
        issuer = self._issuers.get(document.issuer)
        if issuer is None:
            raise NotFound(f"{document.issuer} is no native issuer in the settings")
        return issuer.practice


def opened(app: App, sealed: SealedBytes, wrapped_key: bytes) -> bytes:
    """Signed bytes in clear. Raises Broken."""
    content = app.vault.open(
        sealed.tenant, sealed.instance, sealed.key_id, wrapped_key, sealed.ciphertext
    )
    if sha256(content).digest() != sealed.hash:
        raise Broken(f"the bytes of {sealed.key.tracking_id} are not those that were signed")
    return content


def keys_of(tenant: int, name: str) -> list[DocumentKey]:
    """What a name such as `76111111-39-1234` may mean: with and without a check digit."""
    issuer, _, rest = name.partition("-")
    type_code, _, number = rest.partition("-")
    series, _, folio = number.rpartition("-")
    if not (issuer.isdecimal() and len(issuer) <= 11 and folio.isdecimal() and len(folio) <= 12):
        return []
    taxpayers = dict.fromkeys((*with_check_digit(issuer.lstrip("0") or "0"), issuer))
    return [
        DocumentKey(tenant=tenant, issuer=one, type_code=type_code, series=series, folio=int(folio))
        for one in taxpayers
    ]
