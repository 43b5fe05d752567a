"""Where elements stand in a text, whatever is around and in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mtd.core.tax.locating import apex, canonical, spans


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<a><b/></a>", [b"<b/>"]),
        (b"<a><b></b></a>", [b"<b></b>"]),
        (b"<a><b x='>'/></a>", [b"<b x='>'/>"]),
        (b'<a><b x=">/" ><b/></b ></a>', [b'<b x=">/" ><b/></b >']),
        (
            b"<a><!-- <b/> --><p:b xmlns:p='u'>x</p:b><b/></a>",
            [b"<p:b xmlns:p='u'>x</p:b>", b"<b/>"],
        ),
        ("<a>ñ<b>é</b>ñ</a>".encode(), ["<b>é</b>".encode()]),
        (b"<a><![CDATA[<b>]]><c><b/></c></a>", []),
        (b"<b/>", []),
        (b"<a><b></a>", []),
    ],
)
def test_elements_are_cut_out_whole(content: bytes, found: list[bytes]) -> None:
    assert [content[slice(*place)] for place in spans(content, ("a", "b"))] == found


@given(st.text(st.characters(codec="iso-8859-1", exclude_characters="\x00"), max_size=30))
def test_an_element_by_itself_is_canonical_as_libxml2_has_it(text: str) -> None:
    """Held against a document in which the inherited declarations stand on the element itself."""
    root = etree.Element("{urn:u}a", nsmap={None: "urn:u", "x": "urn:v"})
    inner = etree.SubElement(root, "{urn:u}b")
    try:
        inner.text = text
    except ValueError:
        return  # XML cannot carry it
    inner.set("z", "1")
    inner.set("c", "&")
    alone = etree.fromstring(etree.tostring(inner))
    whole = canonical(root)
    (place,) = spans(whole, ("a", "b"))
    assert apex(whole, place, dict(root.nsmap)) == canonical(alone)
