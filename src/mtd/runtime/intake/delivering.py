"""Delivering: files that are due are read, and their orders brought to the door."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import structlog

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.intake.archive import Archive
from mtd.runtime.intake.insisting import insist
from mtd.runtime.intake.reading import Held, read_order, too_large
from mtd.runtime.intake.registering import SOURCE, Registering
from mtd.runtime.operations.operations import Operations
from mtd.runtime.receiving import Unroutable
from mtd.store.arriving import intake
from mtd.store.arriving.arrival import Accepted, Changed, Duplicate, Receipt, Refused
from mtd.store.arriving.intake import Failed, File, Settled
from mtd.store.sessions import Connection

LOG = structlog.get_logger()
BATCH_MAX = 200
"""Files claimed together."""
LEASE_S = 30.0
"""A claimed batch is settled or failed long before; else its reader is dead."""
READERS_MAX = 16
"""Files whose bytes are in memory at a time."""
MESSAGE_MAX = 1_000
DUPLICATE_CHANGED = "DUPLICATE_CHANGED"
REFUSED = "REFUSED"
NO_ROUTE = "NO_ROUTE"
FAILED = "FAILED"
"""How an attempt that failed is counted; its file is not in a state of that name."""


class Undelivered(Exception):
    """The door gave an answer that is no answer for an order; it may give another next time."""


class Delivering:
    """Attempts at the files that are due."""

    def __init__(
        self,
        app: App,
        operations: Operations,
        registering: Registering,
        *,
        backoff_s: float,
        backoff_max_s: float,
    ) -> None:
        self._app = app
        self._operations = operations
        self._tenant = operations.tenant
        self._registering = registering
        self._archive = Archive(app.home)
        self._backoff_s = backoff_s
        self._backoff_max_s = backoff_max_s
        self._readers = asyncio.Semaphore(READERS_MAX)

    async def deliver(self) -> tuple[int, list[float]]:
        """One attempt at each of a batch; how many, and in how many seconds failed ones are due."""
        files = await insist(
            self._app.store,
            self._tenant,
            lambda c: intake.claim(c, self._tenant, BATCH_MAX, LEASE_S),
        )
        if not files:
            return 0, []
        began_s = elapsed_s()
        read = await asyncio.gather(*map(self._read, files), return_exceptions=True)
        # Only now, and in their sequence: of two files of one order the first is the order. One
        # transaction at the door has no sequence, so they go through it one after the other.
        turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        outcomes = await asyncio.gather(
            *(self._place(file, one, turns) for file, one in zip(files, read, strict=True)),
            return_exceptions=True,
        )
        settled = [outcome for outcome in outcomes if isinstance(outcome, Settled)]
        failed = [
            self._failed(file, outcome)
            for file, outcome in zip(files, outcomes, strict=True)
            if isinstance(outcome, Exception)
        ]
        kept = await insist(self._app.store, self._tenant, lambda c: self._keep(c, settled, failed))
        settled = [one for one in settled if one.id in kept]
        failed = [one for one in failed if one.id in kept]
        self._count(settled, failed, elapsed_s() - began_s)
        self._log(settled, failed)
        self._registering.settled(file.id for file in files)
        return len(files), [failure.retry_s for failure in failed]

    async def _read(self, file: File) -> PurchaseOrder | Held | File:
        """What is in the file, or the file whose copy it is; what is raised fails the attempt."""
        if not file.archive:
            known = await self._registering.archived(file)
            if known.id != file.id:
                return known
            file = known
        held = too_large(file.size_bytes)
        if held is not None:
            return held
        async with self._readers:
            body = await asyncio.to_thread(self._archive.read, file.archive, file.hash)
            return read_order(file.path, body, self._operations.mappings, self._app.meters)

    async def _place(
        self,
        file: File,
        read: PurchaseOrder | Held | File | BaseException,
        turns: Mapping[str, asyncio.Lock],
    ) -> Settled:
        """What becomes of the file; whatever is raised is a failed attempt."""
        match read:
            case PurchaseOrder():
                async with turns[read.key]:
                    return await self._delivered(file, read)
            case Held():
                return _held(file, read)
            case File(order_key=key, order_id=id_):
                return _settled(file, "DUPLICATE", order_key=key, order_id=id_)
            case BaseException():
                raise read

    async def _delivered(self, file: File, order: PurchaseOrder) -> Settled:
        try:
            receipt = await self._operations.place(order, SOURCE, file.id, file.id)
        except Unroutable as error:
            return _held(file, Held(cause=NO_ROUTE, finding=str(error), order_key=order.key))
        return _received(file, order, receipt)

    def _failed(self, file: File, error: Exception) -> Failed:
        words = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return Failed(
            id=file.id,
            attempt=file.attempts,
            message=f"{type(error).__name__}: {words}"[:MESSAGE_MAX].replace("\0", "\ufffd"),
            retry_s=min(self._backoff_s * 2.0 ** (file.attempts - 1), self._backoff_max_s),
        )

    async def _keep(
        self, connection: Connection, settled: Sequence[Settled], failed: Sequence[Failed]
    ) -> set[str]:
        """Keep what came of this attempt; of which files it was not another that told it."""
        kept = await intake.settle(connection, self._tenant, settled) if settled else []
        lost = await intake.fail(connection, self._tenant, failed) if failed else []
        return {*kept, *lost}

    def _count(self, settled: Sequence[Settled], failed: Sequence[Failed], took_s: float) -> None:
        meters = self._app.meters
        for outcome in (*(one.state for one in settled), *(FAILED for _ in failed)):
            meters.files.labels(outcome).inc()
            meters.file_s.observe(took_s)
            failure = outcome is FAILED
            meters.worked("intake.reader", took_s, successes=not failure, errors=failure)

    def _log(self, settled: Sequence[Settled], failed: Sequence[Failed]) -> None:
        for one in settled:
            LOG.info(
                "file settled", file=one.id, state=one.state, cause=one.cause, order=one.order_key
            )
        for failure in failed:
            kind = failure.message.partition(":")[0]
            LOG.warning("file not delivered", file=failure.id, attempt=failure.attempt, error=kind)


def _received(file: File, order: PurchaseOrder, receipt: Receipt) -> Settled:
    match receipt:
        case Accepted(id=id_):
            return _settled(file, "DONE", order_key=order.key, order_id=id_)
        case Duplicate(id=id_):
            return _settled(file, "DUPLICATE", order_key=order.key, order_id=id_)
        case Changed(id=id_, hash_before=before):
            finding = f"order {id_} came before with other content, of hash {before.hex()}"
            held = Held(cause=DUPLICATE_CHANGED, finding=finding, order_key=order.key)
            return _held(file, held, order_id=id_)
        case Refused(reason=reason):
            return _held(file, Held(cause=REFUSED, finding=reason, order_key=order.key))
        case _:
            raise Undelivered(type(receipt).__name__)


def _settled(file: File, state: str, *, order_key: str | None, order_id: str | None) -> Settled:
    return Settled(
        id=file.id, attempt=file.attempts, state=state, order_key=order_key, order_id=order_id
    )


def _held(file: File, held: Held, order_id: str | None = None) -> Settled:
    return Settled(
        id=file.id,
        attempt=file.attempts,
        state="WAITING",
        cause=held.cause,
        finding=held.finding,
        order_key=held.order_key,
        order_id=order_id,
    )
