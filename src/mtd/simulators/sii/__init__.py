"""The Chilean tax authority (SII) as real servers: four hosts that share one memory.

`sii` takes invoices (SOAP and the upload form), `sii_api` answers for boletas, `sii_upload` takes
them, `sii_registry` tells what buyers say of invoices. Nothing here knows how MTD makes documents:
schemas, both signatures, stamps, folios, totals and covers are checked anew.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import msgspec

from mtd.simulators.sii.authority import Authority, Doom
from mtd.simulators.sii.boletas import UPLOADS, BoletaDesk, BoletaUploadDesk
from mtd.simulators.sii.boletas import VERDICTS as QUESTIONS
from mtd.simulators.sii.boletas import malformed as say_page
from mtd.simulators.sii.invoices import VERDICTS, InvoiceDesk, malformed, state
from mtd.simulators.sii.issuing import IDK, certificate
from mtd.simulators.sii.registry import RegistryDesk, Saying
from mtd.simulators.system import System
from mtd.simulators.unit import is_rut
from mtd.simulators.world import World

FOLIOS_MAX = 1_000_000
PAGE_MAX = 10_000
SHARES = {
    "error": 0.005,
    "page": 0.002,
    "status_9": 0.001,
    "lost_reply": 0.002,
    "rejected": 0.003,
    "objected": 0.005,
    "expired_token": 0.002,
    "event_repeated": 0.02,
    "event_late": 0.01,
}
SHARES_BY_HOST = {
    "sii_api": {"error": 0.005, "stale": 0.01, "expired_token": 0.002},
    "sii_upload": {
        name: SHARES[name] for name in ("error", "page", "lost_reply", "rejected", "objected")
    },
    "sii_registry": {"error": 0.005},
}


def systems() -> dict[str, Callable[[World], System]]:
    """One authority's hosts, by name; `sii` is built first and holds what all of them know."""
    shared: list[Authority] = []

    def invoices(world: World) -> System:
        authority = Authority(world)
        shared.append(authority)
        desk = InvoiceDesk(authority)
        return System(
            name="sii",
            median_ms=300,
            p99_ms=5_000,
            shares=SHARES,
            verdicts=VERDICTS,
            read=desk.read,
            malformed=malformed,
            command=partial(_command, authority),
            state=lambda: state(authority),
            pages=_pages(authority),
        )

    def api(_world: World) -> System:
        return _host("sii_api", BoletaDesk(shared[0]), QUESTIONS)

    def upload(_world: World) -> System:
        return _host("sii_upload", BoletaUploadDesk(shared[0]), UPLOADS)

    def registry(_world: World) -> System:
        desk = RegistryDesk(shared[0])
        host = _host("sii_registry", desk, frozenset({"expired_token"}))
        return msgspec.structs.replace(host, command=partial(_say, desk))

    return {"sii": invoices, "sii_api": api, "sii_upload": upload, "sii_registry": registry}


def _host(
    name: str, desk: BoletaDesk | BoletaUploadDesk | RegistryDesk, verdicts: frozenset[str]
) -> System:
    return System(
        name=name,
        median_ms=150,
        p99_ms=3_000,
        shares=SHARES_BY_HOST[name],
        verdicts=verdicts,
        read=desk.read,
        malformed=say_page,
    )


class _Orders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be ordered of the authority."""

    judge: list[Doom] = []
    ahead_s: float | None = None
    """The authority's clock goes so far ahead of everybody's; negative: behind."""
    release: bool = False
    trust: dict[str, str] = {}
    """Keys of other authorities of folios, PEM by number (IDK)."""


def _command(authority: Authority, command: dict[str, Any]) -> None:
    try:
        orders = msgspec.convert(command, _Orders)
        for idk, pem in orders.trust.items():
            authority.trust(int(idk), pem)
    except msgspec.ValidationError as error:
        raise ValueError(f"system: {error}") from error
    for doom in orders.judge:
        authority.doom(doom)
    if orders.ahead_s is not None:
        authority.clock.ahead_s = orders.ahead_s
    if orders.release:
        authority.release()


def _say(desk: RegistryDesk, command: dict[str, Any]) -> None:
    try:
        desk.say(msgspec.convert(command, Saying))
    except msgspec.ValidationError as error:
        raise ValueError(f"system: {error}") from error


def _pages(authority: Authority) -> dict[str, Callable[[Mapping[str, str]], Any]]:
    def caf(query: Mapping[str, str]) -> dict[str, Any]:
        """`?issuer=&code=&count=[&name=][&on=]`: the next folios, as a file in base64."""
        issuer, code = query.get("issuer", ""), query.get("code", "")
        count = query.get("count", "1000")
        if not is_rut(issuer) or not (code.isdecimal() and len(code) <= 3):
            raise ValueError("issuer: a RUT; code: a type of document")
        if not (count.isdecimal() and 0 < int(count) <= FOLIOS_MAX):
            raise ValueError(f"count: 1 to {FOLIOS_MAX:,}")
        on = query.get("on")
        day = authority.clock.now().date() if on is None else date.fromisoformat(on)
        file = authority.office.caf(issuer, query.get("name", "Emisor"), code, int(count), day)
        return {"file": b64encode(file).decode()}

    def person(query: Mapping[str, str]) -> dict[str, Any]:
        """`?rut=&password=`: a certificate (PKCS#12), in base64."""
        if not is_rut(query.get("rut", "")):
            raise ValueError("rut: a RUT")
        now = authority.clock.now()
        file = certificate(query["rut"], query.get("password", ""), now)
        return {"file": b64encode(file).decode()}

    def key(_query: Mapping[str, str]) -> dict[str, Any]:
        return {"idk": IDK, "pem": authority.office.public_key}

    def documents(query: Mapping[str, str]) -> list[dict[str, Any]]:
        """`?after=`: what is held, in the order in which it came."""
        after = int(query.get("after", "0"))
        held = list(authority.archive.documents.items())[after : after + PAGE_MAX]
        return [
            {
                "issuer": issuer,
                "type": code,
                "folio": folio,
                "total": one.paper.total,
                "state": one.state,
                "track_id": one.track,
                "foreign": one.foreign,
            }
            for (issuer, code, folio), one in held
        ]

    return {"caf": caf, "certificate": person, "key": key, "documents": documents}
