"""Scanner: FEEL text to tokens (DMN 1.5 §10.3.1.2, rules 21 to 38)."""

import re
from enum import IntEnum
from functools import lru_cache

import msgspec

from mtd.core.decision.feel.errors import FeelSyntaxError

TEXT_MAX = 20_000
"""Characters of an expression."""


class Sort(IntEnum):
    """What a token is."""

    WORD = 1
    NUMBER = 2
    STRING = 3
    SYMBOL = 4
    END = 5


class Token(msgspec.Struct, frozen=True):
    """A piece of the text; of a string, what it says."""

    sort: Sort
    text: str
    position: int


def scan(text: str) -> list[Token]:
    """The tokens of `text`, the last of sort END. Raises FeelSyntaxError."""
    if len(text) > TEXT_MAX:
        raise FeelSyntaxError(f"expected at most {TEXT_MAX:,} characters", TEXT_MAX)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _strange(text, position)
        position = found.end()
        sort = _SORTS.get(found.lastgroup or "")
        if sort is not None:
            shown = _unescaped(found[0][1:-1]) if sort is Sort.STRING else found[0]
            tokens.append(Token(sort, shown, found.start()))
    tokens.append(Token(Sort.END, "", len(text)))
    return tokens


@lru_cache(maxsize=4096)
def name_parts(name: str) -> tuple[str, ...]:
    """The tokens that spell `name`; none when it cannot be spelled."""
    try:
        tokens = scan(name)[:-1]
    except FeelSyntaxError:
        return ()
    spelled = bool(tokens) and tokens[0].sort is Sort.WORD
    return tuple(t.text for t in tokens) if spelled else ()


_NAME_START = r"?_\w\U0001F000-\U000EFFFF"
_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\u00a0\ufeff]+ | //[^\n]* | /\*[^*]*\*+(?:[^/*][^*]*\*+)*/ )
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z_]) | \.\d+(?:[eE][+-]?\d+)? )
  | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*")
  | (?P<word>(?:(?!\d)[{_NAME_START}])[{_NAME_START}\u00b7\u203f\u2040\u0300-\u036f]*)
  | (?P<symbol>\*\* | \.\. | <= | >= | != | -> | [-+*/=<>()\[\]{{}},:.@'|%&$!;~^#])
    """,
    re.VERBOSE | re.DOTALL,
)
_SORTS = {
    "number": Sort.NUMBER,
    "string": Sort.STRING,
    "word": Sort.WORD,
    "symbol": Sort.SYMBOL,
}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|([nrt\"'\\]))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")


def _unescaped(text: str) -> str:
    """What a string literal says; a backslash before anything else stands for itself."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_character, text)
    joined = _PAIR.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), plain
    )
    return _LONE.sub("\ufffd", joined)


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code is None:
        return _SIMPLE.get(found[3], found[3])
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def _strange(text: str, position: int) -> FeelSyntaxError:
    if text[position] == '"':
        return FeelSyntaxError('expected " at the end of the text', len(text))
    if text.startswith("/*", position):
        return FeelSyntaxError("expected */ at the end of the comment", len(text))
    return FeelSyntaxError(f"unexpected character {text[position]!r}", position)
