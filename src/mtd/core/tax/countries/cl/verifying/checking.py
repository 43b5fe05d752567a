"""The table of checks: each a name, a verdict and what was seen."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msgspec import Struct

from mtd.core.tax.countries.cl.formats import TYPE_CODES, format_faults
from mtd.core.tax.countries.cl.verifying.arithmetic import totals_faults
from mtd.core.tax.countries.cl.verifying.certificates import certificate_fault
from mtd.core.tax.countries.cl.verifying.covers import cover_faults
from mtd.core.tax.countries.cl.verifying.filing import BOLETAS, Document, File, filed
from mtd.core.tax.countries.cl.verifying.schemas import Schemas, schema_faults
from mtd.core.tax.countries.cl.verifying.signatures import (
    Signature,
    document_signature,
    set_signature,
)
from mtd.core.tax.countries.cl.verifying.stamps import caf_fault, stamp_fault
from mtd.core.tax.countries.cl.xml import ENCODING
from mtd.core.tax.issuing import FiscalFault
from mtd.core.tax.markup import Unreadable

TOLD_MAX = 10
"""So many faults of one check are told."""


class Verdict(StrEnum):
    """What came of a check."""

    OK = "ok"
    FAILED = "failed"
    NOT_CHECKED = "not checked"
    """What it needs was not given; it never counts as passed."""


class Check(Struct, frozen=True):
    """One row."""

    subject: str
    """`file`, `envelope`, or a document such as `33/170 of 76354771-K`."""
    name: str
    verdict: Verdict
    told: tuple[str, ...] = ()


class Report(Struct, frozen=True):
    """All rows of one file."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """True only when every check was made and none failed."""
        return all(check.verdict is Verdict.OK for check in self.checks)

    @property
    def failed(self) -> bool:
        """True when a check that was made failed."""
        return any(check.verdict is Verdict.FAILED for check in self.checks)


def verify(
    content: bytes, authority_keys: Mapping[int, RSAPublicKey], schemas: Schemas | None = None
) -> Report:
    """Every check of a DTE, an EnvioDTE or an EnvioBOLETA; hostile input is a failed row."""
    file = filed(content)
    if isinstance(file, Unreadable):
        return Report((Check("file", "readable", Verdict.FAILED, (file.reason,)),))
    rows = [_readable_row(file), _schema_row(file, schemas)]
    if file.envelope is not None:
        rows += _envelope_rows(file)
    for document in file.documents:
        rows += _document_rows(document, authority_keys)
    return Report(tuple(rows))


def _readable_row(file: File) -> Check:
    """What can be read passes; what the authority does not ask for is told all the same."""
    other = file.encoding != ENCODING
    told = (f"is in {file.encoding}, where the SII asks for {ENCODING.upper()}",) if other else ()
    return Check("file", "readable", Verdict.OK, told)


def _schema_row(file: File, schemas: Schemas | None) -> Check:
    boletas = any(document.type_code in BOLETAS for document in file.documents)
    schema = None if schemas is None else schemas.of(file.envelope is not None, boletas=boletas)
    if schema is None:
        return Check("file", "schema", Verdict.NOT_CHECKED, ("no schema was given",))
    return _row("file", "schema", schema_faults(file, schema))


def _envelope_rows(file: File) -> Iterator[Check]:
    yield _row("envelope", "cover", cover_faults(file))
    signature = set_signature(file)
    yield _signature_row("envelope", signature)
    yield _row(
        "envelope",
        "certificate",
        certificate_fault(signature.certificate, file.signed_at, file.sender),
    )


def _document_rows(document: Document, keys: Mapping[int, RSAPublicKey]) -> Iterator[Check]:
    subject = document.subject
    if document.type_code in TYPE_CODES:
        found = format_faults(document.type_code, document.day, document.parts)
        yield _row(subject, "fields", found)
        yield _row(subject, "totals", totals_faults(document.type_code, document.parts))
    else:
        why = (f"type {document.type_code or '?'} has no field table here",)
        yield Check(subject, "fields", Verdict.NOT_CHECKED, why)
        yield Check(subject, "totals", Verdict.NOT_CHECKED, why)
    yield _row(subject, "stamp", stamp_fault(document))
    yield _row(subject, "caf", caf_fault(document, keys))
    signature = document_signature(document)
    yield _signature_row(subject, signature)
    fault = certificate_fault(signature.certificate, document.signed_at)
    yield _row(subject, "certificate", fault)


def _signature_row(subject: str, signature: Signature) -> Check:
    return _row(subject, "signature", signature.fault)


def _row(
    subject: str, name: str, found: str | Iterator[str] | tuple[FiscalFault, ...] | None
) -> Check:
    faults = [] if found is None else [found] if isinstance(found, str) else found
    told = tuple(map(str, islice(faults, TOLD_MAX)))
    return Check(subject, name, Verdict.FAILED if told else Verdict.OK, told)
