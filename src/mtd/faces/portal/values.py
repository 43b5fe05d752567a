"""Values: what a list of orders may be asked about one of its values, with how many each are."""

from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec
from litestar import Response

from mtd.faces.portal.narrowing import address, leaving_out, only
from mtd.faces.portal.provided import Asked
from mtd.faces.portal.rendering import Painter
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.filters import Filter
from mtd.runtime.desk.orders.views import Tallies
from mtd.runtime.desk.people.person import Person

LABELS = {
    "element": "orders.column.step", "code": "orders.column.error", "who": "audit.column.actor",
    "what": "audit.column.action", "kind": "audit.kind",
}  # fmt: skip
"""Where the catalogue has what a value is called, if it is not a column of its own name."""


async def value_menu(
    request: Asked, desk: Desk, painter: Painter, person: Person, tallies: Tallies,
    asked: Filter, path: str, name: str, value: str, kind: str | None = None,
) -> Response[str]:  # fmt: skip
    """Those alone that have the value, or all others, of the list at `path`.

    `kind`: of what the list is, where its address need not say it. Raises BadFilter.
    """
    choices = (only(asked, name, value), leaving_out(asked, name, value))
    listed = [msgspec.structs.replace(one, kind=kind or one.kind) for one in choices]
    counts = [
        await tallies.count(desk, person, urlencode(one.query(), doseq=True)) for one in listed
    ]
    hrefs = [address(one, path) for one in choices]
    return shown_menu(request, painter, name, value, hrefs, counts, "orders")


def shown_menu(
    request: Asked, painter: Painter, name: str, value: str,
    hrefs: Sequence[str], counts: Sequence[int | None], unit: str,
) -> Response[str]:  # fmt: skip
    """The two choices, where each leads and to how many; `unit`: of what, in the catalogue."""
    return painter.bare(
        request, "value.html", label=LABELS.get(name, f"orders.column.{name}"), name=name,
        value=value,
        choices=list(zip(("only", "out"), hrefs, counts, strict=True)), unit=unit,
    )  # fmt: skip
