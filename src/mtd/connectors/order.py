"""Services on the order itself, with no system behind them: validate it, rule on its errors."""

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.wire import Wire
from mtd.core.orders.validation import flaws_of
from mtd.core.process.outcome import Answer, Done, Refused

FLAWS_TOLD = 5
"""Fields named in the refusal; the whole list is the portal's to show."""

RETRYABLE = frozenset({"LEGACY_UNAVAILABLE", "TECHNICAL_FAILURE"})
"""Errors that time may heal; every other one is for a person."""
RETRIES_MAX = 2


async def validate(attempt: Attempt, _: Wire) -> Answer:
    """R02: what contradicts itself in the order, by field; values are personal and not told."""
    flaws = flaws_of(attempt.order) if attempt.order is not None else ()
    if not flaws:
        return Done()
    fields = dict.fromkeys(flaw.field for flaw in flaws)
    told = ", ".join(list(fields)[:FLAWS_TOLD])
    return Refused("ORDER_INVALID", f"the order contradicts itself at: {told}")


async def handle_error(attempt: Attempt, _: Wire) -> Answer:
    """R30: retry what may heal by itself, a few times; then a person decides."""
    code = str(attempt.inputs.get("code") or "")
    times = int(attempt.inputs.get("errors") or 0)
    heals = code in RETRYABLE and times < RETRIES_MAX
    return Done({"resolution": "retry" if heals else "human"})


async def raise_early_warning(attempt: Attempt, _: Wire) -> Answer:
    """R41: the warning is the step itself, in the journal, from which alarms are read."""
    return Done({"warning_level": attempt.inputs.get("level", 1)})


CONNECTORS = (
    Connector("order.validate", validate, Repeat.LOCAL),
    Connector("order.handle_error", handle_error, Repeat.LOCAL),
    Connector("order.raise_early_warning", raise_early_warning, Repeat.LOCAL),
)
