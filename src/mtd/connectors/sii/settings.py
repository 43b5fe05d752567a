"""Where the tax authority's hosts are, by environment or as an operator says."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

Origin = Annotated[
    str, Meta(pattern=r"^https?://[^\s/@?#]+\Z", description="http(s)://host[:port]")
]


class Hosts(msgspec.Struct, frozen=True, kw_only=True):
    """The four hosts of one environment."""

    invoices: str
    """Seed, token, upload and questions of invoices."""
    api: str
    """Everything of boletas but their upload."""
    upload: str
    """The upload of boletas."""
    registry: str
    """Receipts and claims of buyers; with its path."""


HOSTS = {
    "certification": Hosts(
        invoices="https://maullin.sii.cl",
        api="https://apicert.sii.cl",
        upload="https://pangal.sii.cl",
        registry="https://ws2.sii.cl/WSREGISTRORECLAMODTECERT/registroreclamodteservice",
    ),
    "production": Hosts(
        invoices="https://palena.sii.cl",
        api="https://api.sii.cl",
        upload="https://rahue.sii.cl",
        registry="https://ws1.sii.cl/WSREGISTRORECLAMODTE/registroreclamodteservice",
    ),
}
"""The SII's own (authentication manual v1.9; API SII V1 1.0.5; register manual v1.2)."""


class BadHosts(Exception):
    """Hosts that do not belong together; the message names the setting."""


BATCH_MAX = 500
"""EnvioBOLETA_v11.xsd; kept for both channels."""

Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class Pace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.sii.options.pace]`: how documents are gathered, and when the authority is asked."""

    documents: Annotated[int, Meta(ge=1, le=BATCH_MAX)] = 50
    """In one envelope; 50 is the SII's advice, 500 the most."""
    age_s: Annotated[float, Meta(ge=0, le=3_000)] = 60.0
    """A document waits so long for others; each boleta is due within the hour (Res. 74/2020)."""
    look_s: Annotated[float, Meta(gt=0, le=60)] = 1.0
    """How often the post office looks."""
    ask_s: Seconds = 600.0
    """From sending to the first question; the SII asks for about ten minutes."""
    ask_again_s: Seconds = 300.0
    """Between questions; it grows by half each time, to `ask_max_s`."""
    ask_max_s: Seconds = 3_600.0
    doubt_s: Seconds = 60.0
    """After an unknown outcome: what was sent late may have arrived by then."""
    again_s: Seconds = 30.0
    """After a sending that certainly failed, or a question that nobody answered; doubled each
    time, to `ask_max_s`."""
    stuck_s: Annotated[float, Meta(ge=0)] = 7_200.0
    """An envelope that is under way for so long is asked after document by document."""
    register_s: Annotated[float, Meta(ge=0)] = 21_600.0
    """How often the register of receipts and claims is asked about an invoice."""
    lease_s: Seconds = 60.0
    """A sending that nobody heard of again is taken for unknown after so long."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.sii.options]`; `base_url` is the invoices' host."""

    environment: Literal["certification", "production"] = "certification"
    api_url: Origin | None = None
    upload_url: Origin | None = None
    registry_url: str | None = None
    """With its path."""
    user_agent: str = "Mozilla/5.0 (compatible; MTD)"
    """The SII answers 401 to what does not look like a browser."""
    pace: Pace = Pace()


def environment_fault(base_url: str, options: Options, issuer: str) -> str | None:
    """Why an issuer of that environment may not be served by these hosts; None when it may."""
    named = {urlsplit(hosts.invoices).netloc: name for name, hosts in HOSTS.items()}
    serving = named.get(urlsplit(base_url).netloc, "simulated")
    if serving == issuer and serving in ("simulated", options.environment):
        return None
    return f"an issuer of the environment {issuer} is not sent to {base_url} ({serving})"


def hosts_of(base_url: str, options: Options) -> Hosts:
    """The hosts to be called; raises BadHosts when they are of more than one environment.

    Who names another invoices' host than the environment's own, such as a simulator's, must name
    the other three as well: nothing of a rehearsal may reach the authority.
    """
    own = HOSTS[options.environment]
    named = {
        "api_url": options.api_url,
        "upload_url": options.upload_url,
        "registry_url": options.registry_url,
    }
    if urlsplit(base_url).netloc != urlsplit(own.invoices).netloc:
        missing = [name for name, value in named.items() if value is None]
        if missing:
            raise BadHosts(
                f"legacy.sii.options.{missing[0]}: missing; {base_url} is not the host of"
                f" {options.environment}, so every other host must be named too"
            )
    return Hosts(
        invoices=base_url.rstrip("/"),
        api=options.api_url or own.api,
        upload=options.upload_url or own.upload,
        registry=options.registry_url or own.registry,
    )
