"""Settings of the BackOffice portal."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from mtd.connectors.settings import SecretRef

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE = "*"
"""In `stores` of `[portal.oidc]`: all of them."""


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider of identities that vouches for people (OpenID Connect Core 1.0, code flow)."""

    issuer: str
    """As the provider itself writes it: `https://id.example.cl`."""
    client_id: str
    client_secret: SecretRef | None = None
    """None: a public client, which PKCE alone protects."""
    portal: str
    """The portal's address as browsers know it: `https://portal.example.cl`."""
    label: str = "OpenID"
    """What people call the provider."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    login_claim: str = "preferred_username"
    name_claim: str = "name"
    roles_claim: str = "groups"
    """The claim, a text or a list, whose values `roles` turns into roles."""
    roles: dict[str, str]
    """Role by value of the claim; who has none of these values does not get in."""
    stores_claim: str | None = None
    """The claim whose values `stores` turns into stores; None: everybody sees all stores."""
    stores: dict[str, str] = {}
    """Store by value of the claim; `*` is all stores."""


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
    proxies: list[str] = []
    """Addresses or networks of the proxies in front, whose `Forwarded` header is believed."""
    oidc: OidcSettings | None = None
    """Who vouches for people besides the local accounts."""


def portal_faults(settings: PortalSettings) -> Iterator[tuple[str, str]]:
    """What is of the right type and still cannot be used: key and reason."""
    for text in settings.proxies:
        try:
            ip_network(text)
        except ValueError as error:
            yield "portal.proxies", str(error)
    if settings.oidc is None:
        return
    for name, text in (("issuer", settings.oidc.issuer), ("portal", settings.oidc.portal)):
        address = urlsplit(text)
        safe = address.scheme == "https" or (
            address.scheme == "http" and address.hostname in LOOPBACK
        )
        if not safe or not address.netloc or address.query or address.fragment:
            yield f"portal.oidc.{name}", "an https address is needed"
    if "openid" not in settings.oidc.scopes:
        yield "portal.oidc.scopes", "openid is needed"
