"""What a reader of PDF files makes of ours: pages as pictures, and the words on them."""

from typing import Any

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image

POINTS_AN_INCH = 72


def pages(pdf: bytes, dots_per_inch: int = 300) -> list[Image.Image]:
    """Each page as a scanner sees it, in grey."""
    document: Any = pypdfium2.PdfDocument(pdf)
    scale = dots_per_inch / POINTS_AN_INCH
    return [page.render(scale=scale, grayscale=True).to_pil() for page in document]


def words(pdf: bytes) -> str:
    """All words of all pages, in the order of the file, one space between them."""
    document: Any = pypdfium2.PdfDocument(pdf)
    return " ".join(
        word for page in document for word in page.get_textpage().get_text_bounded().split()
    )
