"""Keeping: for how long the law wants a tax document kept, whoever it names."""

from datetime import datetime

KEPT_YEARS = 6
"""So long its signed bytes are kept (Código Tributario, art. 17 and 200)."""


def kept_until(issued_at: datetime) -> datetime:
    """The moment from which a document that was issued then need be kept no longer."""
    year = issued_at.year + KEPT_YEARS
    try:
        return issued_at.replace(year=year)
    except ValueError:  # the 29th of February, in a year that has none
        return issued_at.replace(year=year, month=3, day=1)
