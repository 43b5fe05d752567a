"""Spans: how long orders took from state to state, read from the journal."""

from collections import defaultdict
from datetime import datetime

from mtd.core.process.journal import Reached, decode
from mtd.store.statements import statements
from mtd.store.store import Store

PAGE = 10_000
_BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
_SQL = statements("spans")


async def spans(store: Store, tenant: int) -> dict[str, list[float]]:
    """Seconds from the step before in which an order came into a state, by the state it reached.

    In the order in which the states first occur; `total` is from the first to the last.
    """
    found: dict[str, list[float]] = defaultdict(list)
    began: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    instance, seq = _BEFORE_ALL, 0
    while True:
        async with store.door(tenant) as connection:
            rows = await connection.fetch(
                *_SQL["reached"](tenant=tenant, after_instance=instance, after_seq=seq, page=PAGE)
            )
        for row in rows:
            instance, seq, at = str(row["instance_id"]), row["seq"], row["at"]
            began.setdefault(instance, at)
            for fact in decode(row["payload"]).facts:
                if isinstance(fact, Reached):
                    before = last.get(instance, began[instance])
                    found[fact.state].append((at - before).total_seconds())
                    last[instance] = at
        if len(rows) < PAGE:
            break
    found["total"] = [(last[i] - began[i]).total_seconds() for i in last]
    return dict(found)
