"""Desks: what a transactional connector numbers, stamps and writes tax documents with."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from mtd.connectors.desk import NoneLeft, Paper, Promised
from mtd.core.tax.certificate import BadCertificate, Signing
from mtd.core.tax.document import DocumentKey, TaxDocument
from mtd.core.tax.practice import Practice, Stamp
from mtd.runtime.folio_book import FolioBook
from mtd.runtime.memory.live import Sealing
from mtd.runtime.tax.keyring import Keyring
from mtd.runtime.tax.stock import Stock
from mtd.runtime.vault import Vault
from mtd.store.engine.folio_blocks import Series
from mtd.store.engine.issuance import Issuance, Signed
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Asker
from mtd.store.tax import promises, tax_documents

BATCH_MAX = 200
"""Instances whose documents are asked for at once."""


class Desks:
    """Lays out a desk for each attempt of one worker."""

    def __init__(
        self,
        worker: Worker,
        vault: Vault,
        now: Callable[[], datetime],
        book: FolioBook | None = None,
    ) -> None:
        asker = worker.asking.insisting()
        self.stock = Stock(worker, now, book)
        self.asker: Asker = asker
        self.vault = vault
        self.now = now
        self.keyring = Keyring(asker, vault, now)
        self.documents = _Documents(asker)
        self._promises: bool | None = None

    async def promising(self) -> bool:
        """Whether this database was told of promises, which only a restore does."""
        if self._promises is None:
            self._promises = await promises.exist(self.asker)
        return self._promises

    def lay(self, tenant: int, instance: str, effect: str, sealing: Sealing | None) -> "Desk":
        """The desk for one attempt."""
        return Desk(self, tenant, instance, effect, sealing)


class Desk:
    """One attempt's: what it took and wrote, until its answer is committed or comes to nothing."""

    def __init__(
        self, of: Desks, tenant: int, instance: str, effect: str, sealing: Sealing | None
    ) -> None:
        self.tenant = tenant
        self.effect = effect
        self.issued: list[Issuance] = []
        """What is written in the commit of the answer."""
        self._of = of
        self._instance = instance
        self._sealing = sealing
        self._taken: list[tuple[Series, int]] = []

    def now(self) -> datetime:
        """Database time."""
        return self._of.now()

    async def documents(self) -> Sequence[TaxDocument]:
        """Every document of this instance, oldest first."""
        return await self._of.documents.of(self.tenant, self._instance)

    async def promised(
        self, issuer: str, type_code: str, total: Decimal, folio: int | None
    ) -> Promised | None:
        """The folio that this order had before a loss: `folio`, or one for that amount, or any."""
        if not await self._of.promising():
            return None
        found = [
            Promised(series=one.series, folio=one.folio, issued_at=one.issued_at, total=one.total)
            for one in await promises.of(self._of.asker, self.tenant, self._instance)
            if (one.issuer, one.type_code) == (issuer, type_code)
        ]
        if folio is not None:
            return next((one for one in found if one.folio == folio), None)
        alike = (one for one in found if one.total == total)
        return next(alike, next(iter(found), None))

    async def number(
        self, issuer: str, type_code: str, series: str, *, environment: str, day: date
    ) -> int | NoneLeft:
        """A folio that nobody had before. Raises NotYet."""
        of = Series(tenant=self.tenant, issuer=issuer, type_code=type_code, series=series)
        folio = await self._of.stock.take(of, environment, day)
        if isinstance(folio, int):
            self._taken.append((of, folio))
        return folio

    async def stamp(self, practice: Practice, type_code: str, folio: int) -> Stamp | NoneLeft:
        """What stamps this folio."""
        return await self._of.keyring.stamp(self.tenant, practice, type_code, folio)

    async def signer(self, practice: Practice) -> Signing | BadCertificate:
        """Who signs for this taxpayer now."""
        return await self._of.keyring.signer(self.tenant, practice)

    def write(self, provider: str, issuer: str, paper: Paper) -> str | None:
        """Put a document down; why it cannot be, where it cannot."""
        key = DocumentKey(
            tenant=self.tenant,
            issuer=issuer,
            type_code=paper.type_code,
            series=paper.series,
            folio=paper.folio,
        )
        signed = None
        if paper.artifact is not None:
            if self._sealing is None:
                return "there is no order to keep the document with"
            signed = self._signed(key, paper, self._sealing)
        refers = paper.refers_to
        self.issued.append(
            Issuance(
                issuer=issuer,
                type_code=paper.type_code,
                series=paper.series,
                folio=paper.folio,
                effect=self.effect,
                provider=provider,
                is_sale=paper.is_sale,
                currency=paper.currency,
                total=paper.total,
                issued_at=paper.issued_at,
                state=paper.state,
                befores=paper.befores,
                handed=paper.handed,
                reason=paper.reason,
                hash=signed.hash if signed is not None else None,
                signed=signed,
                refers_type=refers.type_code if refers is not None else None,
                refers_series=refers.series if refers is not None else "",
                refers_folio=refers.folio if refers is not None else None,
                credit=paper.credit,
            )
        )
        return None

    def committed(self) -> None:
        """The answer is durable, and with it all that was written."""
        written = {(one.issuer, one.type_code, one.series, one.folio) for one in self.issued}
        for series, folio in self._taken:
            mine = (series.issuer, series.type_code, series.series, folio)
            if mine in written:
                self._of.stock.keep(series, folio)
            else:
                self._of.stock.put_back(series, folio)
        self._taken.clear()

    def undone(self) -> None:
        """The answer came to nothing: what was taken is free again."""
        for series, folio in self._taken:
            self._of.stock.put_back(series, folio)
        self._taken.clear()

    def refused(self) -> None:
        """The database would not have it: what was taken is given out no more by this worker."""
        for series, folio in self._taken:
            self._of.stock.keep(series, folio)
        self._taken.clear()

    def _signed(self, key: DocumentKey, paper: Paper, sealing: Sealing) -> Signed:
        assert paper.artifact is not None
        content = paper.artifact.content
        return Signed(
            name=tax_documents.kept_name(key),
            media_type=paper.artifact.media_type,
            person=sealing.person,
            key_id=sealing.key_id,
            hash=bytes.fromhex(paper.artifact.sha256),
            ciphertext=self._of.vault.seal_document(
                self.tenant, self._instance, sealing.key_id, sealing.wrapped_key, content
            ),
        )


class _Documents:
    """Asks for the documents of instances: those that are wanted at once, in one statement."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._wanted: dict[tuple[int, str], asyncio.Future[list[TaxDocument]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def of(self, tenant: int, instance: str) -> list[TaxDocument]:
        key = (tenant, instance)
        future = self._wanted.get(key)
        if future is None:
            future = self._wanted[key] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(future)

    async def _ask(self) -> None:
        try:
            while self._wanted:
                keys = list(self._wanted)[:BATCH_MAX]
                futures = {key: self._wanted.pop(key) for key in keys}
                await self._answer(futures)
        finally:
            self._asking = None

    async def _answer(
        self, futures: dict[tuple[int, str], asyncio.Future[list[TaxDocument]]]
    ) -> None:
        found: dict[tuple[int, str], list[TaxDocument]] = {key: [] for key in futures}
        try:
            for one in await tax_documents.of_instances(self._asker, list(futures)):
                found[one.tenant, one.instance].append(one)
        except Exception as error:  # noqa: BLE001 each attempt that asked tells of it
            for future in futures.values():
                future.set_exception(error)
            return
        for key, future in futures.items():
            future.set_result(found[key])
