"""Columns: a batch of turns as the arrays that each part of the commit takes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from mtd.store.engine import issuance_rows, rows
from mtd.store.engine.turned import Turned


class Part(NamedTuple):
    """One part of the commit statement, left out when it has no rows."""

    name: str
    columns: tuple[str, ...]
    take: Callable[[Sequence[Turned]], Iterable[rows.Row]]


def columns(batch: Sequence[Turned]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The parts that `batch` has rows for, and the value of each of their parameters."""
    present: list[str] = []
    values: dict[str, Any] = {}
    for part in PARTS:
        found = list(part.take(batch))
        if found:
            present.append(part.name)
            values.update(zip(part.columns, zip(*found, strict=True), strict=True))
    return tuple(present), values


def _named(prefix: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{name}" for name in names)


PARTS = (
    Part(
        "journal",
        _named(
            "journal",
            "tenants",
            "instances",
            "seqs",
            "ats",
            "kinds",
            "elements",
            "payloads",
        ),
        rows.journal,
    ),
    Part("inbox", _named("inbox", "tenants", "slots", "ids"), rows.inbox),
    Part("messages", _named("message", "tenants", "ids"), rows.messages),
    Part(
        "began",
        _named(
            "began",
            "tenants",
            "ids",
            "slots",
            "wake_ats",
            "states",
            "definitions",
            "keys",
        ),
        rows.began,
    ),
    Part(
        "restated",
        _named("restated", "tenants", "ids", "wake_ats", "states", "definitions", "helds_by"),
        rows.restated,
    ),
    Part(
        "subscribed",
        _named("subscribed", "tenants", "instances", "slots", "waits", "names", "keys"),
        rows.subscribed,
    ),
    Part(
        "unsubscribed",
        _named("unsubscribed", "tenants", "instances", "waits"),
        rows.unsubscribed,
    ),
    Part(
        "tasks",
        _named(
            "task",
            *(
                "tenants",
                "instances",
                "waits",
                "opened_ats",
                "due_ats",
                "roles",
                "elements",
            ),
            *("names", "forms", "fields"),
        ),
        rows.tasks,
    ),
    Part(
        "tasks_closed",
        _named("closed", "tenants", "instances", "waits", "states", "ats"),
        rows.tasks_closed,
    ),
    Part(
        "tasks_escalated",
        _named("escalated", "tenants", "instances", "waits"),
        rows.tasks_escalated,
    ),
    Part(
        "incidents",
        _named(
            "incident",
            "tenants",
            "instances",
            "ids",
            "ats",
            "elements",
            "codes",
            "messages",
        ),
        rows.incidents,
    ),
    Part("settled", _named("settled", "tenants", "instances", "ids", "ats"), rows.settled),
    Part(
        "statuses",
        _named("status", "tenants", "orders", "states", "resumes", "reached", "sinces"),
        rows.statuses,
    ),
    Part(
        "amended",
        _named(
            "amended",
            *(
                "tenants",
                "orders",
                "versions",
                "persons",
                "key_ids",
                "wrapped_keys",
                "hashes",
            ),
            "ciphertexts",
        ),
        rows.amended,
    ),
    Part(
        "documents",
        _named(
            "document",
            *("tenants", "instances", "effects", "issuers", "type_codes", "series", "folios"),
            *(
                "providers",
                "are_sales",
                "currencies",
                "totals",
                "issued_ats",
                "changed_ats",
                "handed_ats",
            ),
            *("states", "hashes", "refers_types", "refers_series", "refers_folios"),
        ),
        issuance_rows.documents,
    ),
    Part(
        "documents_restated",
        _named(
            "redone",
            *("tenants", "issuers", "type_codes", "series", "folios", "befores", "states"),
            *("totals", "issued_ats", "changed_ats", "handed_ats", "hashes", "reasons"),
        ),
        issuance_rows.documents_restated,
    ),
    Part(
        "credited",
        _named("credited", "tenants", "issuers", "type_codes", "series", "folios", "amounts"),
        issuance_rows.credited,
    ),
    Part(
        "kept",
        _named(
            "kept",
            *("tenants", "orders", "names", "media_types", "persons", "key_ids", "hashes"),
            "ciphertexts",
        ),
        issuance_rows.kept,
    ),
    Part(
        "attempts",
        _named(
            "attempt",
            *(
                "tenants",
                "instances",
                "seqs",
                "ns",
                "waits",
                "visits",
                "numbers",
                "ats",
                "tooks_ms",
            ),
            *("services", "outcomes", "requests", "responses"),
        ),
        rows.attempts,
    ),
    Part(
        "sent",
        _named("sent", "tenants", "ids", "slots", "ttls_s", "names", "keys", "payloads"),
        rows.sent,
    ),
    Part(
        "signals", _named("signal", "tenants", "ids", "throwers", "names", "payloads"), rows.signals
    ),
    Part(
        "snapshots",
        _named("snapshot", "tenants", "instances", "seqs", "versions", "states"),
        rows.snapshots,
    ),
    Part("conversed", _named("conversed", "tenants", "instances"), rows.conversed),
    Part("acquitted", _named("acquitted", "tenants", "instances"), rows.acquitted),
)
"""Every part, in the order in which the statement names them."""
