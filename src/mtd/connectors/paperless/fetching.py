"""Fetching a document's PDF and XML from the issuer."""

from hashlib import sha256
from urllib.parse import quote, urljoin, urlsplit

from mtd.connectors.paperless.issuer import AS_PDF, AS_XML, OK, Document, Service, recover
from mtd.connectors.wire import Artifact, Response
from mtd.core.process.outcome import Answer, Done, Failed

KINDS = {"pdf": (AS_PDF, "application/pdf"), "xml": (AS_XML, "application/xml")}


async def links(service: Service, document: Document) -> Answer:
    """Where PDF and XML are, with their hashes; both are kept on the wire."""
    outputs: dict[str, str] = {"document": f"{document.kind}-{document.folio}"}
    for extension, (return_type, media_type) in KINDS.items():
        said = await recover(service, document, return_type)
        if isinstance(said, Failed):
            return said
        if said.code != OK:
            return Failed(f"{extension} of folio {document.folio}: {said.code} {said.message}")
        link = _link(service, said.message)
        if link is None:
            return Failed(f"{extension} of folio {document.folio}: a link to another host")
        origin, path = link
        got = await service.wire.request("GET", path, origin=origin, safe=True)
        if not isinstance(got, Response):
            return Failed(got.message)
        if got.status != 200 or not got.body:
            return Failed(f"{extension} of folio {document.folio}: {got.status}")
        name = f"{document.kind}-{document.folio}.{extension}"
        service.wire.kept.append(Artifact(name, media_type, got.body))
        prefix = "" if extension == "pdf" else f"{extension}_"
        outputs[f"{prefix}url"] = origin + path
        outputs[f"{extension}_sha256"] = sha256(got.body).hexdigest()
    return Done({**outputs})


def _link(service: Service, text: str) -> tuple[str, str] | None:
    """Origin and path of a link; None unless it leads to the issuer or an origin it may use."""
    base = urlsplit(service.wire.legacy.settings.base_url)
    own = f"{base.scheme}://{base.netloc}"
    link = urlsplit(urljoin(own, text))
    origin = f"{link.scheme}://{link.netloc}"
    if origin != own and origin not in service.options.document_origins:
        return None
    path = quote(link.path, safe="/%")
    return origin, f"{path}?{link.query}" if link.query else path
