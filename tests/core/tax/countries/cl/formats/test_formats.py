"""The field table: held against the authority's schemas, and each of its rules seen to bite."""

from collections.abc import Iterator
from datetime import date

import pytest
from lxml import etree

from mtd.core.tax.countries.cl.formats import LENGTHS, TYPE_CODES, format_faults
from mtd.core.tax.countries.cl.formats.boleta import BOLETA
from mtd.core.tax.countries.cl.formats.detail import AFTER_HEADER
from mtd.core.tax.countries.cl.formats.fields import Field, Kind, value_fault
from mtd.core.tax.countries.cl.formats.header import header
from mtd.core.tax.countries.cl.formats.transport import TRANSPORT
from mtd.core.tax.countries.cl.parts import group, leaf
from mtd.core.tax.countries.cl.planning import numbered
from mtd.core.tax.issuing import Part
from tests.core.tax.countries.cl.asking import EVERY_TYPE, planned
from tests.core.tax.countries.cl.schemas import SCHEMAS, needs_schemas

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it
XSD = "{http://www.w3.org/2001/XMLSchema}"
DAY = date(2026, 11, 27)


def _rows(fields: tuple[Field, ...], path: str = "") -> Iterator[tuple[str, Field]]:
    for field in fields:
        yield f"{path}/{field.tag}", field
        yield from _rows(field.fields, f"{path}/{field.tag}")


def _elements(node: Element, path: str = "") -> Iterator[tuple[str, str]]:
    for child in node:
        if child.tag == f"{XSD}element":
            name = child.get("name") or ""
            here = f"{path}/{name}"
            yield here, child.get("maxOccurs", "1")
            yield from _elements(child, here)
        elif isinstance(child.tag, str):
            yield from _elements(child, path)


def _schema(file: str, place: str) -> list[tuple[str, str]]:
    """The elements of the first `Documento` from its header to its stamp, in order."""
    root = etree.parse(SCHEMAS / file).getroot()
    document = next(e for e in root.iter(f"{XSD}element") if e.get("name") == place)
    stamped = ("/TED", "/TmstFirma")
    return [found for found in _elements(document) if not found[0].startswith(stamped)]


@needs_schemas
@pytest.mark.parametrize(
    ("file", "table"),
    [("DTE_v10.xsd", (header(TRANSPORT), *AFTER_HEADER)), ("EnvioBOLETA_v11.xsd", BOLETA)],
)
def test_the_table_has_the_schema_s_elements_in_their_order(
    file: str, table: tuple[Field, ...]
) -> None:
    ours = [(path, str(field.repeats)) for path, field in _rows(table)]
    assert ours == _schema(file, "Documento")


@pytest.mark.parametrize("code", sorted(TYPE_CODES))
def test_a_planned_document_fits_its_table(code: str) -> None:
    assert format_faults(code, DAY, numbered(planned(EVERY_TYPE[code]).content, 1)) == ()


def _field(kind: Kind, length: int = 0, decimals: int = 0, values: str = "") -> Field:
    return Field(
        tag="X",
        cite="here",
        codes="1",
        kind=kind,
        length=length,
        decimals=decimals,
        values=frozenset(values.split()),
    )


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (_field(Kind.TEXT, 3), ["abc", "ñ&<"], ["abcd", "", "  ", "a\x00", "€", "\x85"]),
        (_field(Kind.COUNT, 3), ["1", "999"], ["0", "1000", "-1", "1.0", "x", "٣"]),
        (_field(Kind.PESOS, 3), ["0", "999"], ["-1", "1000", "1,0"]),
        (_field(Kind.SIGNED, 3), ["-999", "0"], ["1000", "--1", "+1"]),
        (_field(Kind.DECIMAL, 2, 2), ["1", "99.99", "0.01"], ["0", "0.00", "100", "1.001", "."]),
        (_field(Kind.PERCENT, 3, 2), ["0", "19", "19.5"], ["19.555", "1000", "x"]),
        (_field(Kind.DAY), ["2026-11-27"], ["2026-13-01", "27-11-2026", "1999-01-01", "20261127"]),
        (_field(Kind.MOMENT), ["2026-11-27T10:00:00"], ["2026-11-27", "2026-11-27T25:00:00"]),
        (_field(Kind.TIME), ["23:59:00"], ["24:00:00", "9:00:00"]),
        (_field(Kind.RUT), ["12345678-5", "60803000-K"], ["12345678-4", "12.345.678-5"]),
        (_field(Kind.COUNT, 1, values="1 2"), ["1"], ["3"]),
    ],
)
def test_each_kind_of_value(field: Field, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if value_fault(text, field)] == []
    assert [text for text in bad if not value_fault(text, field)] == []


def _faults(*parts: Part) -> list[str]:
    header_parts = numbered(planned(EVERY_TYPE["41"]).content, 1)
    return [str(fault) for fault in format_faults("41", DAY, (*header_parts, *parts))]


def test_what_is_unknown_out_of_order_or_too_often() -> None:
    assert _faults(leaf("Zzz", 1)) == ["Zzz: is no field of this document"]
    detail = group("Detalle", (leaf("NroLinDet", 2), leaf("MontoItem", 1), leaf("NmbItem", "x")))
    assert _faults(detail) == ["Detalle/NmbItem, line 2: is out of order"]
    empty = group("Referencia", ())
    assert _faults(empty) == ["Referencia/NroLinRef, line 1: is missing"]
    nested = group("Referencia", (group("NroLinRef", (leaf("a", 1),)),))
    assert _faults(nested) == [
        "Referencia/NroLinRef, line 1: holds elements, where a value belongs"
    ]


def test_lengths_are_those_of_the_format() -> None:
    assert LENGTHS["33"]["NmbItem"] == 80
    assert LENGTHS["33"]["RznSoc"] == LENGTHS["39"]["RznSocEmisor"] == 100
