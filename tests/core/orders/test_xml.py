"""Order XML: every order survives each dialect; each flaw is told where it stands in the file."""

import re
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mtd.core.money import Currency
from mtd.core.orders.flaw import FLAWS_MAX, Unreadability, Unreadable
from mtd.core.orders.json import read_json
from mtd.core.orders.purchase_order import LINES_MAX, SCHEMA_VERSION, Address, PurchaseOrder
from mtd.core.orders.shape import ORDER, Kind, Leaf, Record, Repeated, Shape
from mtd.core.orders.writing import write_xml
from mtd.core.orders.xml import read_xml
from tests.core.orders.examples import (
    MAPPINGS_FOLDER,
    orders,
    plain_line,
    plain_order,
    shipped_mappings,
)

MAPPINGS = {mapping.file.store: mapping for mapping in shipped_mappings()}
ALL = list(MAPPINGS.values())
CANONICAL = write_xml(plain_order())
PARIS = write_xml(plain_order(), MAPPINGS["paris"])
XS = "{http://www.w3.org/2001/XMLSchema}"


@given(orders())
def test_every_order_survives_canonical_xml(order: PurchaseOrder) -> None:
    assert read_xml(write_xml(order)) == order


@given(orders(store="paris", currency=Currency.CLP))
def test_every_order_survives_the_dialect_of_paris(order: PurchaseOrder) -> None:
    assert read_xml(write_xml(order, MAPPINGS["paris"]), ALL, "paris") == order


@given(orders(store="umbrale"))
def test_every_order_survives_the_dialect_of_umbrale(order: PurchaseOrder) -> None:
    assert read_xml(write_xml(order, MAPPINGS["umbrale"]), ALL) == order


@given(orders(store="carters"))
def test_every_order_survives_the_dialect_of_carters(order: PurchaseOrder) -> None:
    assert read_xml(write_xml(order, MAPPINGS["carters"]), ALL, "carters") == order


@given(st.binary(max_size=200))
def test_bytes_never_raise(body: bytes) -> None:
    assert isinstance(read_xml(body, ALL), Unreadable)


@given(st.sampled_from([CANONICAL, PARIS]), st.integers(0, 4_000), st.binary(max_size=3))
def test_a_damaged_file_never_raises(body: bytes, place: int, damage: bytes) -> None:
    damaged = body[:place] + damage + body[place + len(damage) :]
    assert isinstance(read_xml(damaged, ALL), PurchaseOrder | Unreadable)


def test_schema_and_order_have_the_same_fields() -> None:
    schema = etree.fromstring(files("mtd.core.orders").joinpath("order-1.xsd").read_bytes())
    types = {found.get("name"): found for found in schema if found.get("name")}
    expected = _expected(ORDER)
    expected["schema_version"] = (False, tuple(str(n + 1) for n in range(SCHEMA_VERSION)))
    assert _declared(types, "Order") == expected


def _declared(types: dict[str | None, Any], name: str) -> Any:
    """Of a complex type its elements with whether they must be; of a simple one its codes."""
    declared = types[name]
    elements = list(declared.iter(f"{XS}element"))
    if not elements:
        return tuple(code.get("value") for code in declared.iter(f"{XS}enumeration"))
    return {
        element.get("name"): (
            element.get("minOccurs") != "0",
            _declared(types, element.get("type")),
        )
        for element in elements
    }


def _expected(shape: Shape) -> Any:
    match shape:
        case Leaf(kind=kind, codes=codes):
            return ("true", "false") if kind is Kind.FLAG else codes
        case Record(fields=fields, required=required):
            return {name: (name in required, _expected(part)) for name, part in fields.items()}
        case Repeated(item_name=name, item=item, keyed=keyed):
            return {name: (not keyed, _expected(item))}


def _flaws(body: bytes) -> list[tuple[str, int | None, str | None]]:
    found = read_xml(body, ALL)
    assert isinstance(found, Unreadable), "was read"
    assert found.code is Unreadability.XML_INVALID
    return [(flaw.field, flaw.line, flaw.element) for flaw in found.flaws]


def _line_of(body: bytes, mark: bytes) -> int:
    return body[: body.index(mark)].count(b"\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "field", "element"),
    [
        (b"<Sku>PA-1", b"<Sku>PA 1", "lines[0].sku", "Detalle/Item/Sku"),
        (b"<Total>11.900", b"<Total>11.90", "totals.grand_total", "Totales/Total"),
        (b"<Total>11.900", b"<Total>-11.900", "totals.grand_total", "Totales/Total"),
        (b"<Total>11.900", b"<Total>11.900,5", "totals.grand_total", "Totales/Total"),
        (b"<Canal>WEB", b"<Canal>FAX", "channel", "Cabecera/Canal"),
        (b"<FechaCompra>2026-03", b"<FechaCompra>2026-13", "placed_at", "Cabecera/FechaCompra"),
        (b"<FechaCompra>2026", b"<FechaCompra>1926", "placed_at", "Cabecera/FechaCompra"),
        (b"<Canal>", b"<Fax>1</Fax><Canal>", "", "Cabecera/Fax"),
        (b"<Cabecera>", b"<Cabecera>ruido", "", "Cabecera"),
        (b"</Canal>", b"</Canal>ruido", "", "Cabecera/Canal"),
        (b"<Canal>", b'<Canal fax="1">', "", "Cabecera/Canal"),
        (
            b"<Canal>WEB</Canal>",
            b"<Canal>WEB</Canal><Canal>WEB</Canal>",
            "channel",
            "Cabecera/Canal",
        ),
        (b"<Sku>PA-1</Sku>", b"", "lines[0]", "Detalle/Item"),
        (b"<Sku>PA-1</Sku>", b"<Sku/>", "lines[0]", "Detalle/Item"),
    ],
)
def test_a_flaw_names_line_element_and_field(
    old: bytes, new: bytes, field: str, element: str
) -> None:
    assert old in PARIS
    line = _line_of(PARIS, old)
    if element == "Detalle/Item":
        line = _line_of(PARIS, b"<Item")
    assert _flaws(PARIS.replace(old, new, 1)) == [(field, line, element)]


