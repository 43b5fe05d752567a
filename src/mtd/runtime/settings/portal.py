"""Settings of the BackOffice portal."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class PortalSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The BackOffice portal."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8090
    tls_certificate: str | None = None
    tls_key: str | None = None
    stage: Literal["DEV", "QA", "PROD"] = "DEV"
    """Which environment the pages say that they are of."""
    audit_anchor: str = ""
    """File that the audit's ends are appended to; empty: in MTD_HOME. Another machine is better."""
    release_by_two: bool = False
    """Another person than who asked for a release agrees to it."""
