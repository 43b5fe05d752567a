"""The outcome of a rehearsal: each file in exactly one place, and what was sent and issued."""

from collections.abc import Mapping

import msgspec

from mtd.core.orders.states import OrderState

STATES = {
    "CLOSED": "completed",
    "CANCELLED": "cancelled",
    "ON_HOLD": "on_hold",
    "EXCEPTION": "exception",
    "WAITING": "waiting",
    "REJECTED": "rejected",
    "DUPLICATE": "duplicate",
}
"""Where a file, or the order that it became, is counted; everywhere else it is in process."""
PLACES = (
    "completed", "in_process", "on_hold", "waiting", "exception", "rejected", "cancelled",
    "duplicate",
)  # fmt: skip


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """How long orders took to a state from the one before it."""

    state: str
    orders: int
    """How many came there, each counted once."""
    p50_s: float
    p95_s: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a rehearsal."""

    received: int
    completed: int
    in_process: int
    on_hold: int
    waiting: int
    exception: int
    rejected: int
    cancelled: int
    duplicate: int
    mails: int
    documents: int
    took_s: float
    orders_per_s: float
    stages: list[Stage]
    seed: int


def placed(files: Mapping[str, int]) -> dict[str, int]:
    """Files by state to files by place, every place named."""
    counted: dict[str, int] = dict.fromkeys(PLACES, 0)
    for state, count in files.items():
        counted[STATES.get(state, "in_process")] += count
    return counted


def settled(places: Mapping[str, int]) -> bool:
    """Nothing moves any more without a person."""
    return not (places["in_process"] or places["on_hold"] or places["exception"])


def stages(spans: Mapping[str, list[float]]) -> list[Stage]:
    """Percentiles of each state's spans (seconds), in the sequence of an order's life."""
    lived = [state.value for state in OrderState]
    sequence = sorted(spans, key=lambda s: lived.index(s) if s in lived else len(lived))
    return [
        Stage(
            state=state,
            orders=len(values),
            p50_s=_percentile(values, 0.50),
            p95_s=_percentile(values, 0.95),
        )
        for state in sequence
        if (values := spans[state])
    ]


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)
