"""Sending one document, and asking what is held of it."""

from mtd.connectors.courier import Told
from mtd.connectors.sunat.envelope import Fault, call
from mtd.connectors.sunat.packing import packed, unpacked
from mtd.connectors.sunat.settings import Options
from mtd.connectors.wire import Artifact, Wire
from mtd.connectors.wire.soap import Element, child_text, local_name
from mtd.core.process.outcome import Failed, Unknown
from mtd.core.tax.countries.pe.answers import (
    Receipt,
    fault_answer,
    fault_outcome,
    finding,
    is_of,
    receipt,
    told_at_once,
)
from mtd.core.tax.countries.pe.building import file_name, identifier
from mtd.core.tax.issuing import Finding, FiscalNumber, Known, Submission, SubmissionState


async def submit(
    wire: Wire, ruc: str, type_code: str, number: FiscalNumber, content: bytes
) -> Told:
    """Send a signed document; its receipt, when one comes, is the last word and kept on the wire.

    `UNKNOWN` when it may have arrived and nobody said what became of it: only `find` may follow.
    """
    name = file_name(ruc, type_code, number)
    options = wire.legacy.options(Options)
    arguments = {"fileName": f"{name}.zip", "contentFile": packed(name, content)}
    got = await call(wire, ruc, options.bill_path, "sendBill", arguments, safe=False)
    if isinstance(got, Fault):
        return _refused(got)
    if isinstance(got, Failed):
        return _only(SubmissionState.NOT_SENT, got.message)
    if isinstance(got, Unknown):
        return _only(SubmissionState.UNKNOWN, got.message)
    held = _receipt(wire, name, number, child_text(got, "applicationResponse"))
    if held is None or held.document != identifier(number):
        message = "taken, but the answer has no receipt of this document"
        return _only(SubmissionState.UNKNOWN, message)
    return Told(submission=told_at_once(held), outcome=held.outcome)


def _refused(fault: Fault) -> Told:
    said = fault_answer(fault.code, fault.message)
    if said.state is not SubmissionState.REJECTED:
        return Told(submission=said)
    return Told(submission=said, outcome=fault_outcome(said.codes, said.message))


def _only(state: SubmissionState, message: str) -> Told:
    return Told(submission=Submission(state=state, message=message))


async def find(
    wire: Wire, ruc: str, type_code: str, number: FiscalNumber, content: bytes
) -> Finding:
    """What is held of a document, by its identity: the only legal step after an unknown end.

    `content`: the document itself; of another of its number the receipt is not kept.
    """
    arguments = {
        "rucComprobante": ruc,
        "tipoComprobante": type_code,
        "serieComprobante": number.series,
        "numeroComprobante": str(number.number),
    }
    options = wire.legacy.options(Options)
    got = await call(wire, ruc, options.consult_path, "getStatusCdr", arguments, safe=True)
    if isinstance(got, Fault | Failed | Unknown):
        return Finding(Known.CANNOT_TELL)
    told = _child(got, "statusCdr")
    if told is None:
        return Finding(Known.CANNOT_TELL)
    name = file_name(ruc, type_code, number)
    held = _receipt(wire, name, number, child_text(told, "content"))
    if held is not None and held.document != identifier(number):
        return Finding(Known.CANNOT_TELL)
    if held is not None and not is_of(held, content):
        wire.kept.clear()
    status, message = child_text(told, "statusCode"), child_text(told, "statusMessage")
    return finding(status, message, held, content)


def _receipt(wire: Wire, name: str, number: FiscalNumber, text: str) -> Receipt | None:
    """The receipt in a zip in base64; the document's own is kept on the wire as it came."""
    content = unpacked(text) if text else None
    held = None if content is None else receipt(content)
    if content is not None and held is not None and held.document == identifier(number):
        wire.kept.append(Artifact(f"R-{name}.xml", "application/xml", content))
    return held


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local_name(child) == name), None)
