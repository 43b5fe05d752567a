"""Characters: the tests that patterns make of one (XSD 1.1 part 2 app. G.4)."""

from collections.abc import Callable, Sequence
from unicodedata import category

CharacterTest = Callable[[str], bool]
"""Whether a character is one of a set."""


def one(letter: str) -> CharacterTest:
    """That character only."""
    return letter.__eq__


def folded(test: CharacterTest) -> CharacterTest:
    """The same, upper and lower case alike."""
    return lambda letter: any(test(form) for form in _forms(letter))


def any_of(
    tests: Sequence[CharacterTest],
    without: CharacterTest | None,
    *,
    negated: bool,
    ignore_case: bool,
) -> CharacterTest:
    """The characters of any of `tests`, or of none if negated, less those `without`."""

    def test(letter: str) -> bool:
        forms = _forms(letter) if ignore_case else (letter,)
        found = any(one(form) for one in tests for form in forms)
        return found is not negated and not (without and without(letter))

    return test


def plain_escape(letter: str) -> str:
    """The character that stands for itself, or is a control, after a backslash; else empty."""
    return _PLAIN.get(letter, "")


def escape(letter: str, braced: str) -> CharacterTest | None:
    """The characters that a backslash and `letter` mean; `braced` follows `p`. None if nothing."""
    plain = plain_escape(letter)
    if plain:
        return one(plain)
    test = _property(braced) if letter in "pP" else _CLASSES.get(letter.lower())
    if test is None:
        return None
    return _inverted(test) if letter.isupper() else test


def text_start(text: str, at: int) -> bool:
    """Whether the text begins at `at`."""
    return at == 0


def text_end(text: str, at: int) -> bool:
    """Whether the text ends at `at`."""
    return at == len(text)


def line_start(text: str, at: int) -> bool:
    """Whether a line begins at `at`."""
    return at == 0 or text[at - 1] == "\n"


def line_end(text: str, at: int) -> bool:
    """Whether a line ends at `at`."""
    return at == len(text) or text[at] == "\n"


def everything(letter: str) -> bool:
    """Any character."""
    return True


def not_newline(letter: str) -> bool:
    """Any character that does not end a line."""
    return letter not in "\n\r"


def _inverted(test: CharacterTest) -> CharacterTest:
    return lambda letter: not test(letter)


def _forms(letter: str) -> tuple[str, ...]:
    return letter, letter.lower(), letter.upper(), letter.casefold()


def _property(name: str) -> CharacterTest | None:
    if name in _CATEGORIES:
        return lambda letter: category(letter).startswith(name)
    if name.startswith("Is") and name[2:] in _BLOCKS:
        first, last = _BLOCKS[name[2:]]
        return lambda letter: first <= ord(letter) <= last
    return None


def _space(letter: str) -> bool:
    return letter in " \t\n\r"


def _digit(letter: str) -> bool:
    return category(letter) == "Nd"


def _word(letter: str) -> bool:
    return category(letter)[0] not in "PZC"


def _name_start(letter: str) -> bool:
    return letter in "_:" or category(letter)[0] == "L"


def _name_part(letter: str) -> bool:
    return letter in "_:-.·" or category(letter)[0] in "LNM"


_PLAIN = {letter: letter for letter in "\\|.-^?*+{}()[]$"} | {"n": "\n", "r": "\r", "t": "\t"}
_CLASSES: dict[str, CharacterTest] = {
    "s": _space,
    "d": _digit,
    "w": _word,
    "i": _name_start,
    "c": _name_part,
}
_CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So"
    " C Cc Cf Co Cn".split()
)
_BLOCKS = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
}
