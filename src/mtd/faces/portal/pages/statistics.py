"""Statistics: dispatch compliance, today against the four weeks before, steps, and sales."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from litestar import Response, Router

from mtd.faces.portal import charts
from mtd.faces.portal.needs import page
from mtd.faces.portal.provided import Asked, Painted, Served, Sharing, Someone
from mtd.faces.portal.rendering import go, link
from mtd.faces.portal.spreadsheet import whole
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures import comparing, compliance, sales, steps
from mtd.runtime.desk.figures.comparing import METRICS
from mtd.runtime.desk.figures.compliance import Compliance
from mtd.runtime.desk.figures.figures import counted_until
from mtd.runtime.desk.figures.periods import NAMED, Period, read_period
from mtd.runtime.desk.figures.sales import Sales
from mtd.runtime.desk.orders.filters import NONE, BadFilter
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.sharing import Shared

NEEDS = "statistics.see"
STALE_S = 10.0
"""How old figures may be that are shown while they are counted anew; the page says of when."""
TABS = ("dispatch", "comparison", "steps", "sales")
Table = tuple[Sequence[str], Sequence[Sequence[object]]]
"""Keys of the headings, and the rows."""


@page("/statistics", NEEDS)
async def first() -> Response[None]:
    """The first tab."""
    return go("/statistics/dispatch")


@page("/statistics/{tab:str}", NEEDS)
async def shown(
    request: Asked, desk: Served, painter: Painted, person: Someone, shared: Sharing, tab: str
) -> Response[str]:
    """A tab; period, grouping and comparison are in its address."""
    asked = Question(request, desk, tab)
    values = await asked.answer(desk, person, shared)
    return await painter.page(
        request, f"statistics_{tab}.html", tab=tab, tabs=TABS, asked=asked, names=list(NAMED),
        **values,
    )  # fmt: skip


@page("/statistics/{tab:str}/csv", NEEDS, media_type="text/csv")
async def spreadsheet(
    request: Asked, desk: Served, painter: Painted, person: Someone, shared: Sharing, tab: str
) -> Response[str]:
    """The table of the screen."""
    asked = Question(request, desk, tab)
    await desk.record(person, "statistics.export", tab, after=asked.query())
    headings, rows = _TABLES[tab](await asked.answer(desk, person, shared))
    words = painter.words(request)
    named = [words(f"statistics.column.{name}") for name in headings]
    return whole(request, tab, named, rows)


class Question:
    """What the address of a tab asks for."""

    def __init__(self, request: Asked, desk: Desk, tab: str) -> None:
        """Raises BadFilter."""
        if tab not in TABS:
            raise BadFilter(f"tab: {tab}")
        query = request.query_params
        self.tab = tab
        self.period: Period = read_period(query.dict(), desk.app.clock.now(), desk.zone)
        self.groups = {"dispatch": compliance.GROUPS, "sales": sales.GROUPS}.get(tab, ("",))
        self.by = _among("by", query.get("by"), self.groups)
        self.metric = _among("metric", query.get("metric"), tuple(METRICS))
        self.store = query.get("store", "")
        self.compare = query.get("compare") == "yes"

    def query(self, **changed: Any) -> dict[str, Any]:
        """As it stands in an address, some of it changed."""
        said: dict[str, Any] = dict(self.period.query())
        if self.by != self.groups[0]:
            said["by"] = self.by
        if self.tab == "comparison" and self.metric != next(iter(METRICS)):
            said["metric"] = self.metric
        if self.store:
            said["store"] = self.store
        if self.compare:
            said["compare"] = "yes"
        return {key: value for key, value in (said | changed).items() if value}

    def here(self, **changed: Any) -> str:
        """The address of the tab, some of it changed."""
        return link(f"/statistics/{self.tab}", self.query(**changed))

    def orders(self, **more: Any) -> str:
        """The list of the orders that were received in the period."""
        first, last = self.period.first.isoformat(), self.period.last.isoformat()
        return link("/orders", {"from": first, "to": last, **more})

    def attempts(self, outcome: str, **more: str) -> str:
        """The list of the attempts of the period that ended so."""
        first, last = self.period.first.isoformat(), self.period.last.isoformat()
        return link("/statistics/attempts", {"outcome": outcome, "from": first, "to": last, **more})

    def due(self, promise: str, group: str | None = None) -> str:
        """The list of the orders whose promise, due in the period, stands or became so."""
        first, last = self.period.first.isoformat(), self.period.last.isoformat()
        if group is not None and self.by == compliance.DAY:
            first = last = group
        asked = {"promise": promise, "due_from": first, "due_to": last}
        whole = group is None or self.by == compliance.DAY
        return link("/orders", asked if whole else {**asked, self.by: group or NONE})

    async def answer(self, desk: Desk, person: Person, shared: Shared) -> dict[str, Any]:
        """What the tab's template, and its spreadsheet, are told."""
        key = (self.tab, person.stores, tuple(sorted(self.query().items())))

        async def ask() -> dict[str, Any]:
            read_at = await counted_until(desk)
            return {"read_at": read_at, **await _ANSWERS[self.tab](desk, person, self)}

        return await shared.get(key, ask, stale_s=STALE_S)


