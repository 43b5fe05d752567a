"""What a town of simulated systems is told when it starts: seed, paces, shares, delays, ports."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]


class BadSettings(Exception):
    """Settings that cannot be used; the message names the key."""


class SystemSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One system; what is left out keeps the system's own default."""

    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """0: any free port."""
    median_ms: Seconds | None = None
    p99_ms: Seconds | None = None
    shares: dict[str, Share] = {}
    """Share of requests, or of events, that suffer each fault."""
    delays_s: dict[str, Seconds] = {}
    """Named durations of what happens later; all are multiplied by the town's `time_scale`."""
    token: str | None = None
    """Bearer token to ask for; None lets everybody in."""
    options: dict[str, Any] = {}
    """What only this system knows, such as a gift card's balance."""


class Callback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where events go."""

    url: Annotated[str, Meta(pattern=r"^https?://\S+$")]
    """Events are posted to `<url>/messages`."""
    api_key: str = ""


class TownSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All simulated systems together."""

    seed: int = 1
    run: str | None = None
    """In the ids that the systems give, such as `SH-<run>-1`; None: the second of the start.

    A later run against the same MTD must not repeat the ids of an earlier one.
    """
    host: str = "127.0.0.1"
    latency_scale: Seconds = 1.0
    """Multiplies every answering time; 0 answers at once."""
    time_scale: Seconds = 1.0
    """Multiplies every delay of later events; 0 lets them follow at once."""
    default_faults: bool = True
    """Whether faults that no setting names keep their default share; else they never occur."""
    callback: Callback | None = None
    ledger_folder: str | None = None
    """Where each system also writes its ledger as JSON lines; None keeps it in memory only."""
    systems: dict[str, SystemSettings] = {}


def read_settings(text: str | bytes) -> TownSettings:
    """The settings in a JSON document; raises BadSettings naming the key."""
    try:
        return msgspec.json.decode(text, type=TownSettings)
    except msgspec.DecodeError as error:
        raise BadSettings(str(error)) from error
