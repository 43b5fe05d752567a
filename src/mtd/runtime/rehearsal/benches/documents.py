"""How fast documents are made: planned, stamped and signed, enveloped, drawn, on one core."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from time import perf_counter, process_time

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mtd.core.money import Currency
from mtd.core.tax.countries.cl.building import build
from mtd.core.tax.countries.cl.caf import CafFile, imported, stamp_key
from mtd.core.tax.countries.cl.certificate import Signer, signer
from mtd.core.tax.countries.cl.envelope import BOLETAS_MAX, Cover, enveloped
from mtd.core.tax.countries.cl.issuer import Issuer
from mtd.core.tax.countries.cl.planning import plan
from mtd.core.tax.countries.cl.rendering import Printed, letter, printed, ticket
from mtd.core.tax.countries.cl.rendering.printed import look_of
from mtd.core.tax.countries.cl.stamp import StampKey
from mtd.core.tax.countries.cl.verifying import verify
from mtd.core.tax.issuing import FiscalPlan, SignedArtifact
from mtd.core.tax.request import FiscalKind, FiscalRequest, Place, RequestLine
from mtd.runtime.rehearsal.figures import Check, Figure, Report
from mtd.runtime.rehearsal.forging import Authority, authority, caf_file, certificate, new_key

BOLETAS_PER_S = 500
PDFS_PER_S = 150
"""What is to be reached on one core."""

AT = datetime(2026, 11, 27, 15, tzinfo=UTC)
SENDER = "12345678-5"
ISSUER = Issuer(
    rut="76111111-6",
    name="Comercial Ensayo SpA",
    business_line="Venta al por menor",
    activities=(477399,),
    place=Place(street="Av. Providencia 1234", district="Providencia", city="Santiago"),
    resolution_number=0,
    resolution_date=date(2026, 1, 15),
    sii_office="Santiago Oriente",
)


class Failed(Exception):
    """The bench could not be set up; a bug of ours."""


def measure(boletas: int, pdfs: int) -> Report:
    """The figures of `boletas` documents and `pdfs` drawings, each a different one.

    Speed is per second of one core's time, as the process itself was given it: what else the
    machine does at the moment does not count.
    """
    authorised = authority()
    stamp, signing = _keys(authorised, boletas)
    made: list[bytes] = []

    def make(number: int) -> None:
        made.append(_boleta(number + 1, stamp, signing))

    cover = Cover(
        issuer=ISSUER.rut,
        resolution_date=ISSUER.resolution_date,
        resolution_number=ISSUER.resolution_number,
    )
    signed = _figure("boletas planned, stamped and signed", make, boletas, BOLETAS_PER_S)
    envelopes = [made[at : at + BOLETAS_MAX] for at in range(0, len(made), BOLETAS_MAX)]
    began = perf_counter()
    sent = [enveloped(documents, cover, signing, AT) for documents in envelopes]
    took = (perf_counter() - began) / len(envelopes)
    look = look_of(ISSUER)
    drawn = [_printed(content) for content in made[:pdfs]]
    figures = [
        signed,
        Figure(name=f"an envelope of {len(envelopes[0])}", value=took * 1_000, unit="ms"),
        _figure("letters with barcode", lambda n: letter(drawn[n], look), len(drawn), PDFS_PER_S),
        _figure(
            "80 mm tickets with barcode", lambda n: ticket(drawn[n], look), len(drawn), PDFS_PER_S
        ),
    ]
    report = verify(sent[-1], authorised.keys)
    told = "; ".join(
        f"{c.subject} {c.name}: {c.told}" for c in report.checks if c.verdict == "failed"
    )
    return Report(
        figures=figures,
        checks=[Check(name="the last envelope verifies", passed=not report.failed, told=told)],
    )


def _keys(by: Authority, boletas: int) -> tuple[StampKey, Signer]:
    file = caf_file(by, ISSUER.rut, "39", (1, boletas), date(2026, 11, 1))
    found = imported(file, by.keys)
    key = new_key(2048)
    signing = signer(key, certificate(key, SENDER, AT))
    if not isinstance(found, CafFile) or not isinstance(signing, Signer):
        raise Failed(f"no keys for {boletas} boletas")
    opened = stamp_key(found.private_key)
    if not isinstance(opened, RSAPrivateKey):
        raise Failed(opened.reason)
    return StampKey(found.caf, opened), signing


def _boleta(folio: int, stamp: StampKey, signing: Signer) -> bytes:
    """One boleta of three lines, each of another price."""
    lines = tuple(
        RequestLine(
            description=f"Artículo de ensayo {folio}-{number}",
            quantity=Decimal(number),
            unit_price=Decimal(990 + folio),
            price_includes_tax=True,
        )
        for number in (1, 2, 3)
    )
    asked = FiscalRequest(
        country="CL",
        issuer="ensayo",
        order=f"PO-{folio}",
        kind=FiscalKind.RECEIPT,
        occurred_at=AT,
        currency=Currency.CLP,
        lines=lines,
    )
    planned = plan(asked, ISSUER)
    if not isinstance(planned, FiscalPlan):
        raise Failed(str(planned.faults[0]))
    artifact = build(planned, folio, stamp, signing, AT)
    if not isinstance(artifact, SignedArtifact):
        raise Failed(str(artifact.faults[0]))
    return artifact.content


def _printed(content: bytes) -> Printed:
    found = printed(content)
    if not isinstance(found, Printed):
        raise Failed(found.reason)
    return found


def _figure(name: str, act: Callable[[int], object], times: int, at_least: float) -> Figure:
    began = process_time()
    for number in range(times):
        act(number)
    took = process_time() - began
    return Figure(name=name, value=times / took, unit="/s of one core", at_least=at_least)
