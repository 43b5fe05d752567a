"""The authority's schemas on this machine: read from a folder, for MTD ships none of them."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from lxml import etree
from msgspec import Struct

from mtd.core.tax.countries.cl.verifying import Schemas

FOLDER = "MTD_SII_SCHEMAS"
"""The variable that names the folder."""

BOLETA_FILE = "EnvioBOLETA_v11.xsd"
BOLETA_SHA256 = "15e84f1223575329c49ec76027236a79ed5eb149fae8768decc3a6d404122d29"
"""Of the newest version known (2024): at least four differing files circulate under one name."""

_LONE_BOLETA = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns="http://www.sii.cl/SiiDte" targetNamespace="http://www.sii.cl/SiiDte"
 elementFormDefault="qualified">
<xs:include schemaLocation="{BOLETA_FILE}"/><xs:element name="DTE" type="BOLETADefType"/>
</xs:schema>"""
"""The schema has boletas in envelopes only."""


class BadSchemas(Exception):
    """A folder that was named has no schemas that can be read; the message names the file."""


class Found(Struct, frozen=True):
    """The schemas, and what a person should know of them."""

    schemas: Schemas
    notes: tuple[str, ...] = ()


def folder_of(environ: Mapping[str, str]) -> Path | None:
    """The folder that the environment names, if it names one."""
    named = environ.get(FOLDER)
    return Path(named) if named else None


def load(folder: Path) -> Found:
    """The four schemas of `folder`; raises `BadSchemas` when one is missing or broken."""
    boleta = folder / BOLETA_FILE
    schemas = Schemas(
        invoice=_schema(folder / "DTE_v10.xsd"),
        boleta=_schema(folder / "boleta.xsd", _LONE_BOLETA),
        invoice_envelope=_schema(folder / "EnvioDTE_v10.xsd"),
        boleta_envelope=_schema(boleta),
    )
    known = sha256(boleta.read_bytes()).hexdigest() == BOLETA_SHA256
    note = f"{BOLETA_FILE} is not the version of 2024 that is known here"
    return Found(schemas, () if known else (note,))


def _schema(file: Path, text: str | None = None) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        content = text.encode() if text else file.read_bytes()
        root = etree.fromstring(content, parser, base_url=str(file.resolve()))
        return etree.XMLSchema(root)
    except (OSError, etree.LxmlError) as error:
        raise BadSchemas(f"{file}: {error}") from None
