"""The authority's schemas, when they are given, and the guide's fields that none of them has."""

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree
from msgspec import Struct

from mtd.core.tax.countries.cl.formats.transport import TAGS_2026, since_2026
from mtd.core.tax.countries.cl.verifying.filing import File, local
from mtd.core.tax.markup import Element


class Schemas(Struct, frozen=True, kw_only=True):
    """Compiled schemas; None where there is none."""

    invoice: etree.XMLSchema | None = None
    """Of a DTE that stands by itself."""
    boleta: etree.XMLSchema | None = None
    invoice_envelope: etree.XMLSchema | None = None
    boleta_envelope: etree.XMLSchema | None = None

    def of(self, enveloped: bool, *, boletas: bool) -> etree.XMLSchema | None:
        """The one for that file."""
        if enveloped:
            return self.boleta_envelope if boletas else self.invoice_envelope
        return self.boleta if boletas else self.invoice


def schema_faults(file: File, schema: etree.XMLSchema) -> Iterator[str]:
    """What breaks the schema, by line of the file."""
    new = any(d.type_code == "52" and d.day and since_2026(d.day) for d in file.documents)
    root = _without_2026(file.root) if new else file.root
    if not schema.validate(root):
        for error in schema.error_log:
            yield f"line {error.line}: {error.message.replace(_SII, '')}"[:300]


_SII = "{http://www.sii.cl/SiiDte}"


def _without_2026(root: Element) -> Element:
    """The file without the fields of 2026, which are held against our own table instead."""
    left = deepcopy(root)
    for transport in [each for each in left.iter() if local(each) == "Transporte"]:
        for field in [each for each in transport if local(each) in TAGS_2026]:
            transport.remove(field)
    return left
