"""Punctuality: whether an open task is on time, at risk or overdue, by the customer's threshold."""

from datetime import datetime, timedelta
from typing import Literal

from mtd.core.decision.feel import YearsMonthsDuration
from mtd.core.process.compiler.timing import Duration, after
from mtd.core.time.business_duration import BusinessDuration

Punctuality = Literal["on_time", "at_risk", "overdue"]


def punctuality(due_at: datetime | None, now: datetime, warning: Duration) -> Punctuality | None:
    """How a task that is due at `due_at` stands `now`: at risk from `warning` before that on.

    None: it is never due. Beyond the years that a calendar knows, it is on time.
    """
    if due_at is None:
        return None
    if now >= due_at:
        return "overdue"
    try:
        return "at_risk" if now >= after(due_at, _back(warning)) else "on_time"
    except ValueError:
        return "on_time"


def _back(wait: Duration) -> Duration:
    if isinstance(wait, timedelta):
        return -wait
    if isinstance(wait, YearsMonthsDuration):
        return YearsMonthsDuration(-wait.months)
    return BusinessDuration(calendar=wait.calendar, hours=-wait.hours, days=-wait.days)
