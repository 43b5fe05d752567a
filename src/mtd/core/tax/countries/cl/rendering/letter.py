"""The document on letter paper, as many pages as its lines need."""

from collections.abc import Sequence

from mtd.core.tax.countries.cl.rendering.barcode import bars
from mtd.core.tax.countries.cl.rendering.printed import BOLETAS, Item, Look, Printed, Row
from mtd.core.tax.drawing import FAINT, MM, RED, RULE, SHADE, Sheet, wrapped

WIDTH, HEIGHT = 612.0, 792.0
"""Letter, in points."""
MARGIN = 14 * MM
INNER = WIDTH - 2 * MARGIN
RED_BOX = (72 * MM, 30 * MM)
STAMP_WIDTH = 78 * MM
"""358 modules of a stamp with a long key are then 0.22 mm each: twice what a reader needs."""
FOOT = 66 * MM
"""What stamp and totals take at the foot of the last page."""
ITEM_SIZE = 8.0
LEADING = 10.5

COLUMNS = (("Código", 0.0), ("Descripción", 62.0), ("Cantidad", 330.0), ("Precio", 395.0),
           ("Dcto./Rec.", 460.0), ("Valor", INNER))  # fmt: skip
"""Head and where it stands: the first two begin there, the others end there."""
NAME_WIDTH = 205.0


def letter(document: Printed, look: Look) -> bytes:
    """The PDF."""
    sheet = Sheet(WIDTH, HEIGHT, f"{document.title} N° {document.number}")
    y = _head(sheet, document, look)
    y = _facts(sheet, y, document.facts)
    y = _references(sheet, y, document.references)
    y = _items(sheet, y, document)
    _foot(sheet, y, document, look)
    return sheet.done()


def _head(sheet: Sheet, document: Printed, look: Look) -> float:
    """Issuer on the left, the red box on the right; where what follows begins."""
    width, height = RED_BOX
    left = WIDTH - MARGIN - width
    middle = left + width / 2
    top = MARGIN
    sheet.box(left, top, width, height, stroke=RED, line=2)
    sheet.text(
        middle,
        top + 20,
        f"R.U.T.: {document.issuer_rut}",
        13,
        bold=True,
        align="middle",
        colour=RED,
    )
    title = wrapped(document.title, width - 16, 13, bold=True)
    for number, line in enumerate(title):
        at = top + 43 + 15 * number - 7 * (len(title) - 1)
        sheet.text(middle, at, line, 13, bold=True, align="middle", colour=RED)
    sheet.text(
        middle,
        top + height - 10,
        f"N° {document.number}",
        13,
        bold=True,
        align="middle",
        colour=RED,
    )
    office = f"S.I.I. - {look.sii_office.upper()}"
    sheet.text(middle, top + height + 13, office, 9, bold=True, align="middle", colour=RED)
    space = left - MARGIN - 18
    y = top + 13
    for line in wrapped(document.issuer[0] if document.issuer else "", space, 14, bold=True):
        sheet.text(MARGIN, y, line, 14, bold=True)
        y += 16
    for said in document.issuer[1:]:
        for line in wrapped(said, space, 8.5):
            sheet.text(MARGIN, y, line, 8.5, colour=FAINT)
            y += 11
    below = max(y, top + height + 22) + 10
    sheet.text(MARGIN, below, "Fecha de emisión", 8, colour=FAINT)
    sheet.text(MARGIN + 75, below, document.day, 9, bold=True)
    return below + 9


def _facts(sheet: Sheet, y: float, facts: Sequence[Row]) -> float:
    """The buyer, the terms and the transport, in two columns within a box."""
    if not facts:
        return y + 4
    half = INNER / 2
    space = half - 82
    rows = [(label, wrapped(text, space, 8.5) or [""]) for label, text in facts]
    pairs = [rows[at : at + 2] for at in range(0, len(rows), 2)]
    heights = [max(len(lines) for _, lines in pair) * 11 + 2 for pair in pairs]
    sheet.box(MARGIN, y, INNER, sum(heights) + 10, radius=3)
    at = y + 14
    for pair, height in zip(pairs, heights, strict=True):
        for column, (label, lines) in enumerate(pair):
            x = MARGIN + 8 + column * half
            sheet.text(x, at, label, 7.5, colour=FAINT)
            for number, line in enumerate(lines):
                sheet.text(x + 64, at + 11 * number, line, 8.5)
        at += height
    return y + sum(heights) + 18


def _references(sheet: Sheet, y: float, references: Sequence[str]) -> float:
    if not references:
        return y
    sheet.text(MARGIN, y + 6, "Referencias", 7.5, bold=True, colour=FAINT)
    at = y + 6
    for said in references:
        for line in wrapped(said, INNER - 64, 8):
            sheet.text(MARGIN + 64, at, line, 8)
            at += LEADING
    return at + 2


def _items(sheet: Sheet, y: float, document: Printed) -> float:
    """The lines; a page that is full is turned."""
    y = _item_head(sheet, y)
    for item in document.items:
        name = wrapped(item.name, NAME_WIDTH, ITEM_SIZE)
        detail = wrapped(item.detail, NAME_WIDTH, 7)
        height = max(len(name), 1) * LEADING + len(detail) * 8.5 + 3
        if y + height > HEIGHT - MARGIN:
            sheet.turn()
            y = _item_head(sheet, _again(sheet, document))
        _item(sheet, y, item, name, detail)
        y += height
        sheet.rule(MARGIN, y - 2, INNER)
    return y + 4