def test_flaws_of_canonical_files_are_told_at_their_place_whatever_the_prefix() -> None:
    flawed = CANONICAL.replace(b"<sku>PA-1", b"<sku>PA 1")
    told = [("lines[0].sku", _line_of(CANONICAL, b"<sku>"), "lines/line/sku")]
    assert _flaws(flawed) == told
    prefixed = flawed.replace(b"</", b"</o:").replace(b"<", b"<o:").replace(b"<o:/o:", b"</o:")
    prefixed = prefixed.replace(b"<o:?", b"<?").replace(b"xmlns=", b"xmlns:o=")
    assert _flaws(prefixed) == told


def test_what_only_the_order_itself_refuses_is_told_at_its_place_too() -> None:
    flawed = CANONICAL.replace(b"<unit_price>6000", b"<unit_price>6000.5")
    line = _line_of(CANONICAL, b"<unit_price>")
    assert _flaws(flawed) == [("lines[0].unit_price", line, "lines/line/unit_price")]


def test_attribute_names_are_given_once() -> None:
    order = plain_order(attributes={"a": "1", "b": "2"})
    assert len(_flaws(write_xml(order).replace(b">b</name>", b">a</name>"))) == 1


def test_all_flaws_are_told_but_not_a_million() -> None:
    order = plain_order(
        lines=tuple(plain_line(line_no=n, sku="XX") for n in range(1, LINES_MAX + 1))
    )
    assert len(_flaws(write_xml(order).replace(b"XX", b"X X"))) == FLAWS_MAX


def test_words_are_short_and_printable() -> None:
    order = write_xml(plain_order()).replace(b"PA-1", b"\xe2\x80\xae" + b"A" * 100_000)
    found = read_xml(order)
    assert isinstance(found, Unreadable)
    for flaw in found.flaws:
        assert len(flaw.message) < 400
        assert flaw.message.isprintable()


def test_without_a_mapping_a_dialect_is_not_read() -> None:
    for mappings, store in (((), None), (ALL, "carters"), (ALL, "nobody")):
        found = read_xml(PARIS, mappings, store)
        assert isinstance(found, Unreadable)
        assert found.code is Unreadability.MAPPING_MISSING
        assert (found.flaws[0].line, found.flaws[0].element) == (2, "OrdenCompra")
    newer = PARIS.replace(b'<OrdenCompra version="1">', b'<OrdenCompra version="9">')
    found = read_xml(newer, ALL)
    assert isinstance(found, Unreadable)
    assert found.code is Unreadability.MAPPING_MISSING


def test_a_dialect_that_cannot_say_all_of_an_order_does_not_write_it() -> None:
    with pytest.raises(ValueError, match="only for store = umbrale"):
        write_xml(plain_order(), MAPPINGS["umbrale"])
    with pytest.raises(ValueError, match="only for currency = CLP"):
        write_xml(plain_order(currency=Currency.USD), MAPPINGS["paris"])


def test_markup_in_texts_stays_text() -> None:
    nasty = Address(street="<a>&amp;'\"]]>", commune="{ns}", city="%s", region="$")
    order = plain_order(customer=plain_order().customer.__class__(name="x", address=nasty))
    for mapping in (None, MAPPINGS["paris"]):
        assert read_xml(write_xml(order, mapping), ALL) == order


def test_amounts_keep_their_figures() -> None:
    order = plain_order(currency=Currency.USD, lines=(plain_line(unit_price=Decimal("0.10")),))
    read = read_xml(write_xml(order))
    assert isinstance(read, PurchaseOrder)
    assert str(read.lines[0].unit_price) == "0.10"


def test_the_documented_examples_are_one_order() -> None:
    page = MAPPINGS_FOLDER.parents[1] / "docs" / "orders.md"
    if not page.exists():
        pytest.skip("no docs in this checkout")
    text = page.read_text("utf-8")
    (as_json,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    canonical, paris = re.findall(r"```xml\n(.*?)```", text, re.DOTALL)
    order = read_json(as_json.encode())
    assert isinstance(order, PurchaseOrder)
    assert read_xml(canonical.encode(), ALL) == read_xml(paris.encode(), ALL) == order
