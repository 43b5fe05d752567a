"""Sending one document, and asking what is held of it."""

from mtd.connectors.sunat.envelope import Fault, call
from mtd.connectors.sunat.packing import packed, unpacked
from mtd.connectors.sunat.settings import Options
from mtd.connectors.wire import Artifact, Wire
from mtd.connectors.wire.soap import Element, child_text, local_name
from mtd.core.process.outcome import Failed, Unknown
from mtd.core.tax.countries.pe.answers import Receipt, fault_answer, finding, receipt, told_at_once
from mtd.core.tax.countries.pe.building import file_name, identifier
from mtd.core.tax.issuing import Finding, FiscalNumber, Known, Submission, SubmissionState


async def submit(
    wire: Wire, ruc: str, type_code: str, number: FiscalNumber, content: bytes
) -> Submission:
    """Send a signed document; its receipt, when one comes, is kept on the wire.

    `UNKNOWN` when it may have arrived and nobody said what became of it: only `find` may follow.
    """
    name = file_name(ruc, type_code, number)
    options = wire.legacy.options(Options)
    arguments = {"fileName": f"{name}.zip", "contentFile": packed(name, content)}
    got = await call(wire, options.bill_path, "sendBill", arguments, safe=False)
    if isinstance(got, Fault):
        return fault_answer(got.code, got.message)
    if isinstance(got, Failed):
        return Submission(state=SubmissionState.NOT_SENT, message=got.message)
    if isinstance(got, Unknown):
        return Submission(state=SubmissionState.UNKNOWN, message=got.message)
    held = _receipt(wire, name, child_text(got, "applicationResponse"))
    if held is None or held.document != identifier(number):
        message = "taken, but the answer has no receipt of this document"
        return Submission(state=SubmissionState.UNKNOWN, message=message)
    return told_at_once(held)


async def find(wire: Wire, ruc: str, type_code: str, number: FiscalNumber) -> Finding:
    """What is held of a document, by its identity: the only legal step after an unknown end."""
    arguments = {
        "rucComprobante": ruc,
        "tipoComprobante": type_code,
        "serieComprobante": number.series,
        "numeroComprobante": str(number.number),
    }
    options = wire.legacy.options(Options)
    got = await call(wire, options.consult_path, "getStatusCdr", arguments, safe=True)
    if isinstance(got, Fault | Failed | Unknown):
        return Finding(Known.CANNOT_TELL)
    told = _child(got, "statusCdr")
    if told is None:
        return Finding(Known.CANNOT_TELL)
    held = _receipt(wire, file_name(ruc, type_code, number), child_text(told, "content"))
    if held is not None and held.document != identifier(number):
        return Finding(Known.CANNOT_TELL)
    return finding(child_text(told, "statusCode"), child_text(told, "statusMessage"), held)


def _receipt(wire: Wire, name: str, text: str) -> Receipt | None:
    """The receipt in a zip in base64, kept on the wire as it came."""
    content = unpacked(text) if text else None
    held = None if content is None else receipt(content)
    if content is not None and held is not None:
        wire.kept.append(Artifact(f"R-{name}.xml", "application/xml", content))
    return held


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local_name(child) == name), None)
