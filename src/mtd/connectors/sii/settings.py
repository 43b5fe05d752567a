"""Where the tax authority's hosts are, by environment or as an operator says."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from mtd.connectors import courier

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


class Pace(courier.Pace, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.sii.options.pace]`: as the SII asks for it."""

    documents: Annotated[int, Meta(ge=1, le=BATCH_MAX)] = 50
    """In one envelope; 50 is the SII's advice, 500 the most."""
    age_s: Annotated[float, Meta(ge=0, le=3_000)] = 60.0
    """A document waits so long for others; each boleta is due within the hour (Res. 74/2020)."""
    ask_s: courier.Seconds = 600.0
    """From sending to the first question; the SII asks for about ten minutes."""


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
