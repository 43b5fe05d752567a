"""History: what people did, searched by who, what, which order, when and from where."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.operations import NotFound
from mtd.store.ids import NO_CHANCE, uuid7
from mtd.store.orders.board import FIRST, LAST
from mtd.store.people import audit
from mtd.store.people.audit import PAGE_MAX, Listed, Sought

ROWS = 50
WORD_MIN = 3
"""Characters of a word that is looked for in reasons and values."""
TEXT_MAX = 200
NAMES = ("who", "what", "about", "origin", "word", "from", "to")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person searches for, as the address of the page says it; empty: whatever it is."""

    who: str = ""
    """A login, whole."""
    what: str = ""
    """An action."""
    about: str = ""
    """An order by any of its names, a file's path, or a login."""
    origin: str = ""
    """The address that it came from."""
    word: str = ""
    """In the reason, or in what was before or after."""
    since: str = ""
    """Day, `2026-11-27`."""
    until: str = ""
    """Inclusive."""

    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        values = (
            self.who, self.what, self.about, self.origin, self.word, self.since, self.until
        )  # fmt: skip
        return {name: value for name, value in zip(NAMES, values, strict=True) if value}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of entries, newest first."""

    entries: tuple[Listed, ...]
    after: str | None
    """Id below which the next page is; None: this is the last."""


def read_asked(query: Mapping[str, Sequence[str]]) -> Asked:
    """The search that an address says. Raises BadFilter."""
    who, what, about, origin, word, since, until = (
        next(iter(query.get(name, ())), "").strip()[:TEXT_MAX] for name in NAMES
    )
    for name, text in (("from", since), ("to", until)):
        _day(name, text)
    if word and len(word) < WORD_MIN:
        raise BadFilter(f"word: fewer than {WORD_MIN} characters")
    return Asked(
        who=who.casefold(), what=what, about=about, origin=origin, word=word, since=since,
        until=until,
    )  # fmt: skip


async def page(
    desk: Desk, person: Person, asked: Asked, *, below: str | None = None, rows: int = ROWS
) -> Page:
    """A page of what people did; who sees some stores alone sees what was about theirs."""
    person.must("audit.see")
    sought = await _sought(desk, person, asked, below)
    async with desk.app.store.door(desk.tenant) as connection:
        found = await audit.search(connection, desk.tenant, sought, rows + 1)
    shown = tuple(found[:rows])
    return Page(entries=shown, after=shown[-1].id if len(found) > rows else None)


async def every(desk: Desk, person: Person, asked: Asked) -> AsyncIterator[Sequence[Listed]]:
    """All that the search finds, newest first, some at a time."""
    below: str | None = None
    while True:
        found = await page(desk, person, asked, below=below, rows=PAGE_MAX - 1)
        yield found.entries
        if found.after is None:
            return
        below = found.after


async def actions(desk: Desk, person: Person) -> list[str]:
    """Every action that there is an entry of."""
    person.must("audit.see")
    async with desk.app.store.door(desk.tenant) as connection:
        return await audit.actions(connection, desk.tenant)


async def _sought(desk: Desk, person: Person, asked: Asked, below: str | None) -> Sought:
    since, until = _day("from", asked.since), _day("to", asked.until)
    subjects, tasks_of = await _subjects(desk, asked.about)
    end = LAST if until is None else uuid7(_midnight(desk, until + timedelta(days=1)), NO_CHANCE)
    return Sought(
        below=end if below is None else min(below, end),
        since=FIRST if since is None else uuid7(_midnight(desk, since), NO_CHANCE),
        actor=asked.who or None,
        action=asked.what or None,
        origin=asked.origin or None,
        subjects=subjects,
        tasks_of=tasks_of,
        word=asked.word.lower() or None,
        stores=person.stores,
    )


async def _subjects(desk: Desk, about: str) -> tuple[tuple[str, ...] | None, str | None]:
    """What entries about it name: the text; of an order its key, and how its tasks begin."""
    if not about:
        return None, None
    try:
        order = await desk.operations.order(about)
    except NotFound:
        return (about, about.casefold()), None
    return (about, order.key), f"{order.id}:"


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.zone)


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadFilter(f"{name}: {text}") from error
