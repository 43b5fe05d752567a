"""The document as PDF: on A4 with as many pages as it takes, or on an 80 mm roll without end."""

from collections.abc import Callable, Iterator
from typing import cast

import zxingcpp
from msgspec import Struct

from mtd.core.tax.countries.pe.rendering.printed import Item, Printed
from mtd.core.tax.drawing import FAINT, INK, MM, Bars, Sheet, wrapped

A4 = (210 * MM, 297 * MM)
ROLL = 80 * MM
QR_WIDTH = 30 * MM
"""The guide wants at least 2 cm."""

Draw = Callable[[Sheet, float], object]


class Block(Struct, frozen=True):
    """What is not torn apart: its height, and what draws it below a line."""

    height: float
    draw: Draw


class Paper(Struct, frozen=True):
    """Where on a sheet something may be drawn, and how large its letters are."""

    width: float
    margin: float
    size: float

    @property
    def inner(self) -> float:
        """Between the margins."""
        return self.width - 2 * self.margin


def ticket(document: Printed) -> bytes:
    """The PDF on an 80 mm roll, one page as long as it needs to be."""
    paper = Paper(ROLL, 4 * MM, 7.5)
    blocks = list(_blocks(document, paper))
    height = sum(block.height for block in blocks) + 2 * paper.margin
    return _drawn(document, paper, height, blocks)


def letter(document: Printed) -> bytes:
    """The PDF on A4."""
    paper = Paper(A4[0], 18 * MM, 9.5)
    return _drawn(document, paper, A4[1], list(_blocks(document, paper)))


def qr(text: str) -> Bars:
    """The QR code of a text, error correction Q as the guide has it (R.S. 155-2017)."""
    symbol = zxingcpp.create_barcode(  # pyright: ignore[reportUnknownMemberType] its options
        text, zxingcpp.QRCode, ec_level="Q"
    )
    image = zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False)
    rows, width = cast("tuple[int, int]", image.shape)  # pyright: ignore[reportUnknownMemberType]
    pixels = bytes(memoryview(image))  # pyright: ignore[reportArgumentType] it is a buffer
    return Bars(width, rows, 1, pixels)


def _drawn(document: Printed, paper: Paper, height: float, blocks: list[Block]) -> bytes:
    sheet = Sheet(paper.width, height, f"{document.title} {document.number}")
    y = paper.margin
    for block in blocks:
        if y > paper.margin and y + block.height > height - paper.margin + 0.01:
            sheet.turn()
            y = paper.margin
        block.draw(sheet, y)
        y += block.height
    return sheet.done()


def _blocks(document: Printed, paper: Paper) -> Iterator[Block]:
    yield _box(document, paper)
    for number, said in enumerate(document.issuer):
        yield from _centred(said, paper, paper.size + (2.5 if number == 0 else 0), bold=not number)
    yield _rule(paper)
    for label, text in document.facts:
        yield from _pair(label, text, paper)
    yield _rule(paper)
    for item in document.items:
        yield from _item(item, paper)
    yield _rule(paper)
    for label, amount in document.totals[:-1]:
        yield _amount(label, amount, paper, paper.size, bold=False)
    yield _amount(*document.totals[-1], paper, paper.size + 3, bold=True)
    yield from _centred(document.words, paper, paper.size, bold=False)
    yield _code(document, paper)
    yield from _centred(f"Valor resumen: {document.digest}", paper, paper.size - 1, bold=False)
    said = f"Representación impresa de la {document.title.lower()}"
    yield from _centred(said, paper, paper.size - 1, bold=False)


def _box(document: Printed, paper: Paper) -> Block:
    size = paper.size + 3
    title = wrapped(document.title.upper(), paper.inner - 12, size, bold=True)
    lines = [f"R.U.C. {document.ruc}", *title, document.number]
    height = (size + 4) * len(lines) + 10

    def draw(sheet: Sheet, y: float) -> None:
        sheet.box(paper.margin, y, paper.inner, height, stroke=INK, line=1.2)
        for number, line in enumerate(lines):
            place = y + size + 4 + (size + 4) * number
            sheet.text(paper.width / 2, place, line, size, bold=True, align="middle")

    return Block(height + 8, draw)


def _centred(text: str, paper: Paper, size: float, *, bold: bool) -> Iterator[Block]:
    for line in wrapped(text, paper.inner, size, bold=bold):
        yield Block(size + 3, _line(line, paper.width / 2, size, bold=bold, align="middle"))


def _line(text: str, x: float, size: float, *, bold: bool, align: str) -> Draw:
    return lambda sheet, y: sheet.text(x, y + size, text, size, bold=bold, align=align)


def _pair(label: str, text: str, paper: Paper) -> Iterator[Block]:
    indent = paper.size * 9
    for number, line in enumerate(wrapped(text, paper.inner - indent, paper.size)):
        yield Block(paper.size + 3, _labelled("" if number else label, line, indent, paper))


def _labelled(label: str, line: str, indent: float, paper: Paper) -> Draw:
    def draw(sheet: Sheet, y: float) -> None:
        size = paper.size
        sheet.text(paper.margin, y + size, label, size - 0.5, colour=FAINT)
        sheet.text(paper.margin + indent, y + size, line, size)

    return draw


def _item(item: Item, paper: Paper) -> Iterator[Block]:
    for line in wrapped(item.name, paper.inner, paper.size + 0.5):
        draw = _line(line, paper.margin, paper.size + 0.5, bold=False, align="left")
        yield Block(paper.size + 3, draw)
    counted = f"{item.quantity} {item.unit} × {item.price}"
    yield _amount(counted, item.amount, paper, paper.size, bold=False)


def _amount(label: str, amount: str, paper: Paper, size: float, *, bold: bool) -> Block:
    def draw(sheet: Sheet, y: float) -> None:
        colour = INK if bold else FAINT
        sheet.text(paper.margin, y + size, label, size, bold=bold, colour=colour)
        right = paper.width - paper.margin
        sheet.text(right, y + size, amount, size, bold=bold, align="right")

    return Block(size + 4, draw)


def _rule(paper: Paper) -> Block:
    return Block(9, lambda sheet, y: sheet.rule(paper.margin, y + 4.5, paper.inner, dashed=True))


def _code(document: Printed, paper: Paper) -> Block:
    symbol = qr(document.code)
    left = (paper.width - QR_WIDTH) / 2
    return Block(QR_WIDTH + 16, lambda sheet, y: sheet.barcode(left, y + 8, QR_WIDTH, symbol))
