"""Parts of a customer's file: stores, routes, intake, API and workers."""

from typing import Annotated

import msgspec
from msgspec import Meta

LIVE_MIN = 100
"""Less memory than that could not turn."""

AtLeastOne = Annotated[int, Meta(ge=1)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A typing error in a key is an error, not silence."""


class StoreSettings(Table, frozen=True, kw_only=True):
    """One of the customer's shops."""

    name: str
    country: str = "CL"
    calendar: str | None = None
    """What its orders' business hours count in; None: the country's calendar."""
    mapping: str | None = None
    """Dialect of its order files: `customers/mappings/<mapping>.toml`; None: JSON alone."""
    language: str = "es"
    tax_id: str
    """Tax id of the company that issues its documents."""
    issuer: str | None = None
    """Which of `issuers` that is; None: the one of the store's own name."""


class Route(Table, frozen=True, kw_only=True):
    """Which process an order runs through (I9); the first that fits wins."""

    process: str
    """The definition's name."""
    country: str | None = None
    store: str | None = None
    channel: str | None = None

    def fits(self, country: str, store: str, channel: str) -> bool:
        """Whether an order of this country, store and channel takes this route."""
        mine = (self.country, self.store, self.channel)
        return all(
            m is None or m == o for m, o in zip(mine, (country, store, channel), strict=True)
        )


class IntakeSettings(Table, frozen=True, kw_only=True):
    """The folder intake (I0-I9)."""

    folder: str = "intake"
    """Below MTD_HOME unless absolute: `{country}/{store}/{channel}/*.xml`."""
    attempt_backoff: str = "PT1S"
    attempt_backoff_max: str = "PT5M"
    settle: str = "PT0.2S"
    """A file is complete when its size and time have not changed for this long."""
    scan: str = "PT5S"
    """Between two looks at the folder when no event says that something changed."""


class ApiSettings(Table, frozen=True, kw_only=True):
    """The REST door."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8080
    tls_certificate: str | None = None
    tls_key: str | None = None


class WorkerSettings(Table, frozen=True, kw_only=True):
    """One worker's bounds."""

    count: AtLeastOne = 2
    """Worker processes that `mtd up` keeps running."""
    live_max: Annotated[int, Meta(ge=LIVE_MIN)] = 20_000
    """Instances kept in memory."""
    batch_max: Annotated[int, Meta(ge=1, le=5_000)] = 500
    """Instances in one turn."""
