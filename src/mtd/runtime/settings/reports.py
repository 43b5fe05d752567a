"""Settings of the daily report: when it is mailed, and to whom."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from mtd.runtime.settings.alerts import Address, Language, Name


class Reader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who gets the report by mail."""

    mail: Address
    language: Language = "es"
    stores: Annotated[tuple[str, ...], Meta(min_length=1)] | None = None
    """Whose orders it tells of; None: all, and folios and tax documents too."""


class ReportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The daily report."""

    daily_at: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d(?![\s\S])")] = "07:00"
    """From when on, by the customer's clock, the day before is told of."""
    recipients: dict[Name, Reader] = {}
    """Who gets it; nobody: it is not mailed."""


def report_faults(
    settings: ReportSettings, stores: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """What is of the right type and still cannot be used: key and reason."""
    for name, reader in settings.recipients.items():
        for store in reader.stores or ():
            if store not in stores:
                yield f"reports.recipients.{name}.stores", f"there is no store {store!r}"
