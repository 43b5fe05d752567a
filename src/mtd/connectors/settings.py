"""Settings of one legacy system: where it is, who we are to it, and how much it may be asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

TIMEOUT_MAX_S = 120.0
CONCURRENCY_MAX = 1_000
FAILURES_MAX = 20
"""A breaker opens after at most so many failures in a row."""

SecretRef = Annotated[
    str,
    Meta(
        pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)\Z",
        description="env:NAME or file:/path, never the secret itself",
    ),
]


class BadLegacySettings(Exception):
    """Settings that cannot be used; the message names the legacy and the key."""


class LegacySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One legacy system, as `[legacy.<name>]` of a customer's file says it."""

    base_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?|smtps?)://[^\s/@?#]+(/[^\s?#]*)?\Z",
            description="http(s)://host[:port][/path] or smtp(s)://host[:port]",
        ),
    ]
    token: SecretRef | None = None
    """Bearer token."""
    login: SecretRef | None = None
    password: SecretRef | None = None
    timeout_s: Annotated[float, Meta(gt=0, le=TIMEOUT_MAX_S)] = 11.9
    """Of one exchange, from the first byte sent to the last received."""
    connect_timeout_s: Annotated[float, Meta(gt=0, le=TIMEOUT_MAX_S)] = 2.0
    concurrency_max: Annotated[int, Meta(ge=1, le=CONCURRENCY_MAX)] = 32
    rate_per_s: Annotated[float, Meta(gt=0)] | None = None
    """Attempts a second at most; None: as many as come."""
    breaker_failures: Annotated[int, Meta(ge=1, le=FAILURES_MAX)] = 10
    """Failures in a row that open the breaker."""
    breaker_open_s: Annotated[float, Meta(gt=0)] = 10.0
    """How long it stays open before one attempt may probe."""
    retry: str = "default"
    """The retry policy of its steps where a binding names none."""
    options: dict[str, Any] = {}
    """What only this legacy knows; its connector says what may stand here."""


def resolved(reference: str, environment: Mapping[str, str], place: str) -> str:
    """The secret behind `reference`; raises BadLegacySettings naming `place`, never the secret."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        if not environment.get(name):
            raise BadLegacySettings(f"{place}: the environment variable {name} is not set")
        return environment[name]
    try:
        secret = Path(name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadLegacySettings(f"{place}: {name}: {error.strerror}") from error
    if not secret:
        raise BadLegacySettings(f"{place}: {name} is empty")
    return secret
