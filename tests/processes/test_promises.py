"""Promises: what is due in business time, over a long weekend and in a store's own calendar."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.processes.paths import drive

STILL_PACKING = {"FulfilmentEvent": [{"status": "PICKED"}, None]}


def test_promise_over_holiday_weekend() -> None:
    """18 and 19 September 2026 are holidays: a Friday and a Saturday.

    Promised for Monday at ten, less two business hours, is Thursday at five; less the day that
    delivery is expected to take, Wednesday at five.
    """
    promised = datetime(2026, 9, 21, 10, tzinfo=ZoneInfo("America/Santiago")).astimezone(UTC)
    world = drive({"promised_at": promised.isoformat()}, messages=STILL_PACKING)
    assert world.fired == ["Alerta temprana"]
    warned = world.now.astimezone(ZoneInfo("America/Santiago"))
    assert warned.replace(microsecond=0).isoformat() == "2026-09-16T17:00:00-03:00"


def test_a_late_delivery_has_two_business_days_more() -> None:
    promised = datetime(2026, 9, 17, 15, tzinfo=ZoneInfo("America/Santiago")).astimezone(UTC)
    world = drive({"promised_at": promised.isoformat()}, messages={"Delivered": []})
    fired_at = world.fired_at[world.fired.index("Vence plazo de entrega")]
    due = fired_at.astimezone(ZoneInfo("America/Santiago"))
    assert due.replace(microsecond=0).isoformat() == "2026-09-22T15:00:00-03:00"