def _again(sheet: Sheet, document: Printed) -> float:
    """The head of a further page."""
    said = f"{document.title} N° {document.number} · R.U.T. {document.issuer_rut}"
    sheet.text(MARGIN, MARGIN + 8, said, 8, bold=True, colour=FAINT)
    return MARGIN + 16


def _item_head(sheet: Sheet, y: float) -> float:
    sheet.box(MARGIN, y, INNER, 16, stroke=None, fill=SHADE)
    for number, (name, at) in enumerate(COLUMNS):
        x = MARGIN + at + (6 if number < 2 else -6 if at == INNER else 0)
        sheet.text(
            x, y + 11, name, 7.5, bold=True, align="left" if number < 2 else "right", colour=FAINT
        )
    return y + 19


def _item(sheet: Sheet, y: float, item: Item, name: Sequence[str], detail: Sequence[str]) -> None:
    base = y + 8
    code = wrapped(item.code, 52, 7)
    for number, line in enumerate(code[:2]):
        sheet.text(MARGIN + 6, base + 8 * number, line, 7, colour=FAINT)
    for number, line in enumerate(name):
        sheet.text(MARGIN + 68, base + LEADING * number, line, ITEM_SIZE)
    below = base + LEADING * len(name) - 1.5
    for number, line in enumerate(detail):
        sheet.text(MARGIN + 68, below + 8.5 * number, line, 7, colour=FAINT)
    quantity = f"{item.quantity} {item.unit}".strip()
    exempt = f"{item.amount} (E)" if item.exempt else item.amount
    for text, at in (
        (quantity, 330.0),
        (item.price, 395.0),
        (item.moved, 460.0),
        (exempt, INNER - 6),
    ):
        sheet.text(MARGIN + at, base, text, ITEM_SIZE, align="right")


def _foot(sheet: Sheet, y: float, document: Printed, look: Look) -> None:
    """Totals on the right, stamp on the left, both at the foot of the last page."""
    needs = FOOT + (34 * MM if look.transferable else 0)
    if y + needs > HEIGHT - MARGIN:
        sheet.turn()
        _again(sheet, document)
    top = HEIGHT - MARGIN - needs
    _totals(sheet, top, document)
    if look.stamp or document.type_code not in BOLETAS:
        _stamp(sheet, top + 6, document, look)
    if look.transferable:
        _receipt_of_goods(sheet, HEIGHT - MARGIN - 32 * MM)


def _totals(sheet: Sheet, y: float, document: Printed) -> None:
    width = 74 * MM
    left = WIDTH - MARGIN - width
    rows = (*document.moves, *document.totals)
    height = 14 * len(rows) + 12
    sheet.box(left, y, width, height, radius=3)
    at = y + 15
    for label, amount in rows[:-1]:
        shown = wrapped(label, width - 84, 8)
        sheet.text(left + 8, at, shown[0] if shown else "", 8, colour=FAINT)
        sheet.text(left + width - 8, at, amount, 9, align="right")
        at += 14
    label, amount = rows[-1]
    sheet.box(left, at - 11, width, 19, stroke=None, fill=SHADE)
    sheet.text(left + 8, at + 2, label, 10, bold=True)
    sheet.text(left + width - 8, at + 2, amount, 11, bold=True, align="right")


def _stamp(sheet: Sheet, y: float, document: Printed, look: Look) -> None:
    if not document.stamp:
        return
    height = sheet.barcode(MARGIN + 6, y, STAMP_WIDTH, bars(document.stamp))
    middle = MARGIN + 6 + STAMP_WIDTH / 2
    for number, line in enumerate(legend(look)):
        sheet.text(middle, y + height + 10 + 9 * number, line, 7.5, align="middle")


def legend(look: Look) -> tuple[str, str]:
    """What stands under the stamp (SII, manual de muestras impresas)."""
    resolution = f"Res. {look.resolution_number} de {look.resolution_year}"
    return "Timbre Electrónico SII", f"{resolution} - Verifique documento: www.sii.cl"


def _receipt_of_goods(sheet: Sheet, y: float) -> None:
    """The receipt without which the copy cannot be ceded (Law 19.983, art. 4)."""
    sheet.box(MARGIN, y, INNER, 26 * MM, stroke=RULE)
    at = y + 14
    for label, x in (("Nombre:", 8.0), ("R.U.T.:", INNER * 0.6)):
        sheet.text(MARGIN + x, at, label, 8)
    for label, x in (("Fecha:", 8.0), ("Recinto:", INNER * 0.3), ("Firma:", INNER * 0.6)):
        sheet.text(MARGIN + x, at + 17, label, 8)
    said = (
        "El acuse de recibo que se declara en este acto, de acuerdo a lo dispuesto en la letra b)"
        " del Art. 4°, y la letra c) del Art. 5° de la Ley 19.983, acredita que la entrega de"
        " mercaderías o servicio(s) prestado(s) ha(n) sido recibido(s)."
    )
    for number, line in enumerate(wrapped(said, INNER - 16, 6.5)):
        sheet.text(MARGIN + 8, at + 34 + 8 * number, line, 6.5, colour=FAINT)
    sheet.text(WIDTH - MARGIN, y + 26 * MM + 12, "CEDIBLE", 10, bold=True, align="right")
