"""Answering: what became of a document, from what the post office noted of it."""

from hashlib import sha256

from mtd.connectors.tax.native.case import NOTHING, Case, outputs
from mtd.connectors.tax.vouching import VOUCHER
from mtd.core.process.outcome import Answer, Done, Failed
from mtd.core.tax.document import STANDS, DocumentState

BUSINESS = frozenset({"SCHEMA", "NO_FOLIO", "SIGNATURE", "BUYER_DATA", "CREDIT_EXCEEDED"})
"""Causes that a person or a correction removes; all others are technical."""


async def status(case: Case) -> Answer:
    """`tax.status`: where the input `folio`'s document stands; `document_state`, `sii_code`.

    Where a card voucher is the boleta there is no document, and the sale is documented.
    """
    document = case.named()
    if document is not None:
        code = document.codes.partition(" ")[0] or None
        return Done({**outputs(document), "sii_code": code})
    if VOUCHER in str(case.attempt.inputs.get("track_id") or ""):
        return Done({**NOTHING, "document_state": DocumentState.ACCEPTED.value, "sii_code": None})
    return Failed("folio: missing; there is no document to ask after")


async def find(case: Case) -> Answer:
    """`tax.find`: the order's document of that kind, or None in every output."""
    document = case.named()
    return Done(NOTHING if document is None else outputs(document))


async def fetch(case: Case) -> Answer:
    """`tax.fetch`: where the document of the input `folio` is read; it is kept already.

    Outputs `document` (type and folio, what a letter encloses it by), `url` (of the PDF, drawn when
    it is asked for), `xml_url`, `xml_sha256`.
    """
    document, public_url = case.named(), case.issuer.public_url
    told: dict[str, str | None] = dict.fromkeys(("document", "url", "xml_url", "xml_sha256"))
    if document is None or document.hash is None:
        return Done({**told})
    told |= {"document": document.key.number, "xml_sha256": document.hash.hex()}
    if public_url:
        place = f"{public_url}/{document.key.tracking_id}/{seal(document.hash)}"
        told |= {"url": f"{place}.pdf", "xml_url": f"{place}.xml"}
    return Done({**told})


async def error_control(case: Case) -> Answer:
    """`tax.error_control`: what stands behind the input `error` (step R21).

    Outputs `cause` (ISSUED, NO_FOLIO, SCHEMA, SIGNATURE, BUYER_DATA, REJECTED, ISSUER_DOWN) and
    what is known of the document. A rejected one keeps its folio and loses its track id: it is to
    be issued again under that folio.
    """
    error = str(case.attempt.inputs.get("error") or "")
    document = case.named()
    if document is None or document.state is DocumentState.VOIDED:
        voided = [one for one in case.of_kind() if one.state is DocumentState.VOIDED]
        codes = voided[-1].codes.split() if voided else []
        usual = "REJECTED" if case.issuer.practice.blames_content(codes) else "ISSUER_DOWN"
        return Done({"cause": error if error in BUSINESS else usual, **NOTHING})
    known = outputs(document)
    if document.state is DocumentState.REJECTED:
        return Done({"cause": "REJECTED", **known, "track_id": None})
    if document.state is DocumentState.FOLIO_ASSIGNED:
        cause = error if error in BUSINESS else "ISSUER_DOWN"
        return Done({"cause": cause, **known, "track_id": None})
    if document.state in STANDS or error not in BUSINESS:
        return Done({"cause": "ISSUED", **known})
    return Done({"cause": error, **known})


def seal(hash_: bytes) -> str:
    """What keeps a link from being guessed: the first half of a digest of the document's own."""
    return sha256(hash_).hexdigest()[:32]
