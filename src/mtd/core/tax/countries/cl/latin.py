"""Text fit for a tax document: one line, only characters of ISO-8859-1, nothing lost unsaid."""

import unicodedata

REPLACEMENT = "?"
"""What stands for a character that has no neighbour in ISO-8859-1, such as an emoji."""

_NEIGHBOURS = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‟": '"',
        "″": '"', "‹": "<", "›": ">", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-",
        "−": "-", "•": "·", "…": "...", "€": "EUR", "™": "(TM)", "№": "N°", "Œ": "OE", "œ": "oe",
        "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
        "ẞ": "SS", "⁄": "/", "×": "×", "\u00ad": None,
    }
)  # fmt: skip


def latin(text: str) -> str:
    """`text` in ISO-8859-1 (the authority refuses others with ENV-3-0): spaces single, one line.

    Quotation marks, dashes and letters go to their nearest neighbour; what has none becomes
    `REPLACEMENT`, and controls and joiners vanish, so that what is signed is what is read.
    """
    if text.isascii() and text.isprintable():
        return text if "  " not in text and text == text.strip() else " ".join(text.split())
    near = unicodedata.normalize("NFC", text).translate(_NEIGHBOURS)
    return " ".join("".join(map(_nearest, near)).split())


def clipped(text: str, length: int) -> str:
    """`text` in ISO-8859-1 and at most `length` characters, cut at no space."""
    fitting = latin(text)
    return fitting if len(fitting) <= length else fitting[:length].rstrip()


def _nearest(character: str) -> str:
    if character.isspace():
        return " "
    if character < "\u007f" or "\u00a0" < character <= "\u00ff":
        return max(character, " ")  # a control is a space
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "
    if kind in ("Cf", "Mn", "Me"):
        return ""  # joiners, marks and variation selectors: parts of what stands before them
    apart = unicodedata.normalize("NFKD", character)
    letters = "".join(c for c in apart if " " <= c <= "\u007e" or "\u00a1" <= c <= "\u00ff")
    return letters.strip() or REPLACEMENT
