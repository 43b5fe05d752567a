"""Correlating: why a message found nobody, in words: who was tried, and which key differed."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from uuid import UUID

import msgspec

from mtd.runtime.operations.operations import REST, NotFound, Operations
from mtd.store.arriving import messages
from mtd.store.arriving.messages import Candidate, Message

NEAREST_MAX = 3
"""Names offered for one that nobody awaits."""
TAKEN = "TAKEN"

_TRIED = msgspec.json.Decoder(list[Candidate])


class Inspected(msgspec.Struct, frozen=True, kw_only=True):
    """A message, who was tried for it, and what that means."""

    message: Message
    tried: list[Candidate]
    """Who awaited its name: when it was given up, or now where it still waits."""
    awaiting: list[Candidate]
    """Who awaits its name now."""
    words: list[str]


async def inspect(operations: Operations, name: str, source: str = REST) -> Inspected:
    """The message by its id, or by the sender's own id of it. Raises NotFound."""
    tenant = operations.tenant
    async with operations.app.store.window(tenant) as connection:
        found = await messages.one(connection, tenant, name) if is_uuid(name) else None
        if found is None:
            seen = await messages.seen(connection, tenant, source, name)
            if seen is None:
                raise NotFound(f"there is no message {name!r} of {source!r}, or it was taken")
            found = await messages.one(connection, tenant, seen.id)
            if found is None:
                return _taken(seen.id, name, source)
        awaiting = await messages.candidates(connection, tenant, found.name, found.key)
        known = await messages.names(connection, tenant)
    tried = _TRIED.decode(found.tried) if found.tried else list(awaiting)
    return Inspected(
        message=found,
        tried=tried,
        awaiting=awaiting,
        words=explained(found, tried, awaiting, known),
    )


async def listing(
    operations: Operations, *, waiting: bool, below: str | None, limit: int
) -> list[Message]:
    """Messages that wait, or that nobody took, newest first."""
    async with operations.app.store.window(operations.tenant) as connection:
        return await messages.page(
            connection, operations.tenant, waiting=waiting, below=below, limit=limit
        )


def explained(
    message: Message,
    tried: Sequence[Candidate],
    awaiting: Sequence[Candidate],
    names: Sequence[str],
) -> list[str]:
    """What became of `message`, and why, a sentence each."""
    if message.state == "BEGAN":
        return [f"it began instance {message.id} of {message.name}, key {message.key!r}"]
    differed = [candidate for candidate in tried if candidate.key != message.key]
    nobody = [] if tried else [f"nobody awaited any {message.name!r}{_near(message.name, names)}"]
    late = [c for c in awaiting if c.key == message.key and message.given_up_at is not None]
    return [
        _fate(message),
        *(_difference(message, candidate) for candidate in differed),
        *nobody,
        *(_lateness(message, candidate) for candidate in late),
    ]


def _difference(message: Message, tried: Candidate) -> str:
    return (
        f"tried: {_who(tried)} awaits {message.name!r} with key {tried.key!r}; "
        f"the key of the message is {message.key!r}{_hint(tried.key, message.key)}"
    )


def _lateness(message: Message, candidate: Candidate) -> str:
    return (
        f"{_who(candidate)} awaits this very name and key since {_at(candidate.since)}: "
        f"the message was given up at {_at(message.given_up_at)}"
    )


def _taken(id_: str, message_id: str, source: str) -> Inspected:
    message = Message(
        id=id_, state=TAKEN, at=None, expires_at=None, given_up_at=None, name="", key="",
        source=source, message_id=message_id, tried=None,
    )  # fmt: skip
    return Inspected(
        message=message, tried=[], awaiting=[], words=["an instance that awaited it took it"]
    )


def _fate(message: Message) -> str:
    what = f"message {message.name!r} with key {message.key!r}"
    match message.state:
        case "WAITING":
            return f"{what} came at {_at(message.at)} and waits until {_at(message.expires_at)}"
        case "EXPIRED":
            came, gone = _at(message.at), _at(message.given_up_at)
            return f"{what} came at {came} and was given up at {gone}: nobody awaited it in time"
        case _:
            gone = _at(message.given_up_at)
            return f"{what} was refused at {gone}: nobody awaited it, and it is not to wait"


def _who(candidate: Candidate) -> str:
    order = f" ({candidate.business_key})" if candidate.business_key else ""
    return f"instance {candidate.instance}{order}"


def _hint(wanted: str, given: str) -> str:
    """What the eye misses."""
    if wanted.strip().casefold() == given.strip().casefold():
        return ": only case or blanks differ"
    if wanted in given or given in wanted:
        return ": one contains the other"
    return ""


def _near(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, NEAREST_MAX)
    return f"; awaited names near to it: {', '.join(close)}" if close else ""


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z" if moment is not None else "?"


def is_uuid(name: str) -> bool:
    """Whether `name` has the shape of an id."""
    try:
        return str(UUID(name)) == name.lower()
    except ValueError:
        return False
