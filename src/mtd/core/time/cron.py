"""Cron expressions: the moments that five fields name in a time zone, by cron's own rules.

`?`, which Quartz and Spring want in one of the two day fields, is `*` there.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

FIELDS = (5, 6)
"""Minute, hour, day of the month, month, day of the week; six: seconds come first."""
AHEAD_MAX = 200
"""Moments looked at for one after now: those of an hour that comes twice lie in the past."""
_DAYS = (-3, -1)
"""The fields of the day of the month and of the week."""
_NUMBERED_DAY = re.compile(r"(?<!#)\d")
_FIELD = re.compile(r"(?:[\d*?LW#/,-]|[A-Za-z]{3})+", re.ASCII)


def is_cron(text: str) -> bool:
    """Whether `text` has the shape of a cron expression, right or wrong."""
    fields = text.split()
    if len(fields) not in FIELDS or not all(map(_FIELD.fullmatch, fields)):
        return False
    return all(field[0] in "*?" or field[0].isdigit() for field in fields[:2])


def check_cron(text: str) -> None:
    """Raises ValueError that says what of a cron expression is wrong, or that it never comes."""
    fields = text.split()
    if any("?" in field and field != "?" for field in fields):
        raise ValueError(f"{text!r}: ? stands for a whole field")
    if "?" in [*fields[:-3], fields[-2]]:
        raise ValueError(f"{text!r}: ? stands for a day of the month or of the week; write *")
    if "?" in fields and _NUMBERED_DAY.search(fields[-1]):
        raise ValueError(
            f"{text!r}: 1 is Sunday where Quartz reads it and Monday elsewhere; write MON to SUN"
        )
    try:
        if not list(islice(CronSim(_plain(text), datetime(2000, 1, 1, tzinfo=UTC)), 1)):
            raise ValueError(f"{text!r} never comes")
    except CronSimError as error:
        raise ValueError(f"{text!r} is no cron expression: {error}") from error


def next_cron(text: str, at: datetime, zone: str) -> datetime:
    """The first moment after `at` that a checked expression names in `zone`.

    As cron does it: what falls into the hour that summer time skips comes right after it, and
    what falls into the hour that comes twice comes once, save where hours or minutes begin with *.
    """
    coming: Iterator[datetime] = CronSim(_plain(text), at.astimezone(ZoneInfo(zone)))
    for moment in islice(coming, AHEAD_MAX):
        if moment.astimezone(UTC) > at:
            return moment.astimezone(UTC)
    raise ValueError(f"{text!r} does not come after {at:%Y-%m-%d}")


def _plain(text: str) -> str:
    """`text` without `?`."""
    fields = text.split()
    for day in _DAYS:
        fields[day] = fields[day].replace("?", "*")
    return " ".join(fields)
