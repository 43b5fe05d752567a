"""Folios over REST: ranges and certificates are taken in, and looked after."""

from base64 import b64decode
from binascii import Error as NoBase64
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import JSONBody
from msgspec import Meta

from mtd.faces.api.problems import problem
from mtd.faces.api.provided import Served
from mtd.runtime.tax.authorising import (
    NotTaken,
    Standing,
    certify,
    standings,
    take_in,
)
from mtd.runtime.tax.declaring import Declaration, declare

FILE_MAX = 140_000
"""Base64 characters of a file."""

NUMBER_MAX = 9_999_999_999
"""No country's numbers are longer."""

Base64 = Annotated[str, Meta(min_length=1, max_length=FILE_MAX, description="a file in Base64")]
Person = Annotated[str, Meta(min_length=1, max_length=200, description="who does it")]


class CafUpload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A range of folios as downloaded from the authority."""

    file: Base64
    person: Person


class CertificateUpload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate with its key, in PKCS#12."""

    issuer: Annotated[str, Meta(min_length=1, max_length=100)]
    """Key of the issuer in the settings."""
    file: Base64
    password: Annotated[str, Meta(max_length=500)]
    person: Person


class SeriesDeclaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A series that a taxpayer numbers itself."""

    issuer: Annotated[str, Meta(min_length=1, max_length=100)]
    """Key of the issuer in the settings."""
    type_code: Annotated[str, Meta(min_length=1, max_length=10)]
    series: Annotated[str, Meta(min_length=1, max_length=20)]
    first: Annotated[int, Meta(ge=1, le=NUMBER_MAX)] = 1
    last: Annotated[int, Meta(ge=1, le=NUMBER_MAX)] | None = None
    """None: the country's highest."""
    person: Person


@get("/folios", summary="What is left of every range of folios, and what to look after")
async def listing(operations: Served) -> list[Standing]:
    """By issuer, type and first folio; keys are told to nobody."""
    return await standings(operations.app, operations.tenant)


@post("/folios", summary="Take in a range of folios (CAF)")
async def taking(operations: Served, data: JSONBody[CafUpload]) -> Response[Any]:
    """422 when it is not the authority's, not ours, expired, or overlaps with what is known."""
    content = _content(data.file)
    if content is None:
        return problem(422, "the range is not taken in", "file: is no Base64")
    outcome = await take_in(operations.app, operations.tenant, content, data.person)
    if isinstance(outcome, NotTaken):
        return problem(422, "the range is not taken in", outcome.reason)
    return Response(outcome, status_code=201)


@post("/folios/certificates", summary="Take in a certificate that signs")
async def certifying(operations: Served, data: JSONBody[CertificateUpload]) -> Response[Any]:
    """422 when it does not open, has expired, names no RUT or is known already."""
    content = _content(data.file)
    if content is None:
        return problem(422, "the certificate is not taken in", "file: is no Base64")
    app, tenant = operations.app, operations.tenant
    outcome = await certify(app, tenant, data.issuer, content, data.password.encode(), data.person)
    if isinstance(outcome, NotTaken):
        return problem(422, "the certificate is not taken in", outcome.reason)
    return Response(outcome, status_code=201)


@post("/folios/series", summary="Declare a series that a taxpayer numbers itself")
async def declaring(operations: Served, data: JSONBody[SeriesDeclaration]) -> Response[Any]:
    """422 where numbers are authorised, the series is none of that type, or numbers overlap."""
    of = Declaration(
        issuer=data.issuer,
        type_code=data.type_code,
        series=data.series,
        first=data.first,
        last=data.last,
    )
    outcome = await declare(operations.app, operations.tenant, of, data.person)
    if isinstance(outcome, NotTaken):
        return problem(422, "the series is not declared", outcome.reason)
    return Response(outcome, status_code=201)


def _content(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (NoBase64, ValueError):
        return None


ROUTER = Router(path="/", route_handlers=[listing, taking, certifying, declaring], tags=["folios"])
