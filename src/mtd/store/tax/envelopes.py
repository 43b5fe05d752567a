"""Envelopes as they are stored: made before they are sent, followed until all of it is settled.

Whoever writes here is a worker with a row; a statement that finds none changes nothing. An envelope
is sent by the one who moved it from MADE to UNKNOWN, and by nobody else.
"""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

from mtd.core.tax.document import DocumentKey
from mtd.store.engine.worker import Worker
from mtd.store.sessions import ENGINE, Connection, structs
from mtd.store.sharing import Sessions
from mtd.store.statements import statements
from mtd.store.tax.mail import Answer, Envelope, Made, Member, Message, Open, Queue, Waiting

PAGE_MAX = 64
"""Envelopes looked at in one round."""

LINES = 4
"""Connections: envelopes are made and followed side by side, each in transactions of its own."""

_SQL = statements("tax/envelopes")


class PostBook:
    """The post office's own lines to the database, in the name of one worker."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        settings = {**ENGINE, "application_name": f"mtd {worker.id}"}
        self.worker = worker.id
        """In whose name everything is written."""
        self.sessions = Sessions(worker.reading.dsn, settings, LINES)

    async def close(self) -> None:
        """End the connections."""
        await self.sessions.close()

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Connection]:
        """One transaction: all of it, or nothing."""
        async with (
            self.sessions.one() as session,
            session.use() as connection,
            connection.transaction(),
        ):
            yield connection

    async def waiting(self, provider: str, apart: Sequence[str]) -> list[Queue]:
        """What waits to be sent; `apart`: types of document with a channel of their own."""
        rows = await self.sessions.fetch(*_SQL["waiting"](apart=apart, provider=provider))
        return structs(Queue, rows)

    async def next(
        self, queue: Queue, provider: str, apart: Sequence[str], documents: int
    ) -> list[Waiting]:
        """At most so many documents of a queue, those that have waited longest."""
        rows = await self.sessions.fetch(
            *_SQL["next"](
                tenant=queue.tenant,
                issuer=queue.issuer,
                channel=queue.channel,
                provider=provider,
                documents=documents,
                apart=apart,
            )
        )
        return structs(Waiting, rows)

    async def due(self, issuers: Sequence[str], in_hand: Collection[str]) -> list[Envelope]:
        """Envelopes of these issuers that are to be looked at now, save those in hand."""
        rows = await self.sessions.fetch(
            *_SQL["due"](issuers=issuers, in_hand=list(in_hand), page=PAGE_MAX)
        )
        return structs(Envelope, rows)

    async def make(self, made: Made) -> bool:
        """Store an envelope with its documents; False: one of them is elsewhere by now."""
        given = {"tenant": made.tenant, "id": made.id, "issuer": made.issuer}
        columns = _columns(made.members)
        try:
            async with self.writing() as connection:
                put = await connection.fetch(
                    *_SQL["put"](worker=self._worker.id, **given, **columns)
                )
                if len(put) != len(made.members):
                    raise _Elsewhere
                await connection.execute(
                    *_SQL["made"](
                        **given,
                        channel=made.channel,
                        state=made.state,
                        documents=len(made.members),
                        hash=made.hash,
                        sealed=made.sealed,
                        **columns,
                    )
                )
        except _Elsewhere:
            return False
        return True

    async def begin(self, envelope: Envelope, lease_s: float) -> bool:
        """Claim the sending of an envelope; False: it is another's, or was sent before."""
        return bool(
            await self.sessions.fetch(
                *_SQL["begun"](
                    worker=self._worker.id,
                    tenant=envelope.tenant,
                    id=envelope.id,
                    attempts=envelope.attempts,
                    lease_s=lease_s,
                )
            )
        )

    async def open_members(self, envelope: Envelope) -> list[Open]:
        """The documents in it of which nothing is settled yet."""
        rows = await self.sessions.fetch(
            *_SQL["open_members"](tenant=envelope.tenant, id=envelope.id)
        )
        return structs(Open, rows)

    async def answers(self, envelope: Envelope) -> list[Answer]:
        """Everything that was said of it, oldest first."""
        rows = await self.sessions.fetch(*_SQL["answers"](tenant=envelope.tenant, id=envelope.id))
        return structs(Answer, rows)

    async def noticed(self, name: str, issuers: Sequence[str]) -> int:
        """Take the authority's notices about envelopes of these issuers; how many."""
        rows = await self.sessions.fetch(
            *_SQL["noticed"](worker=self._worker.id, name=name, issuers=issuers)
        )
        return len(rows)

    async def move(
        self,
        connection: Connection,
        envelope: Envelope,
        state: str,
        *,
        before: str,
        delay_s: float,
        codes: str = "",
        track_id: str = "",
        tries: int = 0,
    ) -> bool:
        """Note where an envelope stands; False: it stands elsewhere, or this worker is no more."""
        return bool(
            await connection.fetch(
                *_SQL["moved"](
                    worker=self._worker.id,
                    tenant=envelope.tenant,
                    id=envelope.id,
                    state=state,
                    before=before,
                    delay_s=delay_s,
                    codes=codes,
                    track_id=track_id,
                    tries=tries,
                )
            )
        )


class _Elsewhere(Exception):
    """A document was put elsewhere meanwhile: nothing of the envelope is stored."""


async def under_way(connection: Connection, envelope: Envelope) -> None:
    """The authority has the envelope: its documents are sent."""
    await connection.execute(*_SQL["under_way"](tenant=envelope.tenant, id=envelope.id))


async def take_out(
    connection: Connection, envelope: Envelope, members: Sequence[DocumentKey]
) -> None:
    """Documents that the authority never had wait for another envelope."""
    await connection.execute(
        *_SQL["taken_out"](tenant=envelope.tenant, id=envelope.id, **_names(members))
    )


async def give_back(
    connection: Connection,
    tenant: int,
    voided: Sequence[DocumentKey],
    credit_notes: Collection[str],
) -> None:
    """Notes that were voided take back nothing of their documents any more.

    `credit_notes`: the types that are; a debit note took something of those alone.
    """
    await connection.execute(
        *_SQL["given_back"](
            tenant=tenant,
            issuers=[one.issuer for one in voided],
            type_codes=[one.type_code for one in voided],
            series=[one.series for one in voided],
            folios=[one.folio for one in voided],
            credit_notes=list(credit_notes),
        )
    )


async def answered(
    connection: Connection, envelope: Envelope, operation: str, contents: Sequence[bytes]
) -> None:
    """Keep what was said."""
    await connection.execute(
        *_SQL["answered"](
            tenant=envelope.tenant, id=envelope.id, operation=operation, contents=contents
        )
    )


async def publish(
    connection: Connection, tenant: int, name: str, messages: Sequence[Message], ttl_s: float
) -> None:
    """Leave messages for whoever awaits them, and wake the workers when this is committed."""
    if not messages:
        return
    await connection.execute(
        *_SQL["published"](
            tenant=tenant,
            name=name,
            ttl_s=ttl_s,
            ids=[one.id for one in messages],
            keys=[one.key for one in messages],
            payloads=[one.payload for one in messages],
        )
    )
    await connection.execute(*_SQL["wake"]())


def _names(members: Sequence[DocumentKey | Member]) -> Mapping[str, list[object]]:
    return {
        "type_codes": [one.type_code for one in members],
        "series": [one.series for one in members],
        "folios": [one.folio for one in members],
    }


def _columns(members: Sequence[Member]) -> Mapping[str, list[object]]:
    return {**_names(members), "hashes": [one.hash for one in members]}
