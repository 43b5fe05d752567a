"""Words in a drawing: labels, documentation and numbers, out of what tools make of them."""

import html
import re

LABEL_MAX = 2_000
DOCUMENTATION_MAX = 65_536
"""Characters of one element's documentation that are kept."""


def label(raw: str | None) -> str | None:
    """`raw` trimmed, with blanks and newlines collapsed; None when nothing is left.

    A label is kept with each task, incident and message: it ends after `LABEL_MAX` characters.
    """
    return " ".join(raw.split())[:LABEL_MAX].rstrip() or None if raw else None


def plain(raw: str | None) -> str | None:
    """Documentation as plain text: tags taken off, paragraphs on lines of their own."""
    if not raw:
        return None
    text = raw[:DOCUMENTATION_MAX]
    if _MARKUP.search(text):
        text = _SOURCE.sub("", text)
        text = _BREAK.sub("\n", " ".join(text.split()))
        text = html.unescape(_TAG.sub("", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line) or None


def flag(raw: str | None, absent: bool = False) -> bool:
    """An xsd:boolean; `absent` when it is absent or says neither."""
    word = (raw or "").strip().lower()
    return word in ("true", "1") if word in ("true", "1", "false", "0") else absent


def number(raw: str | None) -> int | None:
    """A whole number, when `raw` is one of at most nine digits."""
    word = (raw or "").strip()
    return int(word) if _INTEGER.fullmatch(word) else None


_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_MARKUP = re.compile(
    r"</?(?:p|div|span|br|b|i|u|ul|ol|li|html|body|font|a|strong|em|table|tr|td|th|h[1-6])\b"
    r"[^<>]*>",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"<(style|script)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
_BREAK = re.compile(r"</(?:p|div|li|tr|h[1-6])\s*>|<br\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
