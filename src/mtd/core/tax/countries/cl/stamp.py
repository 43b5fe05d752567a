"""The stamp (TED): what proves a printed document, signed with the key of its range of folios."""

from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from msgspec import Struct

from mtd.core.tax.countries.cl.caf import Caf
from mtd.core.tax.countries.cl.latin import clipped
from mtd.core.tax.countries.cl.parts import value
from mtd.core.tax.countries.cl.rsa import signature
from mtd.core.tax.countries.cl.xml import ENCODING, base64, escaped
from mtd.core.tax.issuing import Part

TEXT_MAX = 40
"""RSR and IT1."""


class StampKey(Struct, frozen=True):
    """A range of folios and its opened private key."""

    caf: Caf
    key: RSAPrivateKey

    def __repr__(self) -> str:
        """Without the key."""
        return f"StampKey({self.caf.type_code}, {self.caf.first}-{self.caf.last})"


def stamped(parts: Sequence[Part], using: StampKey, moment: str) -> str:
    """The `TED` of a numbered document; `moment` as the format writes it.

    FRMT is RSA-SHA1 over DD without spaces between its elements, in ISO-8859-1, without
    namespace: exactly the text that stands here.
    """
    document = ("Encabezado", "IdDoc")
    buyer = value(parts, "Encabezado", "Receptor", "RUTRecep")
    # A boleta's buyer may have no name; the schema wants at least a character.
    name = value(parts, "Encabezado", "Receptor", "RznSocRecep") or buyer
    fields = (
        ("RE", value(parts, "Encabezado", "Emisor", "RUTEmisor")),
        ("TD", value(parts, *document, "TipoDTE")),
        ("F", value(parts, *document, "Folio")),
        ("FE", value(parts, *document, "FchEmis")),
        ("RR", buyer),
        ("RSR", clipped(name, TEXT_MAX)),
        ("MNT", value(parts, "Encabezado", "Totales", "MntTotal")),
        ("IT1", clipped(value(parts, "Detalle", "NmbItem"), TEXT_MAX)),
    )
    told = "".join(f"<{tag}>{escaped(text)}</{tag}>" for tag, text in fields)
    described = f"<DD>{told}{using.caf.text}<TSTED>{moment}</TSTED></DD>"
    proof = base64(signature(using.key, described.encode(ENCODING)))
    return f'<TED version="1.0">{described}<FRMT algoritmo="SHA1withRSA">{proof}</FRMT></TED>'


def moment_of(local: datetime) -> str:
    """A moment as the format writes it: local, to the second, without offset."""
    return local.strftime("%Y-%m-%dT%H:%M:%S")
