"""The stream of what changes while somebody looks: counters, cells of watched orders, new ones."""

from collections.abc import AsyncIterator

from litestar import Router
from litestar.response import Stream

from mtd.faces.portal.guarding import COOKIE
from mtd.faces.portal.live import WATCHED_MAX, Frame, Viewer
from mtd.faces.portal.needs import SIGNED_IN, page
from mtd.faces.portal.provided import Asked, Beating, Painted, Served, Someone
from mtd.runtime.desk.orders.filters import Filter, read_filter
from mtd.runtime.desk.people.person import Person
from mtd.store.orders.board import Counts, Glance

CHECKED_EVERY = 30
"""Frames between two looks whether the session is still open."""
HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
ALIVE = "event: tick\ndata: .\n\n"


@page("/live", SIGNED_IN, media_type="text/event-stream", polled=True)
async def live(
    request: Asked, desk: Served, painter: Painted, person: Someone, pulse: Beating
) -> Stream:
    """Server-sent events, one a second, until the page or the session is closed."""
    query = request.query_params
    watched = [id_ for id_ in query.get("watch", "").split(",") if id_][:WATCHED_MAX]
    above = query.get("top") or None
    asked = read_filter(query.dict())
    viewer = Viewer(person, frozenset(watched), above)
    token = request.cookies[COOKIE]

    async def events() -> AsyncIterator[str]:
        told = Told()
        async with pulse.viewing(viewer):
            number = 0
            while (frame := await pulse.next(viewer)) is not None:
                number += 1
                due = number % CHECKED_EVERY == 0
                if due and await desk.accounts.seated(token, touch=False) is None:
                    return
                changed = told.changed(frame, viewer, asked)
                if changed is None:
                    yield ALIVE
                    continue
                counts, glances, fresh = changed
                body = painter.part(
                    request, "live.html", counts=counts, glances=glances, fresh=fresh,
                    query=asked.query(),
                )  # fmt: skip
                yield "".join(f"data: {line}\n" for line in body.splitlines()) + "\n"

    return Stream(events(), media_type="text/event-stream", headers=HEADERS)


class Told:
    """What a viewer was told last."""

    def __init__(self) -> None:
        self._counts: Counts | None = None
        self._states: dict[str, str] = {}
        self._fresh = 0

    def changed(
        self, frame: Frame, viewer: Viewer, asked: Filter
    ) -> tuple[Counts | None, list[Glance], int] | None:
        """What is new to the viewer: counters, cells, how many new orders; None: nothing."""
        counts = frame.counts.get(viewer.person.stores)
        if counts == self._counts:
            counts = None
        else:
            self._counts = counts
        mine = [frame.glances[id_] for id_ in viewer.watched if id_ in frame.glances]
        moved = [one for one in mine if self._states.get(one.id, one.state) != one.state]
        self._states |= {one.id: one.state for one in mine}
        fresh = sum(_is_new(one, viewer, asked) for one in frame.newest)
        more, self._fresh = fresh != self._fresh, fresh
        if counts is None and not moved and not more:
            return None
        return counts, [one for one in moved if viewer.person.sees(one.store)], fresh


def _is_new(one: Glance, viewer: Viewer, asked: Filter) -> bool:
    """Whether an order belongs on the viewer's page and is not there yet."""
    person: Person = viewer.person
    if viewer.above is None or one.id <= viewer.above or asked.is_beyond_a_glance:
        return False
    return (
        person.sees(one.store)
        and (not asked.stores or one.store in asked.stores)
        and (not asked.channels or one.channel in asked.channels)
        and (not asked.states or one.state in asked.states)
        and one.store not in asked.stores_out
        and one.channel not in asked.channels_out
        and one.state not in asked.states_out
    )


ROUTER = Router(path="/", route_handlers=[live])
