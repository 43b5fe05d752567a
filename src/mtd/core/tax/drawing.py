"""A sheet being drawn on: text, lines and a barcode, measured from the top left in points."""

from typing import cast

from msgspec import Struct
from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

# Binary streams: spelling them in ASCII costs half the time and a quarter of the size.
rl_config.useA85 = 0

MM = 72 / 25.4
REGULAR = "Helvetica"
BOLD = "Helvetica-Bold"
"""Fonts that every reader has, with all of ISO-8859-1."""

INK = (0.13, 0.15, 0.18)
FAINT = (0.42, 0.45, 0.50)
RED = (0.80, 0.05, 0.05)
SHADE = (0.945, 0.95, 0.96)
RULE = (0.78, 0.80, 0.83)

Colour = tuple[float, float, float]


class Bars(Struct, frozen=True):
    """A symbol's dark and light modules, a byte each: 0 is dark."""

    width: int
    rows: int
    row_height: int
    """Modules that a row is high: 1 of a QR code."""
    modules: bytes


class Sheet:
    """One PDF in the making; the same strokes make the same bytes."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width = width
        self.height = height
        self._canvas = Canvas("", pagesize=(width, height), invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("MTD")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 8,
        *,
        bold: bool = False,
        align: str = "left",
        colour: Colour = INK,
    ) -> None:
        """A line whose baseline is `y` below the top; `x` is its left, middle or right end."""
        canvas = self._canvas
        canvas.setFillColorRGB(*colour)
        canvas.setFont(BOLD if bold else REGULAR, size)
        draw = {
            "left": canvas.drawString,
            "middle": canvas.drawCentredString,
            "right": canvas.drawRightString,
        }[align]
        draw(x, self.height - y, text)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        stroke: Colour | None = RULE,
        fill: Colour | None = None,
        line: float = 0.6,
        radius: float = 0,
    ) -> None:
        """A rectangle whose top left is at x, y."""
        canvas = self._canvas
        canvas.setLineWidth(line)
        if stroke:
            canvas.setStrokeColorRGB(*stroke)
        if fill:
            canvas.setFillColorRGB(*fill)
        bottom = self.height - y - height
        drawn = (int(stroke is not None), int(fill is not None))
        canvas.roundRect(x, bottom, width, height, radius, stroke=drawn[0], fill=drawn[1])

    def rule(self, x: float, y: float, width: float, *, dashed: bool = False) -> None:
        """A horizontal line."""
        canvas = self._canvas
        canvas.setLineWidth(0.5)
        canvas.setStrokeColorRGB(*RULE)
        canvas.setDash([2, 2] if dashed else [])
        canvas.line(x, self.height - y, x + width, self.height - y)
        canvas.setDash([])

    def barcode(self, x: float, y: float, width: float, symbol: Bars) -> float:
        """A barcode, `width` wide; its height."""
        image = ImageReader(Image.frombytes("L", (symbol.width, symbol.rows), symbol.modules))
        height = barcode_height(symbol, width)
        self._canvas.drawImage(  # pyright: ignore[reportUnknownMemberType] its other arguments
            image, x, self.height - y - height, width, height
        )
        return height

    def turn(self) -> None:
        """A new page."""
        self._canvas.showPage()

    def done(self) -> bytes:
        """The PDF."""
        self._canvas.showPage()
        return cast("bytes", self._canvas.getpdfdata())  # pyright: ignore[reportUnknownMemberType]


def barcode_height(symbol: Bars, width: float) -> float:
    """How high the barcode is when it is `width` wide."""
    return width * symbol.rows * symbol.row_height / symbol.width


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most `width` points; a word longer than a line is broken."""
    font = BOLD if bold else REGULAR
    lines: list[str] = []
    line = ""
    for word in text.split():
        together = f"{line} {word}" if line else word
        if stringWidth(together, font, size) <= width:
            line = together
            continue
        if line:
            lines.append(line)
        line = word
        while stringWidth(line, font, size) > width and len(line) > 1:
            fits = _fitting(line, width, font, size)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line] if line else lines


def _fitting(word: str, width: float, font: str, size: float) -> int:
    """How many of a long word's letters go on a line: at least one."""
    lengths = range(len(word) - 1, 0, -1)
    return next((n for n in lengths if stringWidth(word[:n], font, size) <= width), 1)
