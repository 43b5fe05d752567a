"""The document's bytes: its parts with folio, stamp and signature; never changed afterwards."""

from datetime import datetime
from hashlib import sha256

from mtd.core.tax.certificate import in_force
from mtd.core.tax.countries.cl.caf import usage_fault
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.countries.cl.content import ZONE
from mtd.core.tax.countries.cl.parts import value
from mtd.core.tax.countries.cl.planning import numbered
from mtd.core.tax.countries.cl.stamp import StampKey, moment_of, stamped
from mtd.core.tax.countries.cl.xml import DECLARATION, ENCODING, SII, document_lines, unquoted
from mtd.core.tax.countries.cl.xmldsig import signed
from mtd.core.tax.issuing import FiscalFault, FiscalPlan, Invalid, SignedArtifact

MEDIA_TYPE = "application/xml; charset=ISO-8859-1"


def build(
    plan: FiscalPlan, folio: int, stamp: StampKey, signer: Signer, at: datetime
) -> SignedArtifact | Invalid:
    """The signed document; the same arguments make the same bytes.

    It is signed by itself, with only the default namespace in scope, as it must verify when it is
    taken out of its envelope. `Invalid` when the range of folios or the
    certificate may not be used for it.
    """
    parts = numbered(plan.content, folio)
    issuer = value(parts, "Encabezado", "Emisor", "RUTEmisor")
    local = at.astimezone(ZONE)
    if wrong := usage_fault(stamp.caf, issuer, plan.type_code, folio, local.date()):
        return Invalid((FiscalFault("TED/DD/CAF", wrong),))
    if not in_force(signer, at):
        wrong = f"the certificate of {signer.rut} is not in force"
        return Invalid((FiscalFault("Signature", wrong),))
    moment = moment_of(local)
    seal = stamped(parts, stamp, moment)
    name = f"T{plan.type_code}F{folio}"
    inner = f"{document_lines(parts)}\n{seal}\n<TmstFirma>{moment}</TmstFirma>\n</Documento>"
    told = f'<Documento xmlns="{SII}" ID="{name}">\n{unquoted(inner)}'
    proof = signed(told, f"#{name}", signer)
    text = f'<DTE xmlns="{SII}" version="1.0">\n<Documento ID="{name}">\n{inner}\n{proof}\n</DTE>'
    content = f"{DECLARATION}{text}".encode(ENCODING)
    return SignedArtifact(content, MEDIA_TYPE, sha256(content).hexdigest(), seal)
