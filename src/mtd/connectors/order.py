"""Services on the order itself, with no system behind them: validate it, rule on its errors."""

from collections.abc import Iterable, Iterator

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.wire import Wire
from mtd.core.orders.dimensions import PaymentState
from mtd.core.orders.flaw import Flaw
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.validation import flaws_of
from mtd.core.process.outcome import Answer, Done, Refused
from mtd.core.tax.profiles import PROFILES

FLAWS_TOLD = 5
"""Fields named in the refusal; the whole list is the portal's to show."""

RETRYABLE = frozenset({"LEGACY_UNAVAILABLE", "TECHNICAL_FAILURE"})
"""Errors that time may heal; every other one is for a person."""
RETRIES_MAX = 2


async def validate(attempt: Attempt, _: Wire) -> Answer:
    """R02: what contradicts itself in the order, by field; values are personal and not told."""
    flaws = flaws_of(attempt.order) if attempt.order is not None else ()
    return Refused("ORDER_INVALID", _told("order", flaws)) if flaws else Done()


async def validate_sale(attempt: Attempt, _: Wire) -> Answer:
    """D03: as of an order, and that it is paid already, in the country's currency."""
    order = attempt.order
    flaws = () if order is None else (*flaws_of(order), *_sale_flaws(order))
    return Refused("SALE_INVALID", _told("sale", flaws)) if flaws else Done()


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
    Connector("order.validate_sale", validate_sale, Repeat.LOCAL),
    Connector("order.handle_error", handle_error, Repeat.LOCAL),
    Connector("order.raise_early_warning", raise_early_warning, Repeat.LOCAL),
)


def _told(what: str, flaws: Iterable[Flaw]) -> str:
    """The fields at which `what` contradicts itself, in words."""
    fields = dict.fromkeys(flaw.field for flaw in flaws)
    return f"the {what} contradicts itself at: {', '.join(list(fields)[:FLAWS_TOLD])}"


def _sale_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    for i, payment in enumerate(order.payments):
        if payment.state is not PaymentState.CAPTURED:
            yield Flaw(f"payments[{i}].state", f"is {payment.state}: a sale comes in paid")
    profile = PROFILES.get(order.country)
    if profile is not None and order.currency is not profile.currency:
        yield Flaw("currency", f"is {order.currency}, not the country's {profile.currency}")
