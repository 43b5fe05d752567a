"""Calendars: those that a customer knows, and which of them counts for one instance."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mtd.core.time.business_calendar import BusinessCalendar

CALENDAR = "calendar"
COUNTRY = "country"
"""Variables that name the calendar to count in: its own name, else the country's."""


class Calendars(msgspec.Struct, frozen=True, kw_only=True):
    """Business calendars by name, and the time zone of dates that name none."""

    known: Mapping[str, BusinessCalendar] = {}
    default: str | None = None
    """What counts where an instance names none; None: nothing does."""
    zone: str = "UTC"

    def of(self, variables: Mapping[str, Any]) -> BusinessCalendar | None:
        """The calendar that an instance with these variables counts in."""
        return self._named(variables) or self.known.get(self.default or "")

    def zone_of(self, variables: Mapping[str, Any]) -> str:
        """The time zone of a date without one: of the calendar it names, else the customer's."""
        named = self._named(variables)
        return self.zone if named is None else named.zone

    def _named(self, variables: Mapping[str, Any]) -> BusinessCalendar | None:
        for variable in (CALENDAR, COUNTRY):
            name = variables.get(variable)
            if isinstance(name, str) and name in self.known:
                return self.known[name]
        return None
