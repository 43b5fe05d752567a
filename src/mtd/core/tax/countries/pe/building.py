"""The document's bytes: its parts with number and signature; never changed afterwards."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from mtd.core.tax.certificate import in_force
from mtd.core.tax.countries.pe.content import SIGNATURE_ID
from mtd.core.tax.countries.pe.parts import found, leaf, value
from mtd.core.tax.countries.pe.planning import buyer_of
from mtd.core.tax.countries.pe.signer import Signer
from mtd.core.tax.countries.pe.xml import DECLARATION, ROOTS, document
from mtd.core.tax.countries.pe.xmldsig import sealed
from mtd.core.tax.issuing import (
    FiscalFault,
    FiscalNumber,
    FiscalPlan,
    Invalid,
    Part,
    SignedArtifact,
)

MEDIA_TYPE = "application/xml; charset=UTF-8"
AUTHORITY = "SUNAT"
NUMBER_MAX = 99_999_999
"""Eight figures (rule 1001)."""


def build(
    plan: FiscalPlan, number: FiscalNumber, signer: Signer, at: datetime
) -> SignedArtifact | Invalid:
    """The signed document; the same arguments make the same bytes.

    `verification` is what its QR code says. `Invalid` when the number is none or the certificate
    is not in force at `at`.
    """
    if not 0 < number.number <= NUMBER_MAX:
        return Invalid((FiscalFault("ID", f"{number.number} is not 1 to {NUMBER_MAX:,}"),))
    if not in_force(signer, at):
        return Invalid((FiscalFault("Signature", f"{signer} is not in force at {at}"),))
    root = ROOTS[plan.type_code]
    parts = _numbered(plan.content, number)
    seal = sealed(root, document(root, parts, ""), SIGNATURE_ID, signer)
    content = f"{DECLARATION}{document(root, parts, seal.text)}".encode()
    code = qr_text(plan, number, seal.digest)
    return SignedArtifact(content, MEDIA_TYPE, sha256(content).hexdigest(), code)


def identifier(number: FiscalNumber) -> str:
    """`F001-123`, as the document names itself."""
    return f"{number.series}-{number.number}"


def file_name(ruc: str, type_code: str, number: FiscalNumber) -> str:
    """`20131312955-01-F001-123`, of the file and of the zip it travels in (rules 0151, 0161)."""
    return f"{ruc}-{type_code}-{identifier(number)}"


def qr_text(plan: FiscalPlan, number: FiscalNumber, digest: str) -> str:
    """What the printed document's QR code says (R.S. 155-2017 and the guide: order and bars)."""
    kind, buyer = buyer_of(plan)
    ruc = value(
        plan.content,
        "cac:AccountingSupplierParty",
        "cac:Party",
        "cac:PartyIdentification",
        "cbc:ID",
    )
    day = value(plan.content, "cbc:IssueDate")
    totals = plan.totals
    told = (
        *(ruc, plan.type_code, number.series, str(number.number)),
        *(f"{totals.tax:.2f}", f"{totals.total:.2f}", day, kind, buyer, digest),
    )
    return "|".join(told)


def _numbered(parts: Sequence[Part], number: FiscalNumber) -> tuple[Part, ...]:
    """The parts with their number in its place: after the customization's."""
    last = found(parts, "cbc:CustomizationID")
    place = 1 + (parts.index(last) if last is not None else -1)
    return (*parts[:place], leaf("ID", identifier(number)), *parts[place:])
