"""Tax documents over REST: issued from a request, shown, drawn, read by who has the link."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter, QueryParameter

from mtd.connectors.tax.native.answering import seal
from mtd.core.tax.document import DocumentState, TaxDocument
from mtd.core.tax.practice import Format
from mtd.faces.api.problems import problem
from mtd.faces.api.provided import Served
from mtd.runtime.operations.operations import NotFound
from mtd.runtime.operations.papers import Papers
from mtd.runtime.tax.asked import Refused, issue, request_of
from mtd.store.arriving.letters import Mailed
from mtd.store.tax.buyers import BuyerEvent

Name = Annotated[str, PathParameter(max_length=60, description="such as 76111111-39-1234")]
File = Annotated[str, PathParameter(max_length=60, description="`<seal>.pdf`, .xml or .html")]
Read = NamedDependency[Papers]
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


def router(papers: Papers) -> Router:
    """The routes, over one process's papers."""
    return Router(
        path="/",
        route_handlers=[issuing, showing, claims, drawing, public],
        tags=["tax documents"],
        dependencies={"papers": Provide(lambda: papers, sync_to_thread=False)},
    )
