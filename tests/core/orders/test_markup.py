"""Order files as hostile as they come: decoded right or refused, bounded, nothing followed."""

import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from mtd.core.orders.flaw import Flaw, Unreadability, Unreadable
from mtd.core.orders.markup import (
    ATTRIBUTES_MAX,
    BODY_MAX_BYTES,
    DEPTH_MAX,
    NODES_MAX,
    parse,
)
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.shape import NAMESPACE
from mtd.core.orders.writing import write_xml
from mtd.core.orders.xml import read_xml
from tests.core.orders.examples import plain_order

CANONICAL = write_xml(plain_order())


def test_text_is_read_in_its_own_encoding_or_not_at_all() -> None:
    text = CANONICAL.decode().replace("Ana", "Nuño").replace("Ñuñoa", "Maipú")
    order = read_xml(text.encode())
    assert isinstance(order, PurchaseOrder)
    assert order.customer.name == "Nuño Peña"
    latin = text.replace("UTF-8", "ISO-8859-1")
    same = [
        text.encode("utf-8-sig"),
        latin.encode("latin-1"),
        text.replace("UTF-8", "windows-1252").encode("cp1252"),
        text.replace("UTF-8", "UTF-16").encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ]
    assert [read_xml(body) for body in same] == [order] * len(same)
    lies = [
        text.encode("latin-1"),
        latin.encode(),
        latin.encode("utf-8-sig"),
        text.replace("UTF-8", "UTF-7").encode(),
        text.replace("UTF-8", "UTF-16").encode(),
        text.encode("utf-16-le"),
    ]
    for body in lies:
        assert isinstance(read_xml(body), Unreadable)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


class Outside:
    """What a file may not reach: a server on loopback and a large file."""

    def __init__(self, server: socket.socket, file: Path) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        self.file = file
        self.read_before = self._bytes_read()

    def reached(self) -> bool:
        """Whether anyone connected, or this process read as much as the file is long."""
        connected, _, _ = select.select([self.server], [], [], 0)
        return bool(connected) or self._bytes_read() - self.read_before >= WITNESS_BYTES

    def _bytes_read(self) -> int:
        return int(Path("/proc/self/io").read_text().split()[1])


WITNESS_BYTES = 2_000_000


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    if not Path("/proc/self/io").exists():
        pytest.skip("this system does not count the bytes a process reads")
    file = tmp_path / "witness.xsd"
    comment = "<!--" + "x" * WITNESS_BYTES + "-->"
    file.write_text(f'{comment}<schema xmlns="http://www.w3.org/2001/XMLSchema"/>')
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Outside(server, file)


def test_the_witnesses_bear_witness(outside: Outside) -> None:
    etree.parse(outside.file, etree.XMLParser(huge_tree=True))
    assert outside.reached()


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE order [<!ENTITY x SYSTEM "FILE">]>',
        '<!DOCTYPE order SYSTEM "URL">',
        '<!DOCTYPE order SYSTEM "FILE">',
        '<!DOCTYPE order [<!ENTITY % p SYSTEM "URL"> %p;]>',
        f'<!DOCTYPE order [<!ENTITY e0 "ha">{BOMB}]>',
        "<!-- <order> --><?x <order> ?>\n<!DOCTYPE order>",
        "<!---->" * 10_000 + "<!DOCTYPE order>",
    ],
)
def test_doctypes_are_refused_before_anything_is_fetched(prolog: str, outside: Outside) -> None:
    doctype = prolog.replace("URL", outside.url).replace("FILE", outside.file.as_uri())
    body = CANONICAL.decode().replace("<order ", f"{doctype}<order ").replace("Ana", "&x;")
    for encoding in ("utf-8", "utf-16"):
        found = read_xml(body.replace("UTF-8", encoding).encode(encoding))
        assert isinstance(found, Unreadable)
        assert "DOCTYPE" in found.flaws[0].message
    assert not outside.reached()


def test_nothing_else_in_a_file_is_followed_either(outside: Outside) -> None:
    text = CANONICAL.decode()
    file = outside.file.as_uri()
    xsi = '<order xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    hints = f'xsi:schemaLocation="{NAMESPACE} {outside.url} urn:x {file}" '
    more = f'xsi:noNamespaceSchemaLocation="{file}" '
    inner = text.replace("<order ", xsi).replace("<customer>", f"<customer {hints}{more}>")
    for body in (
        text.replace("<order ", xsi + hints + more),
        inner,
        text.replace("<order ", f'<?xml-stylesheet href="{outside.url}"?>\n<order '),
    ):
        assert read_xml(body.encode()) == plain_order()
    xinclude = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{file}"/>'
    for body in (text.replace("<customer>", f"<customer>{xinclude}"), text.replace("Ana", "&x;")):
        assert isinstance(read_xml(body.encode()), Unreadable)
    assert not outside.reached()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<a>" * DEPTH_MAX + b"<b/>" + b"</a>" * DEPTH_MAX, "deeper"),
        (b"<a>" * 100_000, "deeper than 64"),
        (b"<a>" + b"<b/>" * NODES_MAX + b"</a>", "nodes"),
        (b"<a>" + b"<b c='d'/>" * (NODES_MAX // 2) + b"</a>", "nodes"),
        (
            b"<a " + b" ".join(b"a%d=''" % n for n in range(ATTRIBUTES_MAX + 1)) + b"/>",
            "attributes",
        ),
        (b"<a><b></a>", "well-formed"),
        (b"<a>\x00</a>", "well-formed"),
        (b"", "well-formed"),
    ],
)
def test_floods_are_refused(body: bytes, words: str) -> None:
    found = parse(body)
    assert isinstance(found, Unreadable)
    assert words in found.flaws[0].message


def test_the_limits_themselves_are_allowed() -> None:
    deep = b"<a>" * (DEPTH_MAX - 1) + b"<b/>" + b"</a>" * (DEPTH_MAX - 1)
    wide = b"<a " + b" ".join(b"a%d=''" % n for n in range(ATTRIBUTES_MAX)) + b"/>"
    for body in (deep, wide, b"<a>" + b"<b/>" * (NODES_MAX - 1) + b"</a>"):
        assert not isinstance(parse(body), Unreadable)
    large = parse(b" " * (BODY_MAX_BYTES + 1))
    assert large == Unreadable(
        Unreadability.TOO_LARGE, (Flaw("", f"is larger than {BODY_MAX_BYTES:,} bytes"),)
    )
