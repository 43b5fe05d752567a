"""Reports over REST: a day in figures."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import FromPath, QueryParameter

from mtd.faces.api.provided import Served
from mtd.runtime.operations.operations import NotFound
from mtd.runtime.reports.daily import FIRST_YEAR, LAST_YEAR, DailyReport, daily_report

Store = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@get("/daily-reports/{day:date}", summary="A day in figures")
async def daily(
    operations: Served,
    day: FromPath[date],
    stores: Annotated[list[Store] | None, QueryParameter(name="store")] = None,
) -> DailyReport:
    """Days by the customer's clock; `store`, again and again: of these alone.

    Of all stores it tells of folios and of tax documents under way, too. `whole`: all of the day
    is counted; promises, open exceptions, folios and documents are as they stand at `made_at`.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound(f"there is no report of {day}")
    chosen = tuple(stores) if stores else None
    return await daily_report(operations.app, operations.tenant, day, chosen)


ROUTER = Router(path="/", route_handlers=[daily], tags=["reports"])
