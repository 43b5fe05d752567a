"""Tallied: rows of the counts by hour and day, as they are added to and read back whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

ROWS_MAX = 5_000
"""Added in one statement."""

_SQL = statements("counts/counting")


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of orders into a state."""

    tenant: int
    grain: str
    since: datetime
    country: str
    store: str
    channel: str
    document: str
    currency: str
    state: str
    definition: str
    n: int
    amount: Decimal
    buckets: list[int]
    counts: list[int]


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """What happened at an element."""

    tenant: int
    grain: str
    since: datetime
    definition: str
    element: str
    store: str
    visits: int
    leaves: int
    attempts: int
    refusals: int
    failures: int
    incidents: int
    overdue: int
    rest_buckets: list[int]
    rest_counts: list[int]
    took_buckets: list[int]
    took_counts: list[int]


class PromiseRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of promises that were due then."""

    tenant: int
    grain: str
    since: datetime
    country: str
    store: str
    channel: str
    carrier: str
    kept: int
    missed: int
    dropped: int


class OpenOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that is not over, as its journal says."""

    tenant: int
    instance: str
    promised_at: datetime | None
    carrier: str
    awaited: bool


class RestingRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where a token stands."""

    tenant: int
    instance: str
    token: int
    definition: str
    element: str
    store: str
    since: datetime
    due_at: datetime | None


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is counted."""

    orders: list[OrderRow]
    steps: list[StepRow]
    promises: list[PromiseRow]
    open: list[OpenOrder]
    resting: list[RestingRow]


T = TypeVar("T", bound=msgspec.Struct)

_PLURAL = {
    "country": "countries", "currency": "currencies", "n": "ns", "overdue": "overdues",
    "visits": "visits", "leaves": "leaves", "attempts": "attempts", "refusals": "refusals",
    "failures": "failures", "incidents": "incidents", "kept": "kepts", "missed": "misseds",
    "dropped": "droppeds",
}  # fmt: skip


async def add_orders(connection: Connection, rows: Sequence[OrderRow]) -> None:
    """Add to the entries of orders into states."""
    for part in _parts(rows):
        await connection.execute(*_SQL["add_orders"](**_columns(OrderRow, part)))


async def add_steps(connection: Connection, rows: Sequence[StepRow]) -> None:
    """Add to what happened at elements."""
    for part in _parts(rows):
        await connection.execute(*_SQL["add_steps"](**_columns(StepRow, part)))


async def add_promises(connection: Connection, rows: Sequence[PromiseRow]) -> None:
    """Add to what became of promises."""
    for part in _parts(rows):
        await connection.execute(*_SQL["add_promises"](**_columns(PromiseRow, part)))


async def read_whole(connection: Connection) -> Whole:
    """All of it, to be compared; as much memory as the tables are large."""
    return Whole(
        orders=structs(OrderRow, await connection.fetch(*_SQL["all_orders"]())),
        steps=structs(StepRow, await connection.fetch(*_SQL["all_steps"]())),
        promises=structs(PromiseRow, await connection.fetch(*_SQL["all_promises"]())),
        open=structs(OpenOrder, await connection.fetch(*_SQL["all_open"]())),
        resting=structs(RestingRow, await connection.fetch(*_SQL["all_resting"]())),
    )


def sorted_sketch(sketch: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """A histogram as the tables keep it: its buckets in order, and how many each has."""
    ordered = sorted(sketch)
    return ordered, [sketch[number] for number in ordered]


def _parts(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[start : start + ROWS_MAX] for start in range(0, len(rows), ROWS_MAX)]


def _columns(kind: type[T], rows: Sequence[T]) -> dict[str, list[object]]:
    """A column for each field; arrays as text, for their lengths differ."""
    found: dict[str, list[object]] = {}
    for name in kind.__struct_fields__:
        values = [getattr(row, name) for row in rows]
        if name.endswith(("buckets", "counts")):
            found[name] = ["{" + ",".join(map(str, one)) + "}" for one in values]
        else:
            found[_PLURAL.get(name, f"{name}s")] = values
    return found
