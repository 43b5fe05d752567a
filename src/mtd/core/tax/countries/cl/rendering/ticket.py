"""The document on an 80 mm roll, as long as it needs to be."""

from collections.abc import Callable, Iterator

from mtd.core.tax.countries.cl.rendering.barcode import bars
from mtd.core.tax.countries.cl.rendering.letter import legend
from mtd.core.tax.countries.cl.rendering.printed import BOLETAS, Item, Look, Printed
from mtd.core.tax.drawing import (
    FAINT,
    INK,
    MM,
    Sheet,
    barcode_height,
    wrapped,
)

WIDTH = 80 * MM
MARGIN = 4 * MM
INNER = WIDTH - 2 * MARGIN
STAMP_WIDTH = INNER - 8

Block = tuple[float, Callable[[Sheet, float], object]]
"""How high it is, and what draws it below that line."""


def ticket(document: Printed, look: Look) -> bytes:
    """The PDF, one page without end."""
    blocks = list(_blocks(document, look))
    height = sum(block[0] for block in blocks) + 2 * MARGIN
    sheet = Sheet(WIDTH, height, f"{document.title} N° {document.number}")
    y = MARGIN
    for tall, draw in blocks:
        draw(sheet, y)
        y += tall
    return sheet.done()


def _blocks(document: Printed, look: Look) -> Iterator[Block]:
    yield _red_box(document, look)
    for number, said in enumerate(document.issuer):
        yield from _centred(said, 10 if number == 0 else 7.5, bold=number == 0)
    yield from _rule()
    yield from _pair("Fecha de emisión", document.day)
    for label, text in document.facts:
        yield from _pair(label, text)
    for said in document.references:
        yield from _pair("Referencia", said)
    yield from _rule()
    for item in document.items:
        yield from _item(item)
    yield from _rule()
    for label, amount in (*document.moves, *document.totals[:-1]):
        yield from _amount(label, amount, 8, bold=False)
    yield from _amount(*document.totals[-1], 12, bold=True)
    if document.stamp and (look.stamp or document.type_code not in BOLETAS):
        yield from _stamp(document, look)


def _red_box(document: Printed, look: Look) -> Block:
    title = wrapped(document.title, INNER - 12, 11, bold=True)
    lines = [f"R.U.T.: {document.issuer_rut}", *title, f"N° {document.number}"]
    height = 15 * len(lines) + 10

    def draw(sheet: Sheet, y: float) -> None:
        sheet.box(MARGIN, y, INNER, height, stroke=INK, line=1.6)
        for number, line in enumerate(lines):
            sheet.text(WIDTH / 2, y + 17 + 15 * number, line, 11, bold=True, align="middle")
        office = f"S.I.I. - {look.sii_office.upper()}"
        sheet.text(WIDTH / 2, y + height + 11, office, 8, bold=True, align="middle")

    return height + 20, draw


def _centred(text: str, size: float, *, bold: bool) -> Iterator[Block]:
    for line in wrapped(text, INNER, size, bold=bold):
        yield size + 2.5, _line(line, WIDTH / 2, size, bold=bold, align="middle")


def _line(
    text: str, x: float, size: float, *, bold: bool, align: str
) -> Callable[[Sheet, float], object]:
    return lambda sheet, y: sheet.text(x, y + size, text, size, bold=bold, align=align)


def _pair(label: str, text: str) -> Iterator[Block]:
    for number, line in enumerate(wrapped(text, INNER - 62, 7.5)):
        yield 10, _pair_line(label if number == 0 else "", line)


def _pair_line(label: str, line: str) -> Callable[[Sheet, float], object]:
    def draw(sheet: Sheet, y: float) -> None:
        sheet.text(MARGIN, y + 7.5, label, 7, colour=FAINT)
        sheet.text(MARGIN + 62, y + 7.5, line, 7.5)

    return draw


def _item(item: Item) -> Iterator[Block]:
    for line in wrapped(item.name, INNER, 8):
        yield 10, _line(line, MARGIN, 8, bold=False, align="left")
    for line in wrapped(item.detail, INNER - 6, 6.5):
        yield 8, _line(line, MARGIN + 6, 6.5, bold=False, align="left")
    price = f"{item.quantity} {item.unit}".strip() + (f" × $ {item.price}" if item.price else "")
    counted = f"{price}  ({item.moved})" if item.moved else price
    yield from _amount(counted, f"$ {item.amount}" + (" (E)" if item.exempt else ""), 8, bold=False)
    yield 2, _nothing


def _amount(label: str, amount: str, size: float, *, bold: bool) -> Iterator[Block]:
    def draw(sheet: Sheet, y: float) -> None:
        colour = INK if bold else FAINT
        sheet.text(MARGIN, y + size, label, size if bold else size - 0.5, bold=bold, colour=colour)
        sheet.text(WIDTH - MARGIN, y + size, amount, size, bold=bold, align="right")

    yield size + 3.5, draw


def _rule() -> Iterator[Block]:
    yield 9, lambda sheet, y: sheet.rule(MARGIN, y + 4.5, INNER, dashed=True)


def _stamp(document: Printed, look: Look) -> Iterator[Block]:
    symbol = bars(document.stamp)
    yield 8, _nothing
    tall = barcode_height(symbol, STAMP_WIDTH)
    yield tall + 3, lambda sheet, y: sheet.barcode(MARGIN + 4, y, STAMP_WIDTH, symbol)
    for line in legend(look):
        yield from _centred(line, 7, bold=False)


def _nothing(_sheet: Sheet, _y: float) -> None:
    """Space."""
