"""MTD's own books, over its API as any other system's, and how they compare with others'."""

from decimal import Decimal
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import get
from mtd.core.orders.reconciling import Booked, Issued, Sold, differences
from mtd.core.process.outcome import Answer, Done, Failed

DIFFERENCES_MAX = 500
"""Differences of one day that become tasks; more are no differences but an outage."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The books have none of their own."""


class Day(msgspec.Struct, frozen=True):
    """The sales of one store on a day and the day before."""

    day: str
    sales: list[dict[str, Any]]


async def sales_of_day(attempt: Attempt, wire: Wire) -> Answer:
    """What the input `store` sold on the local day of the input moment `at`, and the day before.

    Outputs `day` and `sales`; needs no order.
    """
    asked = {name: str(attempt.inputs.get(name) or "") for name in ("store", "at")}
    if not all(asked.values()):
        return Failed("store, at: one is missing")
    got = await get(wire, "/sales", asked, Day)
    return Done({"day": got.day, "sales": got.sales}) if isinstance(got, Day) else got


async def documents_of_day(attempt: Attempt, wire: Wire) -> Answer:
    """What MTD itself issued for the input `store` on the local day of the input moment `at`.

    And on the next day. Outputs `issued`; none where another provider issues its documents.
    """
    asked = {name: str(attempt.inputs.get(name) or "") for name in ("store", "at")}
    if not all(asked.values()):
        return Failed("store, at: one is missing")
    got = await get(wire, "/sales/documents", asked, list[dict[str, Any]])
    return Done({"issued": got}) if isinstance(got, list) else got


async def compare(attempt: Attempt, _: Wire) -> Answer:
    """What does not agree between the inputs `sales`, `booked` and `issued` of `day`.

    Outputs `differences`: rows of `kind`, `title`, `order`, `ours` and `theirs`. Failed when
    there are more than DIFFERENCES_MAX of them, or a row is of another shape.
    """
    given = attempt.inputs
    try:
        found = differences(
            str(given["day"]),
            _rows(given, "sales", Sold),
            _rows(given, "booked", Booked),
            _rows(given, "issued", Issued),
        )
    except (KeyError, msgspec.ValidationError) as error:
        return Failed(f"what is to be compared is of another shape: {error}")
    if len(found) > DIFFERENCES_MAX:
        return Failed(f"{len(found)} differences: at most {DIFFERENCES_MAX} become tasks")
    rows = [{**msgspec.to_builtins(one), "title": one.kind.es} for one in found]
    return Done({"differences": rows})


def _rows(given: dict[str, Any], name: str, shape: Any) -> Any:
    return msgspec.convert(given[name], list[shape], strict=False, builtin_types=(Decimal,))


CONNECTORS = (
    Connector("books.sales_of_day", sales_of_day, Repeat.BY_KEY),
    Connector("books.documents_of_day", documents_of_day, Repeat.BY_KEY),
    Connector("books.compare", compare, Repeat.LOCAL),
)
