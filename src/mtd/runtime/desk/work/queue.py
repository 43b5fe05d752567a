"""The waiting queue: files that no attempt delivered; pushed, given back, or given up by two."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from mtd.runtime.bulk import acting
from mtd.runtime.bulk.acting import Shown
from mtd.runtime.bulk.asked import Wish
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.desk.work import waitlist
from mtd.runtime.desk.work.waitlist import Narrowed, Waiting, store_of
from mtd.runtime.intake.archive import Archive, Damaged
from mtd.runtime.operations import pushing
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.arriving import discards, intake
from mtd.store.arriving.intake import Failure, File

RETURNED = "returned"
"""The folder in MTD_HOME whose files their senders take back."""
SHOWN_MAX_BYTES = 200_000
LINES_MAX = 2_000
_LINE = re.compile(r"\bline (\d{1,7})\b")
CONTROL = {code: "\ufffd" for code in range(32) if code != 9}
"""What is shown in place of a control character."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the raw file."""

    number: int
    words: str
    wrong: bool


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """The file as it came, as far as it can be shown."""

    lines: tuple[Text, ...]
    cut: bool
    problem: str
    """Why there are none; empty: there are."""


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A file with why its attempts failed."""

    waiting: Waiting
    failures: tuple[Failure, ...]
    """Of this round, the first first."""
    earlier: int
    """Failures of the rounds before."""
    raw: Raw


async def examined(desk: Desk, person: Person, id_: str) -> Examined:
    """One file. Raises NotFound: it does not wait, or is not theirs to see."""
    person.must("files.see")
    async with desk.app.store.window(desk.tenant) as connection:
        file = await intake.by_id(connection, desk.tenant, id_)
        if file is None or not person.sees(store_of(file)):
            raise NotFound(f"there is no file {id_}")
        failures = await intake.failures(connection, desk.tenant, id_)
        asked = await discards.open_of(connection, desk.tenant, [id_])
    mine = tuple(one for one in failures if one.round == file.pushes)
    raw = await asyncio.to_thread(_raw, desk.app.home, file, mine)
    return Examined(
        waiting=Waiting(file=file, store=store_of(file), request=asked.get(id_)),
        failures=mine,
        earlier=len(failures) - len(mine),
        raw=raw,
    )


async def push(
    desk: Desk,
    person: Person,
    narrowed: Narrowed,
    ids: Sequence[str] | None,
    reason: str,
    rate_per_s: float,
) -> Shown:
    """Have files of a list tried again, so many a second: the chosen ones, or (None) all of it.

    Durable, and never more than these. Raises Forbidden, and Conflict: none of them waits, or they
    are more than one bulk action takes.
    """
    person.must("files.push")
    given(reason)
    if ids is not None and not ids:
        raise Conflict("none is ticked")
    chosen = await waitlist.chosen(desk, person, narrowed, ids)
    if not chosen:
        raise Conflict("none of these files waits any more")
    await desk.record(person, "file.push", "", reason, after={"files": chosen})
    wish = Wish(
        name=reason.strip()[:200], action="push", actor=person.login, reason=reason.strip(),
        files=chosen, rate_per_s=rate_per_s,
    )  # fmt: skip
    shown = await acting.preview(desk.operations, wish)
    return await acting.rule(
        desk.operations, shown.bulk.id, "STARTED", person.login, reason.strip()
    )


async def give_back(desk: Desk, person: Person, id_: str, reason: str) -> Path:
    """Put the file where its sender takes it back, and wait for it no more; where that is.

    Raises Forbidden, NotFound, and Conflict: it does not wait, or its bytes are not there.
    """
    person.must("files.return")
    given(reason)
    file = (await examined(desk, person, id_)).waiting.file
    if file.state != "WAITING":
        raise Conflict(f"the file is {file.state.lower()}")
    await desk.record(person, "file.return", file.path, reason)
    try:
        place = await asyncio.to_thread(_returned, desk.app.home, file, reason.strip())
    except (OSError, Damaged) as error:
        raise Conflict(f"the file cannot be given back: {error}") from error
    why = f"returned: {reason.strip()}"
    if not await pushing.reject(desk.operations, [id_], person.login, why):
        raise Conflict("the file does not wait any more")
    return place


async def ask_discard(desk: Desk, person: Person, id_: str, reason: str) -> None:
    """Ask that the file be given up. Raises Forbidden, NotFound, Conflict."""
    person.must("files.discard")
    given(reason)
    file = (await examined(desk, person, id_)).waiting.file
    if file.state != "WAITING":
        raise Conflict(f"the file is {file.state.lower()}")
    await desk.record(person, "file.discard.ask", file.path, reason)
    async with desk.app.store.door(desk.tenant) as connection:
        if not await discards.ask(
            connection, desk.tenant, desk.new_id(), id_, person.login, reason.strip()
        ):
            raise Conflict("somebody asked for it already")


async def decide_discard(desk: Desk, person: Person, id_: str, *, agreed: bool) -> None:
    """Agree that the file be given up, or not: never by who asked.

    Raises Forbidden, NotFound, and Conflict.
    """
    person.must("files.approve")
    waiting = (await examined(desk, person, id_)).waiting
    if waiting.request is None:
        raise Conflict("nobody asks for it any more")
    if agreed and waiting.request.asked_by == person.login:
        raise Conflict("who asked for it cannot agree to it: another supervisor decides")
    action = "file.discard.agree" if agreed else "file.discard.refuse"
    await desk.record(person, action, waiting.file.path, waiting.request.reason)
    async with desk.app.store.door(desk.tenant) as connection:
        settled = await discards.settle(
            connection, desk.tenant, waiting.request.id, person.login, agreed=agreed
        )
    if settled is None:
        raise Conflict("it was decided already")
    if agreed:
        why = f"{settled.reason} (asked by {settled.asked_by})"
        await pushing.reject(desk.operations, [id_], person.login, why)


def _raw(home: Path, file: File, failures: Sequence[Failure]) -> Raw:
    if not file.archive:
        why = "erased with its person" if file.settled_at else "never read"
        return Raw(lines=(), cut=False, problem=why)
    try:
        body = Archive(home).read(file.archive, file.hash)
    except (OSError, Damaged) as error:
        return Raw(lines=(), cut=False, problem=str(error))
    wrong = {int(number) for one in failures for number in _LINE.findall(one.message)}
    text = body[:SHOWN_MAX_BYTES].decode("utf-8", "replace")
    lines = text.splitlines()
    shown = [
        Text(number=n, words=line.translate(CONTROL), wrong=n in wrong)
        for n, line in enumerate(lines[:LINES_MAX], start=1)
    ]
    cut = len(body) > SHOWN_MAX_BYTES or len(lines) > LINES_MAX
    return Raw(lines=tuple(shown), cut=cut, problem="")


def _returned(home: Path, file: File, reason: str) -> Path:
    """The archived bytes below `returned/`, with why beside them."""
    body = Archive(home).read(file.archive, file.hash)
    place = (home / RETURNED / file.path).resolve()
    if not place.is_relative_to((home / RETURNED).resolve()):
        raise Damaged("its path leads elsewhere")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)
    place.with_name(f"{place.name}.why.txt").write_text(f"{reason}\n", encoding="utf-8")
    return place
