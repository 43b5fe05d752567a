"""The acceptance scenario of a promise over a long weekend (§8), in a customer's own durations."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

from tests.conftest import Server
from tests.processes.shop import Shop, an_order, open_shop

CHILE = ZoneInfo("America/Santiago")
HOLIDAYS = holidays.country_holidays("CL")
OPEN = {**dict.fromkeys(range(5), (time(9), time(18))), 5: (time(10), time(14))}
"""Business hours by weekday (reference processes §6)."""
EARLY_WARNING_MINUTES = 120
DELIVERY_EXPECTED = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def is_open(moment: datetime) -> bool:
    local = moment.astimezone(CHILE)
    opens, closes = OPEN.get(local.weekday(), (time(0), time(0)))
    return local.date() not in HOLIDAYS and opens <= local.time() < closes


def warned_at(promised_at: datetime) -> datetime:
    """Two business hours before, counted minute by minute, and the day that a delivery takes."""
    moment, left = promised_at, EARLY_WARNING_MINUTES
    while left:
        moment -= MINUTE
        left -= is_open(moment)
    return moment - DELIVERY_EXPECTED


def after_the_holidays() -> datetime:
    """Ten o'clock of the first business day after the next 18 and 19 September."""
    today = datetime.now(CHILE).date()
    day = date(today.year + ((today.month, today.day) >= (9, 10)), 9, 20)
    while day in HOLIDAYS or day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(10), CHILE).astimezone(UTC)


async def test_promise_over_holiday_weekend(server: Server, tmp_path: Path) -> None:
    promised_at = after_the_holidays()
    expected = warned_at(promised_at)
    assert promised_at - expected > timedelta(days=3), "the weekend is not long"
    async with open_shop(server, tmp_path, "default", intake=False) as shop:
        order = an_order(promised_at=promised_at)
        shop.silence("eom", order.key)
        key = await shop.place(order)

        async def told() -> list[str]:
            rows = await shop.get(f"/orders/{key}/trace")
            lines = "\n".join(line for row in rows for line in row["told"])
            return re.findall(r"waits until (\S+ \S+) \(Alerta temprana\)", lines)

        [due] = await shop.soon(told, f"{key} is watched", lambda: shop.told(key))
        assert due == f"{expected:%Y-%m-%d %H:%M}"
        await finished(shop, key)


async def finished(shop: Shop, key: str) -> None:
    """The order was neither warned of nor held up: a promise so far away is safe."""
    shipment = await shop.variable(key, "shipment_id")
    for status in ("PICKED", "PACKED"):
        await shop.tell("FulfilmentEvent", shipment, status=status)
    await shop.until(key, "DELIVERED")
    assert "early_warning" not in shop.mails(key)
    assert shop.duplicates(key) == []
