"""History: what people did, searched by who, what, which order, when and from where."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from mtd.runtime.desk.counting import COUNTED_MAX, COUNTING_MS, in_time
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.filters import BadFilter, day
from mtd.runtime.desk.paging import paged
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.operations import NotFound
from mtd.store.ids import least_id
from mtd.store.orders.board import FIRST, LAST
from mtd.store.people import audit
from mtd.store.people.audit import PAGE_MAX, Listed, Sought

ROWS = 50
WORD_MIN = 3
"""Characters of a word that is looked for in reasons and values."""
TEXT_MAX = 200
FIELDS = {
    "who": "who", "what": "what", "kind": "kind", "about": "about", "origin": "origin",
    "word": "word", "from": "since", "to": "until",
}  # fmt: skip
"""By the name in an address."""
OUTS = {"who-not": "who_out", "what-not": "what_out", "kind-not": "kind_out"}
"""Likewise, of what is left out."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person searches for, as the address of the page says it; empty: whatever it is."""

    who: str = ""
    """A login, whole."""
    what: str = ""
    """An action."""
    kind: str = ""
    """Of what it was done to: how actions begin, `order` of `order.retry`."""
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
    who_out: tuple[str, ...] = ()
    """What is left out; likewise the others."""
    what_out: tuple[str, ...] = ()
    kind_out: tuple[str, ...] = ()

    def query(self) -> dict[str, object]:
        """As it stands in an address."""
        names = (FIELDS | OUTS).items()
        return {name: value for name, field in names if (value := getattr(self, field))}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of entries, newest first."""

    entries: tuple[Listed, ...]
    before: str | None
    """Id above which the previous page is; None: this is the first."""
    after: str | None
    """Id below which the next page is; None: this is the last."""


def read_asked(query: Mapping[str, Sequence[str]]) -> Asked:
    """The search that an address says. Raises BadFilter."""
    asked = {
        field: next(iter(query.get(name, ())), "").strip()[:TEXT_MAX]
        for name, field in FIELDS.items()
    }
    outs = {
        field: tuple(dict.fromkeys(one[:TEXT_MAX] for one in query.get(name, ()) if one))
        for name, field in OUTS.items()
    }
    for name in ("from", "to"):
        if text := asked[FIELDS[name]]:
            day(name, text)
    if 0 < len(asked["word"]) < WORD_MIN:
        raise BadFilter(f"word: fewer than {WORD_MIN} characters")
    asked["who"] = asked["who"].casefold()
    return msgspec.convert({**asked, **outs}, Asked)


async def page(
    desk: Desk,
    person: Person,
    asked: Asked,
    *,
    below: str | None = None,
    above: str | None = None,
    rows: int = ROWS,
) -> Page:
    """A page of what people did: the newest below or the oldest above an id.

    Who sees some stores alone sees what was about theirs.
    """
    person.must("audit.see")
    back = above is not None
    sought = await _sought(desk, person, asked, below, above)
    async with desk.app.store.window(desk.tenant) as connection:
        found = await audit.search(connection, desk.tenant, sought, rows + 1, back=back)
    shown, before, after = paged(found, rows, back=back, is_first=below is None)
    return Page(
        entries=tuple(shown),
        before=shown[0].id if before else None,
        after=shown[-1].id if after else None,
    )


async def counted(desk: Desk, person: Person, asked: Asked) -> int | None:
    """How many entries there are, up to COUNTED_MAX; None: counting them would take too long."""
    person.must("audit.see")
    return await in_time(_counted(desk, await _sought(desk, person, asked)))


async def _counted(desk: Desk, sought: Sought) -> int:
    async with desk.app.store.door(desk.tenant) as connection:
        return await audit.counted(connection, desk.tenant, sought, COUNTED_MAX, COUNTING_MS)


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
    async with desk.app.store.window(desk.tenant) as connection:
        return await audit.actions(connection, desk.tenant)


def kinds(actions: Sequence[str]) -> list[str]:
    """The kinds of what these actions are done to."""
    return sorted({one.partition(".")[0] for one in actions})


async def _sought(
    desk: Desk, person: Person, asked: Asked, below: str | None = None, above: str | None = None
) -> Sought:
    since = day("from", asked.since) if asked.since else None
    until = day("to", asked.until) if asked.until else None
    subjects, tasks_of = await _subjects(desk, asked.about)
    begin = FIRST if since is None else least_id(_midnight(desk, since))
    end = LAST if until is None else least_id(_midnight(desk, until + timedelta(days=1)))
    return Sought(
        below=min(below or LAST, end),
        above=max(above or FIRST, begin),
        actor=asked.who or None,
        action=asked.what or None,
        kind=asked.kind or None,
        actors_out=asked.who_out or None,
        actions_out=asked.what_out or None,
        kinds_out=asked.kind_out or None,
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
