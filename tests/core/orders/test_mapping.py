"""Mappings: the shipped ones are complete, and a wrong one is refused with its file and key."""

from datetime import UTC, datetime

import pytest

from mtd.core.orders.flaw import Unreadable
from mtd.core.orders.mapping import BadMapping, Mapping, read_mapping
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.writing import write_xml
from mtd.core.orders.xml import read_xml
from tests.core.orders.examples import MAPPINGS_FOLDER, plain_order, shipped_mappings

SMALL = """
store = "small"
version = 3
root = "o"

[constants]
country = "CL"
store = "small"

[moments]
format = "%d.%m.%Y %H:%M:%S"
time_zone = "America/Santiago"

[fields]
external_id = "@id"
currency = "currency"
branch = "branch"
channel = "channel"
placed_at = "placed"
promised_at = "promised"
"customer.name" = "name"
"customer.phone" = "phone"
"buyer_document.kind" = "document"
"totals.net" = "net"
"totals.tax" = "tax"
"totals.discounts" = "discounts"
"totals.grand_total" = "total"
"shipment.method" = "by"
"shipment.pickup_branch" = "at"

[lists.lines]
path = "line"
[lists.lines.fields]
line_no = "@n"
sku = "sku"
description = "text"
quantity = "quantity"
unit_price = "price"
discount = "less"

[lists.payments]
path = "pay"
[lists.payments.fields]
method = "@by"
amount = "."
"""


def _small(old: str = "", new: str = "") -> Mapping:
    assert old in SMALL
    return read_mapping(SMALL.replace(old, new, 1), "small-3.toml")


def test_the_shipped_mappings_can_say_everything() -> None:
    for mapping in shipped_mappings():
        assert [path for path, _ in mapping.unplaced] == [("schema_version",)]
        assert (MAPPINGS_FOLDER / f"{mapping.name}.toml").exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("version = 3", "version = 0", "`$.version`"),
        ("version = 3", "", "version"),
        ("version = 3", "version = 3\ncolour = 1", "colour"),
        ('store = "small"\nversion', 'store = "Small!"\nversion', "$.store"),
        ('branch = "branch"', "", "no place for branch"),
        ('"totals.net" = "net"', "", "no place for totals.net"),
        ('sku = "sku"', "", "no place for lines.sku"),
        (
            "[lists.payments]",
            '[lists.gifts]\npath = "g"\nfields = {}\n[lists.payments]',
            "lists.gifts",
        ),
        ('path = "line"', 'path = ""', "lists.lines"),
        ('branch = "branch"', 'branch = "currency"', "branch: currency already holds"),
        ('branch = "branch"', 'branch = "@id"', "branch: @id already holds"),
        ('branch = "branch"', 'branch = "a//b"', "branch: a//b"),
        ('branch = "branch"', 'branch = "name/b"', "both a value and other elements"),
        ('branch = "branch"', 'branch = "."', "root"),
        ('branch = "branch"', 'branch = "branch"\nbranche = "b"', "branche"),
        ('branch = "branch"', 'branch = "branch"\ncustomer = "b"', "not one value"),
        ('branch = "branch"', 'branch = "branch"\n"customer.address.city" = "c"', "address.street"),
        ('branch = "branch"', 'branch = "branch"\ncountry = "c"', "country: has two places"),
        ('country = "CL"', 'country = "CL"\n"lines.sku" = "x"', "constants.lines.sku"),
        ("Santiago", "Saint_James", "Saint_James is not known"),
        ("America/Santiago", "../../etc/passwd", "is not known"),
        ("%H:%M:%S", "%H:%M", "loses a part"),
        ("[moments]", '[codes]\nchannel = {fax = "F"}\n[moments]', "codes.channel"),
        ("[moments]", '[codes]\nchannel = {phone = "F", kiosk = "F"}\n[moments]', "alike"),
        ("[moments]", '[codes]\n"customer.email" = {a = "b"}\n[moments]', "no place in this"),
        ("[moments]", '[numbers]\ngroup_mark = "."\n[moments]', "one mark cannot be both"),
        ("[moments]", "[moments", "small-3.toml"),
    ],
)
def test_a_wrong_mapping_is_refused_with_file_and_key(old: str, new: str, words: str) -> None:
    with pytest.raises(BadMapping) as refusal:
        _small(old, new)
    assert str(refusal.value).startswith("small-3.toml: ")
    assert words in str(refusal.value)


FILE = """<o id="7"><currency>CLP</currency><branch>b</branch><channel>kiosk</channel>
<placed>{placed}</placed><promised>20.03.2026 10:00:00</promised><name>Ana</name>
<document>RECEIPT</document><net>100</net><tax>19</tax><total>119</total><by>pickup</by><at>b</at>
<line n="1"><sku>s</sku><text>t</text><quantity>1</quantity><price>119</price></line>
<pay by="cash">119</pay></o>"""


def _placed(text: str) -> datetime | None:
    order = read_xml(FILE.format(placed=text).encode(), [_small()])
    return order.placed_at if isinstance(order, PurchaseOrder) else None


def test_local_times_are_read_in_their_zone() -> None:
    assert _placed("14.03.2026 10:22:05") == datetime(2026, 3, 14, 13, 22, 5, tzinfo=UTC)
    assert _placed("14.07.2026 10:22:05") == datetime(2026, 7, 14, 14, 22, 5, tzinfo=UTC)
    assert _placed("30.02.2026 10:22:05") is None


def test_a_time_that_the_clocks_skipped_is_refused_and_a_repeated_one_is_the_first() -> None:
    assert _placed("06.09.2026 00:30:00") is None
    assert _placed("04.04.2026 23:30:00") == datetime(2026, 4, 5, 2, 30, tzinfo=UTC)


def test_a_dialect_without_a_place_does_not_drop_what_the_order_says() -> None:
    mapping = _small()
    order = read_xml(FILE.format(placed="14.03.2026 10:22:05").encode(), [mapping])
    assert isinstance(order, PurchaseOrder)
    assert read_xml(write_xml(order, mapping), [mapping]) == order
    with pytest.raises(ValueError, match="no place for"):
        write_xml(plain_order(store="small"), mapping)


def test_the_newest_version_reads_where_files_do_not_say_theirs() -> None:
    older = _small("version = 3", "version = 2")
    other = read_mapping(SMALL.replace('"price"', '"cost"').replace("= 3", "= 4"), "small-4.toml")
    body = FILE.format(placed="14.03.2026 10:22:05").encode()
    assert isinstance(read_xml(body, [older, _small()]), PurchaseOrder)
    assert isinstance(read_xml(body, [other, older]), Unreadable)
    versioned = [
        read_mapping(f'version_attribute = "v"\n{SMALL.replace("= 3", f"= {n}")}', "x.toml")
        for n in (3, 4)
    ]
    assert isinstance(read_xml(body.replace(b"<o ", b'<o v="3" '), versioned), PurchaseOrder)
    assert isinstance(read_xml(body.replace(b"<o ", b'<o v="5" '), versioned), Unreadable)
