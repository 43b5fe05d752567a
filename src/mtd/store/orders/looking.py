"""Looking: how far a list goes at once that finds few among very many."""

from datetime import datetime

import msgspec

from mtd.store.orders.board import Sought
from mtd.store.orders.promised import Place, Settled
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("orders/looking")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order at which a look ends."""

    id: str
    at: datetime
    """When it was received; of promises, when its own was due."""

    @property
    def place(self) -> Place:
        """Where it stands in a list by promises."""
        return self.at, self.id


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """Where a look ends."""

    last: Order
    """The last one that is looked at."""
    beyond: Order


async def of_orders(
    connection: Connection, tenant: int, sought: Sought, looked: int, *, back: bool
) -> Edge | None:
    """Where a look at so many orders ends, newest first; None: there are no more than that.

    `back`: the oldest first.
    """
    statement = _SQL["orders_back" if back else "orders"]
    rows = await connection.fetch(
        *statement(
            tenant=tenant, before_last=looked - 1, above=sought.above, below=sought.below
        )
    )  # fmt: skip
    return _edge(structs(Order, rows))


async def of_promises(
    connection: Connection, tenant: int, asked: Settled, looked: int, *, back: bool
) -> Edge | None:
    """Where a look at so many promises ends, the latest due first; None: there are no more.

    `back`: those due first.
    """
    statement = _SQL["promises_back" if back else "promises"]
    (over_due, over), (under_due, under) = asked.over, asked.under
    rows = await connection.fetch(
        *statement(
            tenant=tenant, became=asked.became, before_last=looked - 1, over_due=over_due,
            over=over, under_due=under_due, under=under,
        )
    )  # fmt: skip
    return _edge(structs(Order, rows))


def _edge(found: list[Order]) -> Edge | None:
    return Edge(last=found[0], beyond=found[1]) if len(found) > 1 else None
