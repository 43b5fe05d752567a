"""The audit's chain: entries are sealed one on the other, and a check names what was tampered with.

Each entry's digest goes into a hash with its place and the hash before it, so that no entry can be
altered, moved or taken out without breaking the chain from there on. Sealing is done in batches,
apart from what people do. Whoever may write to the database could make the whole chain anew: so
each batch leaves its end in a file, the anchor, which belongs on another machine.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from mtd.runtime.app import App
from mtd.runtime.rounds import rounds
from mtd.store.people import audit
from mtd.store.people.audit import Chained, Entry, Seal

SEAL_S = 1.0
"""Between two batches: how long an entry lies unsealed."""
ANCHOR_FILE = "audit.anchor"
FINDINGS_MAX = 50
SUSPECTS_MAX = 500
"""Entries that are compared with each other; of a chain broken throughout, the first say it."""


class Anchor(msgspec.Struct, frozen=True):
    """Where the chain ended once."""

    position: int
    chain: str
    """Hexadecimal."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it was sealed."""

    position: int
    kind: str
    """altered, swapped, missing, broken, cut or replaced."""
    message: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the chain found."""

    entries: int
    """Sealed ones."""
    anchors: int
    findings: tuple[Finding, ...]


def anchor_of(app: App) -> Path:
    """The file that the ends of the chain are appended to."""
    return app.home / (app.settings.portal.audit_anchor or ANCHOR_FILE)


async def keep_sealing(app: App, tenant: int, anchor: Path, stopping: asyncio.Event) -> None:
    """Seal what people do, until told to stop."""
    await rounds(partial(seal, app, tenant, anchor), SEAL_S, stopping, "the audit is not sealed")


async def seal(app: App, tenant: int, anchor: Path) -> int:
    """Seal every open entry; how many. Each batch's end is appended to the file `anchor`."""
    sealed = 0
    while batch := await _seal(app, tenant, anchor):
        sealed += batch
    return sealed


async def _seal(app: App, tenant: int, anchor: Path) -> int:
    async with app.store.door(tenant) as connection:
        end = await audit.head(connection, tenant)
        seals: list[Seal] = []
        position, chain = end.position, end.chain
        for entry in await audit.unsealed(connection, tenant):
            position += 1
            own = digest(entry)
            chain = linked(chain, position, own)
            seals.append(Seal(entry.id, position, own, chain))
        if not seals:
            return 0
        await audit.seal(connection, tenant, seals)
    await asyncio.to_thread(_append, anchor, Anchor(position, chain.hex()))
    return len(seals)


async def verify(
    app: App, tenant: int, anchor: Path, told: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Check the whole chain, and every end of it that the anchor knows.

    A page of entries at a time; `told` is called with how many were checked so far.
    """
    anchors = await asyncio.to_thread(read_anchors, anchor)
    known: dict[int, bytes] = {}
    wanted = {one.position for one in anchors}
    suspects: list[Chained] = []
    findings: list[Finding] = []
    before, last = b"", 0
    befores: dict[int, bytes] = {}
    after_gaps: set[int] = set()
    while True:
        async with app.store.window(tenant) as connection:
            page = await audit.chained(connection, tenant, last)
        if not page:
            break
        for one in page:
            if one.position != last + 1:
                gone = f"entries {last + 1} to {one.position - 1} are gone"
                findings.append(Finding(last + 1, "missing", gone))
                after_gaps.add(one.position)
            whole = linked(before, one.position, one.digest) == one.chain
            if (digest(one) != one.digest or not whole) and len(suspects) < SUSPECTS_MAX:
                suspects.append(one)
                befores[one.position] = before
            if one.position in wanted:
                known[one.position] = one.chain
            before, last = one.chain, one.position
        told(last)
    findings += _named(suspects, befores, after_gaps)
    async with app.store.window(tenant) as connection:
        end = await audit.end(connection, tenant)
    findings += _cut(last, end.position, anchors, known)
    return Verdict(entries=last, anchors=len(anchors), findings=tuple(findings[:FINDINGS_MAX]))


def digest(entry: Entry) -> bytes:
    """SHA-256 of all that an entry says."""
    at = entry.at.isoformat()
    said = [
        entry.id, at, entry.actor, entry.origin, entry.action, entry.subject, entry.reason,
        entry.before, entry.after,
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(said)).digest()


def linked(before: bytes, position: int, own: bytes) -> bytes:
    """The chain's hash at `position`: over the hash before it, its place and its digest."""
    return hashlib.sha256(before + position.to_bytes(8, "big") + own).digest()


def read_anchors(path: Path) -> list[Anchor]:
    """The ends that a file keeps; none where there is no file. Raises msgspec.DecodeError."""
    if not path.exists():
        return []
    return [
        msgspec.json.decode(line, type=Anchor) for line in path.read_bytes().splitlines() if line
    ]


def _append(path: Path, anchor: Anchor) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(msgspec.json.encode(anchor) + b"\n")


def _named(
    suspects: Sequence[Chained], befores: dict[int, bytes], after_gaps: set[int]
) -> list[Finding]:
    """What is wrong with entries that do not fit: swapped with each other, altered, or broken."""
    found: list[Finding] = []
    paired: set[int] = set()
    for i, one in enumerate(suspects):
        for other in suspects[i + 1 :]:
            if not paired & {one.position, other.position} and _swapped(one, other, befores):
                paired |= {one.position, other.position}
                words = f"entries {one.position} and {other.position} were swapped"
                found.append(Finding(one.position, "swapped", f"{words}: {told(one)}"))
    for one in suspects:
        if one.position in paired:
            continue
        if digest(one) != one.digest:
            words = f"entry {one.position} was altered: {told(one)}"
            found.append(Finding(one.position, "altered", words))
        elif not paired & {one.position - 1} and one.position not in after_gaps:
            words = f"the chain breaks at entry {one.position}: {told(one)}"
            found.append(Finding(one.position, "broken", words))
    return found


def _swapped(one: Chained, other: Chained, befores: dict[int, bytes]) -> bool:
    """Whether each is whole in the other's place, by its place or by its content."""
    mine = msgspec.structs.replace(one, id=other.id)
    theirs = msgspec.structs.replace(other, id=one.id)
    if digest(mine) == other.digest and digest(theirs) == one.digest:
        return True
    return linked(befores[one.position], one.position, other.digest) == other.chain


def _cut(last: int, end: int, anchors: Sequence[Anchor], known: dict[int, bytes]) -> list[Finding]:
    found: list[Finding] = []
    furthest = max([end, *(one.position for one in anchors)])
    if furthest > last:
        words = f"the tail is cut: entries {last + 1} to {furthest} were sealed and are gone"
        found.append(Finding(last + 1, "cut", words))
    for one in anchors:
        if one.position <= last and known.get(one.position, b"").hex() != one.chain:
            words = f"the chain is not the one that the anchor knew at entry {one.position}"
            found.append(Finding(one.position, "replaced", words))
            break
    return found


def told(entry: Entry) -> str:
    """An entry in one line."""
    return f"{entry.at:%Y-%m-%d %H:%M:%S} {entry.actor} {entry.action} {entry.subject}".rstrip()
