"""Chile's practice: DTE of the SII, stamped with keys of authorised folios."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from msgspec.structs import replace

from mtd.core.rut import plain_rut
from mtd.core.tax.certificate import Signing
from mtd.core.tax.countries.cl.building import build
from mtd.core.tax.countries.cl.caf import BadCaf, caf_of, stamp_key
from mtd.core.tax.countries.cl.certificate import Signer, signer
from mtd.core.tax.countries.cl.content import ZONE
from mtd.core.tax.countries.cl.envelope import BOLETAS_MAX, Cover, enveloped
from mtd.core.tax.countries.cl.issuer import ANONYMOUS_BUYER, Issuer
from mtd.core.tax.countries.cl.planning import plan
from mtd.core.tax.countries.cl.profile import CHILE
from mtd.core.tax.countries.cl.rendering import letter, page, printed, ticket
from mtd.core.tax.countries.cl.rendering.printed import Look, look_of
from mtd.core.tax.countries.cl.stamp import StampKey
from mtd.core.tax.countries.cl.xml import ENCODING
from mtd.core.tax.issuing import FiscalNumber, FiscalPlan, Invalid, SignedArtifact
from mtd.core.tax.markup import Unreadable
from mtd.core.tax.practice import BadStamp, Format, Practice, Stamp
from mtd.core.tax.request import Buyer, FiscalKind, FiscalRequest, ItemCode
from mtd.core.tax.vouchers import coverage

TYPES = {
    FiscalKind.RECEIPT: ("39", "41"),
    FiscalKind.INVOICE: ("33", "34"),
    FiscalKind.DISPATCH: ("52",),
    FiscalKind.CREDIT_NOTE: ("61",),
    FiscalKind.DEBIT_NOTE: ("56",),
}
"""Taxed, and where nothing is taxed."""
FOLIO_MAX = 9_999_999_999
"""Ten figures (Formato DTE v2.2, field a3)."""
PRIVATE = "Particular"
"""Giro of a buyer who has none."""
SKU_SCHEME = "INT1"
"""Code of an article by the issuer's own numbering (Formato DTE v2.2, field b2)."""


UF_FRESH = timedelta(days=31)
"""The Banco Central publishes a month's values together: an older one is none of the day."""


def practice(issuer: Issuer, uf: Mapping[date, Decimal] = {}) -> Practice:
    """The practice of a Chilean taxpayer; `uf`: that unit in pesos, by day."""
    return Practice(
        country=CHILE.country,
        authority=CHILE.authority,
        tax_id=issuer.rut,
        party=Buyer(
            tax_id=issuer.rut,
            name=issuer.name,
            business_line=issuer.business_line,
            place=issuer.place,
        ),
        zone=ZONE,
        types=TYPES,
        batch_max=BOLETAS_MAX,
        buyer_field="Recep",
        total_field="Totales/MntTotal",
        localised=localised,
        plan=lambda request: plan(request, issuer, uf_on(uf, request.occurred_at)),
        series=lambda _plan, _branch: "",
        series_fault=None,
        own_series=(),
        number_max=FOLIO_MAX,
        coverage=partial(coverage, issuer.voucher_policy),
        build=_built,
        signer=signer,
        stamp=stamp_of,
        enveloped=partial(_enveloped, issuer),
        exchanged=partial(_exchanged, issuer),
        blames_content=lambda _codes: False,
        drawn=partial(_drawn, look_of(issuer)),
    )


def uf_on(uf: Mapping[date, Decimal], moment: datetime) -> Decimal | None:
    """The UF of that day, or the latest before it of a month; None where there is none."""
    day = moment.astimezone(ZONE).date()
    known = max((one for one in uf if day - UF_FRESH <= one <= day), default=None)
    return None if known is None else uf[known]


def localised(request: FiscalRequest) -> FiscalRequest:
    """An order's request as Chile asks for it.

    A boleta names whoever gave a RUT by RUT and name, else nobody in particular; all others are
    made out to somebody, with a giro.
    """
    lines = tuple(
        replace(line, codes=tuple(ItemCode(SKU_SCHEME, one.code) for one in line.codes))
        for line in request.lines
    )
    return replace(request, lines=lines, buyer=_buyer(request))


def stamp_of(authorisation: str, pem: bytes) -> Stamp | BadStamp:
    """What stamps the folios of a CAF."""
    caf, key = caf_of(authorisation), stamp_key(pem)
    if isinstance(caf, BadCaf):
        return BadStamp(caf.reason)
    if not isinstance(key, RSAPrivateKey):
        return BadStamp(key.reason)
    return Stamp(caf.first, caf.last, StampKey(caf, key))


def _buyer(request: FiscalRequest) -> Buyer | None:
    given = request.buyer
    if request.kind is FiscalKind.RECEIPT:
        rut = plain_rut(given.tax_id) if given else None
        return Buyer(tax_id=rut, name=given.name) if given and rut else None
    if given is None:
        return Buyer(tax_id=ANONYMOUS_BUYER, business_line=PRIVATE)
    return Buyer(
        tax_id=plain_rut(given.tax_id) or given.tax_id or ANONYMOUS_BUYER,
        name=given.name,
        business_line=given.business_line or PRIVATE,
        place=given.place,
    )


def _built(
    made: FiscalPlan, number: FiscalNumber, stamp: Stamp | None, signing: Signing, at: datetime
) -> SignedArtifact | Invalid:
    opened = stamp.opened if stamp is not None else None
    assert isinstance(opened, StampKey), "stamp_of opened it"
    assert isinstance(signing, Signer), "signer opened it"
    return build(made, number.number, opened, signing, at)


def _enveloped(issuer: Issuer, documents: Sequence[bytes], signing: Signing, at: datetime) -> bytes:
    return _covered(documents, _cover(issuer), signing, at)


def _exchanged(issuer: Issuer, content: bytes, signing: Signing, at: datetime) -> bytes:
    """An EnvioDTE, whose `RutReceptor` is the buyer's and not the SII's."""
    buyer = _BUYER.search(content.decode(ENCODING))
    assert buyer is not None, "every document but a boleta names its buyer"
    return _covered([content], replace(_cover(issuer), receiver=buyer["rut"]), signing, at)


def _covered(documents: Sequence[bytes], cover: Cover, signing: Signing, at: datetime) -> bytes:
    assert isinstance(signing, Signer), "signer opened it"
    return enveloped(documents, cover, signing, at)


def _cover(issuer: Issuer) -> Cover:
    return Cover(
        issuer=issuer.rut,
        resolution_date=issuer.resolution_date,
        resolution_number=issuer.resolution_number,
    )


_BUYER = re.compile(r"<RUTRecep>(?P<rut>[0-9]+-[0-9K])</RUTRecep>")
"""As the canonical writer writes it."""


def _drawn(look: Look, content: bytes, form: Format) -> bytes | Unreadable:
    if form is Format.XML:
        return content
    document = printed(content)
    if isinstance(document, Unreadable):
        return document
    match form:
        case Format.LETTER:
            return letter(document, look)
        case Format.TICKET:
            return ticket(document, look)
        case Format.HTML:
            return page(document, look).encode()
