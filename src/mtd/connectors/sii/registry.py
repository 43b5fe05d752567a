"""What buyers say of invoices: the register of receipts and claims (manual v1.2)."""

from collections.abc import Mapping

from lxml import etree

from mtd.connectors.sii.form import halves
from mtd.connectors.sii.invoices import UNAUTHORISED, TokenRefused
from mtd.connectors.sii.settings import Hosts
from mtd.connectors.wire import Wire
from mtd.connectors.wire.soap import Place, call
from mtd.core.process.outcome import Failed, Unknown
from mtd.core.tax.countries.cl.answers.replies import LISTED, NONE_YET, Register, register_of

NAMESPACE = "http://ws.registroreclamodte.diii.sdi.sii.cl"
KINDS = frozenset({"33", "34", "43"})
"""The types that the register is kept of (manual, p. 10)."""


async def events(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], issuer: str, type_code: str, folio: int
) -> Register | Failed | TokenRefused:
    """What was recorded of one document, also nothing yet."""
    number, digit = halves(issuer)
    asked = {"rutEmisor": number, "dvEmisor": digit, "tipoDoc": type_code, "folio": str(folio)}
    place = Place(path="", origin=hosts.registry, headers=headers, qualified=False)
    got = await call(wire, NAMESPACE, "listarEventosHistDoc", asked, safe=True, place=place)
    if isinstance(got, Failed):
        return TokenRefused() if got.message.startswith(UNAUTHORISED) else got
    if isinstance(got, Unknown):
        return Failed(got.message)
    register = register_of(etree.tostring(got))
    if register is None:
        return Failed("listarEventosHistDoc: an answer without codResp")
    if register.code not in (LISTED, NONE_YET):
        return Failed(f"listarEventosHistDoc: {register.code} {register.message}")
    return register
