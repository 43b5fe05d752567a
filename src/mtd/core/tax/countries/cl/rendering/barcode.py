"""The stamp's barcode: PDF417 of the whole TED, to be read back byte for byte."""

from typing import cast

import zxingcpp

from mtd.core.tax.drawing import Bars

CORRECTION = 5
"""Error correction level (SII, manual de muestras impresas)."""

ROW_HEIGHT = 3
"""Modules a row (ISO/IEC 15438 §5.8.2: at least three)."""


def bars(stamp: bytes) -> Bars:
    """The barcode of a TED.

    A symbol holds 925 codewords; where a long stamp with long keys leaves no room for level 5,
    the highest level that fits is used. Raises `ValueError` when none does.
    """
    for level in range(CORRECTION, -1, -1):
        try:
            return _bars(stamp, level)
        except ValueError:
            if level == 0:
                raise
    raise AssertionError("level 0 either fits or raises")


def _bars(stamp: bytes, level: int) -> Bars:
    # Bytes, not text: no character set is switched within the symbol.
    symbol = zxingcpp.create_barcode(  # pyright: ignore[reportUnknownMemberType] its options
        stamp, zxingcpp.PDF417, ec_level=str(level)
    )
    image = zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False)
    height, width = cast("tuple[int, int]", image.shape)  # pyright: ignore[reportUnknownMemberType]
    pixels = bytes(memoryview(image))  # pyright: ignore[reportArgumentType] it is a buffer
    # A row's lines are all alike: one of them says everything.
    lines = (pixels[at * width : (at + 1) * width] for at in range(0, height, ROW_HEIGHT))
    return Bars(width, height // ROW_HEIGHT, ROW_HEIGHT, b"".join(lines))
