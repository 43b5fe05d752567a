"""Letters: those that came back."""

from datetime import datetime, timedelta

from mtd.runtime.alerts.measuring import History, Measure, Sight, counted, minute, windowed
from mtd.runtime.settings.alerts import Bounced
from mtd.store.alerts import sightings

BOUNCED = "MailBounced"
"""The message by which a provider tells of it."""


async def measure(sight: Sight, asked: Bounced) -> list[Measure]:
    """Those of the last window."""
    since = minute(sight.now - timedelta(seconds=asked.window_s))
    until = sight.now + timedelta(minutes=1)
    found = await sightings.heard(
        sight.connection, sight.tenant, BOUNCED, since, until, asked.window_s
    )
    count = sum(found.values())
    return [counted(count, asked.more_than, facts={"window_s": asked.window_s}, path="/orders")]


async def past(sight: Sight, asked: Bounced, since: datetime, until: datetime) -> History:
    """Windows side by side."""
    counted = await sightings.tallied_since(sight.connection, sight.tenant)
    found = await sightings.heard(
        sight.connection, sight.tenant, BOUNCED, since, until, asked.window_s
    )
    points = [
        windowed("", bucket, asked.window_s, count, fires=count > asked.more_than)
        for bucket, count in found.items()
    ]
    return History(points=points, since=None if counted is None else max(counted, since))