async def _dispatch(desk: Desk, person: Person, asked: Question) -> dict[str, Any]:
    whole, groups = await compliance.compliance(desk, person, asked.period, asked.by)
    before: dict[str, Compliance] = {}
    whole_before = None
    if asked.compare:
        earlier = asked.period.before()
        whole_before, others = await compliance.compliance(desk, person, earlier, asked.by)
        before = {_later(asked, one.group): one for one in others}
    return {
        "whole": whole,
        "rows": groups,
        "before": before,
        "whole_before": whole_before,
        "bars": {one.group: charts.parts(_stack(one)) for one in groups},
    }


def _later(asked: Question, group: str) -> str:
    """The group of this period that is beside one of the period before it."""
    if asked.by != compliance.DAY:
        return group
    return (date.fromisoformat(group) + timedelta(days=asked.period.days)).isoformat()


async def _comparison(desk: Desk, person: Person, asked: Question) -> dict[str, Any]:
    if asked.store and not person.sees(asked.store):
        raise BadFilter(f"store: {asked.store}")
    stores = (asked.store,) if asked.store else person.stores
    (found,), _ = await comparing.comparisons(desk, person, [asked.metric], stores)
    hours = found.hours
    drawn = charts.curve(
        [one.now for one in hours],
        [one.usual for one in hours],
        [one.low for one in hours],
        [one.high for one in hours],
    )
    return {"found": found, "drawn": drawn, "metrics": list(METRICS)}


async def _steps(desk: Desk, person: Person, asked: Question) -> dict[str, Any]:
    lines, systems = await steps.steps(desk, person, asked.period.scope(person.stores))
    most = max((line.figures.took_p95_ms or 0.0 for line in lines), default=0.0) or 1.0
    return {"lines": lines, "systems": systems, "most": most}


async def _sales(desk: Desk, person: Person, asked: Question) -> dict[str, Any]:
    rows = await sales.sales(desk, person, asked.period, asked.by)
    before: dict[tuple[str, str], Sales] = {}
    if asked.compare:
        earlier = await sales.sales(desk, person, asked.period.before(), asked.by)
        before = {(one.group, one.currency): one for one in earlier}
    most = max((float(row.received_amount) for row in rows), default=0.0) or 1.0
    return {"rows": rows, "before": before, "most": most}


_ANSWERS = {"dispatch": _dispatch, "comparison": _comparison, "steps": _steps, "sales": _sales}


def _dispatch_table(values: dict[str, Any]) -> Table:
    headings = (
        "group", "kept", "missed", "overdue", "at_risk", "on_time", "doomed", "dropped", "share",
    )  # fmt: skip
    return headings, [
        (
            one.group, one.kept, one.missed, one.overdue, one.at_risk, one.on_time, one.doomed,
            one.dropped, None if one.share is None else round(one.share, 4),
        )
        for one in values["rows"]
    ]  # fmt: skip


def _comparison_table(values: dict[str, Any]) -> Table:
    return ("hour", "now", "usual", "low", "high"), [
        (one.hour, one.now, one.usual, one.low, one.high) for one in values["found"].hours
    ]


def _steps_table(values: dict[str, Any]) -> Table:
    headings = (
        "definition", "step", "service", "visits", "attempts", "failures", "refusals",
        "incidents", "took_p50", "took_p95", "rest_p50", "rest_p95", "waiting", "overdue",
    )  # fmt: skip
    return headings, [
        (
            one.definition, one.label, one.service, one.figures.visits, one.figures.attempts,
            one.figures.failures, one.figures.refusals, one.figures.incidents,
            *map(_whole, (one.figures.took_p50_ms, one.figures.took_p95_ms)),
            *map(_whole, (one.figures.rest_p50_ms, one.figures.rest_p95_ms)),
            one.figures.waiting, one.figures.overdue,
        )
        for one in values["lines"]
    ]  # fmt: skip


def _sales_table(values: dict[str, Any]) -> Table:
    headings = (
        "group", "currency", "received", "received_amount", "invoiced", "invoiced_amount",
        "cancelled", "cancelled_amount",
    )  # fmt: skip
    return headings, [tuple(getattr(one, name) for name in headings) for one in values["rows"]]


_TABLES = {
    "dispatch": _dispatch_table,
    "comparison": _comparison_table,
    "steps": _steps_table,
    "sales": _sales_table,
}


def _stack(one: Compliance) -> list[float]:
    """The parts of a group's bar: kept, open on time, at risk, missed or overdue."""
    return [one.kept, one.on_time, one.at_risk, one.missed + one.overdue]


def _whole(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds)


def _among(name: str, said: str | None, known: Sequence[str]) -> str:
    if not said:
        return known[0]
    if said not in known:
        raise BadFilter(f"{name}: {said}")
    return said


ROUTER = Router(path="/", route_handlers=[first, shown, spreadsheet])
