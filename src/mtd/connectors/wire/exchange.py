"""The evidence of one exchange with a legacy system: bounded, and masked before it is kept."""

import msgspec

BODY_KEPT_MAX = 16_384
"""Characters kept of a body."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What went out."""

    method: str
    """The HTTP method, or `SMTP`."""
    url: str
    headers: dict[str, str] = {}
    body: str = ""


class Got(msgspec.Struct, frozen=True, kw_only=True):
    """What came back, or why nothing did."""

    status: int | None = None
    headers: dict[str, str] = {}
    body: str = ""
    error: str | None = None
    took_ms: float


class Exchange(msgspec.Struct, frozen=True):
    """One request and its answer."""

    request: Sent
    response: Got


class Artifact(msgspec.Struct, frozen=True):
    """A document that came back and is worth keeping by itself, such as a tax document's XML."""

    name: str
    media_type: str
    content: bytes
