"""Tax documents over REST: issued from a request, shown, drawn, read by who has the link."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.openapi.spec import Operation
from litestar.params import PathParameter, QueryParameter

from mtd.connectors.tax.native.answering import seal
from mtd.core.tax.countries.cl.verifying import Check
from mtd.core.tax.document import DocumentState, TaxDocument
from mtd.core.tax.markup import BYTES_MAX
from mtd.core.tax.practice import Format
from mtd.faces.api.problems import problem
from mtd.faces.api.provided import Served
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.runtime.operations.papers import Papers
from mtd.runtime.sii_schemas import BadSchemas
from mtd.runtime.sii_verifying import Verifying
from mtd.runtime.tax.asked import Refused, issue, request_of
from mtd.store.arriving.letters import Mailed
from mtd.store.tax.buyers import BuyerEvent

Name = Annotated[str, PathParameter(max_length=60, description="such as 76111111-39-1234")]
File = Annotated[str, PathParameter(max_length=60, description="`<seal>.pdf`, .xml or .html")]
Read = NamedDependency[Papers]
Verifies = NamedDependency[Verifying]
FORMATS = {"pdf": Format.LETTER, "xml": Format.XML, "html": Format.HTML}
"""What a link may end in."""


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """A document, without what is personal in it."""

    name: str
    issuer: str
    type: str
    folio: int
    state: DocumentState
    codes: str
    reason: str
    track_id: str | None
    order: str
    total: Decimal
    credited: Decimal
    currency: str
    issued_at: datetime
    handed_at: datetime | None
    sha256: str | None
    letters: list[Mailed] = []
    """Those that took it to somebody, and what came back of them."""
    again: bool = False
    """The same request has the same document."""


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the checks of a file."""

    passed: bool
    """Every check was made, and none failed."""
    failed: bool
    """A check that was made failed."""
    checks: tuple[Check, ...]


@post("/tax-documents", summary="Issue a document from a request")
async def issuing(
    request: Request[Any, Any, Any],
    operations: Served,
    key: Annotated[str | None, QueryParameter(max_length=200)] = None,
) -> Response[Any]:
    """The body is a fiscal request in JSON; the same is one document. 422 with every fault."""
    try:
        asked = request_of(await request.body())
        done = await issue(operations.app, operations.tenant, asked, key)
    except Refused as error:
        return problem(422, "the document is not issued", str(error))
    return Response(_view(done.document, again=done.again), status_code=200 if done.again else 201)


@dataclass
class FileBody(Operation):
    """An operation whose body is a file of tax documents, which its handler reads by itself."""

    def to_schema(self) -> dict[str, Any]:
        """As for any operation, and any bytes."""
        file = {"type": "string", "description": "DTE, EnvioDTE or EnvioBOLETA, of any issuer."}
        content = {"application/xml": {"schema": file}}
        return {**super().to_schema(), "requestBody": {"required": True, "content": content}}


@post(
    "/tax-document-verifications",
    status_code=200,
    summary="Check a file of tax documents of any issuer",
    request_max_body_size=BYTES_MAX + 1,
    operation_class=FileBody,
)
async def verification(request: Request[Any, Any, Any], verifying: Verifies) -> Verification:
    """Every check of a DTE, EnvioDTE or EnvioBOLETA, as `mtd dte verify` makes them.

    What cannot be read is a failed check as well; `passed` only if every check was made and passed.
    """
    try:
        report = await verifying.verified(await request.body())
    except BadSchemas as error:
        raise Conflict(str(error)) from error
    return Verification(passed=report.passed, failed=report.failed, checks=report.checks)


@get("/tax-documents/{name:str}", summary="A tax document, and where it stands")
async def showing(papers: Read, name: Name) -> DocumentView:
    """By issuer without check digit, type and folio."""
    document = await papers.document(name)
    return msgspec.structs.replace(_view(document), letters=await papers.letters(document))


@get("/tax-documents/{name:str}/claims", summary="What the buyer recorded of an invoice")
async def claims(papers: Read, name: Name) -> list[BuyerEvent]:
    """Receipts (ERM), acceptance (ACD) and claims (RCD, RFP, RFT), as the authority has them."""
    return await papers.buyer_events(await papers.document(name))


@get("/tax-documents/{name:str}/drawing", summary="A tax document as PDF, HTML or XML")
async def drawing(
    papers: Read,
    name: Name,
    format: Annotated[Format, QueryParameter()] = Format.LETTER,  # noqa: A002
) -> Response[bytes]:
    """Drawn when it is asked for; the same document is the same file."""
    drawn = await papers.drawn(await papers.document(name), format)
    return Response(drawn.content, media_type=drawn.media_type)


@get(
    "/public/documents/{name:str}/{file:str}",
    summary="A document's link for its buyer",
    security=[{}],
)
async def public(papers: Read, name: Name, file: File) -> Response[bytes]:
    """The seal is of the document's own digest, and stands in its buyer's mail."""
    given, _, ending = file.partition(".")
    try:
        document = await papers.document(name)
        if document.hash is None or ending not in FORMATS or given != seal(document.hash):
            raise NotFound(name)
        drawn = await papers.drawn(document, FORMATS[ending])
    except NotFound as error:
        raise NotFoundException("there is no such document") from error
    return Response(drawn.content, media_type=drawn.media_type)


def _view(document: TaxDocument, again: bool = False) -> DocumentView:
    return DocumentView(
        name=document.key.tracking_id,
        issuer=document.issuer,
        type=document.type_code,
        folio=document.folio,
        state=document.state,
        codes=document.codes,
        reason=document.reason,
        track_id=document.track_id,
        order=document.instance,
        total=document.total,
        credited=document.credited,
        currency=document.currency,
        issued_at=document.issued_at,
        handed_at=document.handed_at,
        sha256=document.hash.hex() if document.hash else None,
        again=again,
    )


def router(papers: Papers, verifying: Verifying) -> Router:
    """The routes, over one process's papers."""
    return Router(
        path="/",
        route_handlers=[issuing, verification, showing, claims, drawing, public],
        tags=["tax documents"],
        dependencies={
            "papers": Provide(lambda: papers, sync_to_thread=False),
            "verifying": Provide(lambda: verifying, sync_to_thread=False),
        },
    )
