"""Filters of orders: what a person asks a list for, and leaves out, as its address says it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from mtd.core.orders.purchase_order import Channel, DocumentKind
from mtd.core.orders.states import OrderState
from mtd.store.counts.settled import BECAME

LIVE = "live"
"""The view of orders that are not over."""
TROUBLED = "troubled"
LATE = "late"
KINDS = ("all", LIVE, TROUBLED, LATE)
STANDINGS = ("on_time", "at_risk", "overdue", "doomed")
"""How an open promise stands; doomed: orders like these usually take longer than they have."""
NONE = "-"
"""The carrier of an order that has none yet."""
LAST_HOUR = "last"
"""The hour up to now."""
HOUR_FORM = "%Y-%m-%dT%H"
YEARS = range(1971, 9999)
"""What days may be asked for: ids begin with 1970, by whatever clock."""


COLUMNS = (
    "store", "channel", "state", "step", "attempts", "total", "promised", "age", "received",
    "since", "key", "branch", "document", "error",
)  # fmt: skip
"""What a list may show of an order, beside its number, in this sequence."""
USUAL = COLUMNS[:8]
"""What it shows where nothing is chosen."""


class BadFilter(Exception):
    """A filter that says nothing that can be looked for."""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a person filters orders by, as the address of the page says it."""

    kind: str = "all"
    states: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    since: str = ""
    """Day on which they were received, `2026-11-27`."""
    until: str = ""
    """Inclusive."""
    hour: str = ""
    """Hour in which they were received, `2026-11-27T15`, or LAST_HOUR."""
    code: str = ""
    """Of the open incident."""
    element: str = ""
    """Where that incident is."""
    documents: tuple[str, ...] = ()
    """Kinds of tax document that their buyers asked for."""
    promise: str = ""
    """How their promises stand that are open, or what became of them: of STANDINGS or BECAME."""
    carriers: tuple[str, ...] = ()
    """NONE: those that have none. Without what became of promises: of open orders."""
    due_since: str = ""
    """Day that they are promised by."""
    due_until: str = ""
    """Inclusive."""
    system: str = ""
    """The others' system that a step which they stand at calls."""
    states_out: tuple[str, ...] = ()
    """What is left out; likewise the others."""
    stores_out: tuple[str, ...] = ()
    channels_out: tuple[str, ...] = ()
    codes_out: tuple[str, ...] = ()
    elements_out: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """What is shown of each, of COLUMNS; empty: the usual. Kept with a view, and no condition."""

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns of the list."""
        return self.columns or USUAL

    @property
    def of_cause(self) -> bool:
        """Whether only orders with an open incident, of some cause, may be found."""
        causes = self.code or self.element or self.codes_out or self.elements_out
        return self.kind == TROUBLED or bool(causes)

    @property
    def is_settled(self) -> bool:
        """Whether it looks for orders by what became of their promises."""
        return self.promise in BECAME

    @property
    def is_narrow(self) -> bool:
        """Whether it looks for what is known of open orders alone."""
        asked = self.promise or self.carriers or self.system or self.due_since or self.due_until
        return bool(asked) and not self.is_settled

    @property
    def is_beyond_a_glance(self) -> bool:
        """Whether it asks more than what is seen of an order that came just now."""
        known = self.of_cause or self.is_narrow or self.is_settled
        over = self.hour and self.hour != LAST_HOUR
        return known or self.kind == LATE or bool(self.documents or over)

    def query(self) -> dict[str, object]:
        """As it stands in an address, whatever is not said left out."""
        names = {
            "view": "" if self.kind == "all" else self.kind, "state": self.states,
            "store": self.stores, "channel": self.channels, "from": self.since,
            "to": self.until, "hour": self.hour, "code": self.code, "element": self.element,
            "document": self.documents, "promise": self.promise, "carrier": self.carriers,
            "due_from": self.due_since, "due_to": self.due_until, "system": self.system,
            "state-not": self.states_out, "store-not": self.stores_out,
            "channel-not": self.channels_out, "code-not": self.codes_out,
            "element-not": self.elements_out, "column": self.columns,
        }  # fmt: skip
        return {name: value for name, value in names.items() if value}


def read_filter(query: Mapping[str, Sequence[str]]) -> Filter:
    """The filter that an address says. Raises BadFilter, naming the part."""
    kind = next(iter(query.get("view", ())), "all") or "all"
    if kind not in KINDS:
        raise BadFilter(f"view: {kind}")
    for name in ("from", "to", "due_from", "due_to"):
        for text in _texts(query, name):
            day(name, text)
    if text := next(iter(query.get("hour", ())), ""):
        hour(text)
    for name, known in (
        ("state", set(OrderState.__members__)), ("channel", set(Channel)),
        ("document", set(DocumentKind)), ("promise", {*STANDINGS, *BECAME}),
    ):  # fmt: skip
        texts = (*_texts(query, name), *_texts(query, f"{name}-not"))
        if unknown := [text for text in texts if text not in known]:
            raise BadFilter(f"{name}: {unknown[0]}")
    chosen = _texts(query, "column")
    if unknown := [one for one in chosen if one not in COLUMNS]:
        raise BadFilter(f"column: {unknown[0]}")
    return Filter(
        kind=kind,
        states=_texts(query, "state"),
        stores=_texts(query, "store"),
        channels=_texts(query, "channel"),
        since=next(iter(query.get("from", ())), ""),
        until=next(iter(query.get("to", ())), ""),
        hour=next(iter(query.get("hour", ())), ""),
        code=next(iter(query.get("code", ())), ""),
        element=next(iter(query.get("element", ())), ""),
        documents=_texts(query, "document"),
        promise=next(iter(query.get("promise", ())), ""),
        carriers=_texts(query, "carrier"),
        due_since=next(iter(query.get("due_from", ())), ""),
        due_until=next(iter(query.get("due_to", ())), ""),
        system=next(iter(query.get("system", ())), ""),
        states_out=_texts(query, "state-not"),
        stores_out=_texts(query, "store-not"),
        channels_out=_texts(query, "channel-not"),
        codes_out=_texts(query, "code-not"),
        elements_out=_texts(query, "element-not"),
        columns=tuple(one for one in COLUMNS if one in chosen),
    )


def day(name: str, text: str) -> date:
    """The day that a part of an address says. Raises BadFilter."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadFilter(f"{name}: {text}") from error
    if found.year not in YEARS:
        raise BadFilter(f"{name}: {text}")
    return found


def hour(text: str) -> datetime | None:
    """The beginning of an hour, by the customer's clock; None: LAST_HOUR. Raises BadFilter."""
    if text == LAST_HOUR:
        return None
    try:
        began = datetime.strptime(text, HOUR_FORM)  # noqa: DTZ007 zoned by who looks for it
    except ValueError as error:
        raise BadFilter(f"hour: {text}") from error
    if text != began.strftime(HOUR_FORM) or began.year not in YEARS:
        raise BadFilter(f"hour: {text}")
    return began


def _texts(query: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    return tuple(text for text in query.get(name, ()) if text)
