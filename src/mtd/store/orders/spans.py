"""Spans: how long orders took to come into each state, read from the journal."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from mtd.core.process.journal import Reached, decode
from mtd.store.statements import statements
from mtd.store.store import Store

PAGE = 10_000
TOTAL = "total"
_BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
_SQL = statements("orders/spans")


async def spans(store: Store, tenant: int) -> dict[str, list[float]]:
    """Seconds from the last change of state before it until an order came into a state.

    By state, and once an order, for the first time that it came there: who is told again that it
    is where it is, or comes back, counts once. `total` is from an order's begin to its last change.
    """
    lives: dict[str, _Life] = {}
    instance, seq = _BEFORE_ALL, 0
    while True:
        async with store.door(tenant) as connection:
            rows = await connection.fetch(
                *_SQL["reached"](tenant=tenant, after_instance=instance, after_seq=seq, page=PAGE)
            )
        for row in rows:
            instance, seq, at = str(row["instance_id"]), row["seq"], row["at"]
            life = lives.setdefault(instance, _Life(at))
            for fact in decode(row["payload"]).facts:
                if isinstance(fact, Reached):
                    life.reach(fact.state, at)
        if len(rows) < PAGE:
            break
    return _by_state(lives.values())


class _Life:
    """One order on its way."""

    def __init__(self, began_at: datetime) -> None:
        self._began_at = self._changed_at = began_at
        self._state = ""
        self.spans: dict[str, float] = {}

    def reach(self, state: str, at: datetime) -> None:
        """It is in `state`, perhaps as before."""
        if state == self._state:
            return
        self.spans.setdefault(state, (at - self._changed_at).total_seconds())
        self._state, self._changed_at = state, at

    @property
    def total_s(self) -> float:
        """From its begin to its last change."""
        return (self._changed_at - self._began_at).total_seconds()


def _by_state(lives: Iterable[_Life]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for life in lives:
        for state, span_s in life.spans.items():
            found[state].append(span_s)
        if life.spans:
            found[TOTAL].append(life.total_s)
    return dict(found)
