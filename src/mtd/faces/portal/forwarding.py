"""Forwarding: where a request came from, as the proxies say in front of the portal that we trust.

`Forwarded` (RFC 7239), or else `X-Forwarded-For`, `-Proto` and `-Host`, are read only of a peer
that the settings name, and from their end: what is before the first address that is no proxy of
ours was written by whoever sent the request.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

Network = IPv4Network | IPv6Network
HOPS_MAX = 20
"""Proxies of a chain that are looked at."""
HEADER_MAX = 4_000
"""Characters of a header that are looked at."""
_PAIR = re.compile(r'\s*([A-Za-z-]+)=("(?:[^"\\]|\\.)*"|[^\s;,"]+)\s*(?:;|$)')


class Whence(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request came from."""

    origin: str
    """The address."""
    secure: bool
    """It came by TLS as far as the outermost proxy of ours."""
    host: str | None
    """The host that was asked for there; None: as the request itself says."""


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """What one proxy says."""

    came_from: str
    proto: str = ""
    host: str = ""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks of the proxies. Raises ValueError."""
    return tuple(ip_network(text) for text in texts)


def whence(
    peer: str, headers: Mapping[str, str], proxies: Sequence[Network], *, secure: bool
) -> Whence:
    """Where a request came from whose sender is `peer`; `secure`: it came to us by TLS."""
    found = Whence(origin=peer, secure=secure, host=None)
    if not _trusted(peer, proxies):
        return found
    for hop in reversed(_hops(headers)):
        origin = _address(hop.came_from)
        if origin is None:
            return found
        found = Whence(
            origin=str(origin),
            secure=hop.proto.lower() == "https" if hop.proto else found.secure,
            host=hop.host or found.host,
        )
        if not _trusted(str(origin), proxies):
            return found
    return found


def _hops(headers: Mapping[str, str]) -> list[Hop]:
    """What each proxy says, the outermost first."""
    standard = headers.get("forwarded", "")[-HEADER_MAX:]
    if standard:
        return [_hop(part) for part in _split(standard)][-HOPS_MAX:]
    listed = headers.get("x-forwarded-for", "")[-HEADER_MAX:].split(",")[-HOPS_MAX:]
    proto, host = headers.get("x-forwarded-proto", ""), headers.get("x-forwarded-host", "")
    return [Hop(came_from=one.strip(), proto=proto, host=host) for one in listed if one.strip()]


def _split(text: str) -> list[str]:
    """A list's parts; a comma in quotes is none."""
    return re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+', text)


def _hop(part: str) -> Hop:
    pairs = {name.lower(): _plain(value) for name, value in _PAIR.findall(part)}
    return Hop(
        came_from=pairs.get("for", ""), proto=pairs.get("proto", ""), host=pairs.get("host", "")
    )


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address, without a port; None: it is hidden, unknown, or no address."""
    bare = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return ip_address(bare)
    except ValueError:
        return None


def _trusted(text: str, proxies: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in proxies)
