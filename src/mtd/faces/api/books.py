"""Books over REST: what a store sold, to be compared with what others have."""

from datetime import datetime
from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from mtd.faces.api.provided import Served
from mtd.runtime.operations.books import Day, Issued, day_of, issued_on


@get("/sales", summary="What a store sold on a day and on the day before, to be reconciled")
async def sales(
    operations: Served,
    store: Annotated[str, QueryParameter(min_length=1, max_length=50)],
    at: Annotated[datetime, QueryParameter(description="a moment of the day, with offset")],
) -> Day:
    """Amounts, states, documents, and what was done; nothing personal. 409: too many sales."""
    return await day_of(operations, store, at)


@get("/sales/documents", summary="What MTD itself issued for a store on a day and on the next")
async def documents(
    operations: Served,
    store: Annotated[str, QueryParameter(min_length=1, max_length=50)],
    at: Annotated[datetime, QueryParameter(description="a moment of the day, with offset")],
) -> list[Issued]:
    """Tax documents of sales that stand; none where another provider issues. 409: too many."""
    return await issued_on(operations, store, at)


ROUTER = Router(path="/", route_handlers=[sales, documents], tags=["books"])
