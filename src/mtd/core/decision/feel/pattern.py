"""Patterns: the text of a regular expression to the program that matches it."""

from mtd.core.decision.feel.characters import (
    CharacterTest,
    any_of,
    escape,
    everything,
    folded,
    line_end,
    line_start,
    not_newline,
    one,
    plain_escape,
    text_end,
    text_start,
)
from mtd.core.decision.feel.program import Instruction, Op, Pattern

PROGRAM_MAX = 5_000
NESTING_MAX = 50
"""Groups within groups, and classes within classes."""


def parse_pattern(text: str, flags: str) -> Pattern | None:
    """The program of a pattern, or None if it or a flag is wrong (XPath 3.1 §5.6.1–2)."""
    if not set(flags) <= set("smixq"):
        return None
    if "q" in flags:
        text = "".join("\\" + c if c in _SPECIAL else c for c in text)
    elif "x" in flags:
        text = _without_spaces(text)
    parser = _PatternParser(text, flags)
    try:
        program = parser.alternatives(0)
    except _Wrong:
        return None
    if parser.at < len(text):
        return None
    program.append((Op.MATCH, None, 0))
    return Pattern(program, parser.groups, parser.refers, "i" in flags)


_SYMBOLS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class _Wrong(Exception):
    """The pattern breaks the grammar."""


_SPECIAL = frozenset("\\|.-^?*+{}()[]$")
_Code = list[Instruction]


class _PatternParser:
    """Recursive descent over the pattern; code is made of pieces with relative jumps."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.at = 0
        self.groups = 0
        self.refers = False
        self._closed: set[int] = set()
        self._ignore_case = "i" in flags
        self._any = not_newline if "s" not in flags else everything
        lines = "m" in flags
        self._start = line_start if lines else text_start
        self._end = line_end if lines else text_end

    def alternatives(self, level: int) -> _Code:
        if level > NESTING_MAX:
            raise _Wrong
        branches = [self._branch(level)]
        while self._take("|"):
            branches.append(self._branch(level))
        code = branches.pop()
        while branches:
            branch = branches.pop()
            head: Instruction = (Op.SPLIT, 0, len(branch) + 1)
            code = _limited([head, *branch, (Op.JUMP, len(code), 0), *code])
        return code

    def _branch(self, level: int) -> _Code:
        code: _Code = []
        while self._peek() not in ("", "|", ")"):
            code = _limited(code + self._quantified(self._atom(level)))
        return code

    def _atom(self, level: int) -> _Code:
        letter = self._next()
        if letter == "(":
            return self._group(level)
        if letter == "[":
            return self._set(self._class(level))
        if letter == ".":
            return [(Op.SET, self._any, 0)]
        if letter == "^":
            return [(Op.CHECK, self._start, 0)]
        if letter == "$":
            return [(Op.CHECK, self._end, 0)]
        if letter == "\\":
            return self._escaped()
        if letter in _SPECIAL - {"-"}:
            raise _Wrong
        return self._set(one(letter))

    def _escaped(self) -> _Code:
        if self._peek() in "123456789" and self._peek():
            number = int(self._next())
            if self._peek().isdecimal() and number * 10 + int(self._peek()) <= self.groups:
                number = number * 10 + int(self._next())
            if number not in self._closed:
                raise _Wrong
            self.refers = True
            return [(Op.SAME, number, 0)]
        return self._set(self._escape())

    def _escape(self) -> CharacterTest:
        letter = self._next()
        braced = ""
        if letter in "pP" and self._take("{"):
            end = self.text.find("}", self.at)
            if end < 0:
                raise _Wrong
            braced, self.at = self.text[self.at : end], end + 1
        test = escape(letter, braced)
        if test is None:
            raise _Wrong
        return test

    def _group(self, level: int) -> _Code:
        if self._take("?"):
            if not self._take(":"):
                raise _Wrong
            code = self.alternatives(level + 1)
            self._close()
            return code
        self.groups += 1
        number = self.groups
        code = self.alternatives(level + 1)
        self._close()
        self._closed.add(number)
        return [(Op.SAVE, 2 * number, 0), *code, (Op.SAVE, 2 * number + 1, 0)]

    def _close(self) -> None:
        if not self._take(")"):
            raise _Wrong

    def _class(self, level: int) -> CharacterTest:
        """The characters between brackets, less those of an inner class after a hyphen."""
        if level > NESTING_MAX:
            raise _Wrong
        negated = self._take("^")
        tests: list[CharacterTest] = []
        without: CharacterTest | None = None
        while not self._take("]"):
            if tests and self.text.startswith("-[", self.at):
                self.at += 2
                without = self._class(level + 1)
                if self._peek() != "]":
                    raise _Wrong
            else:
                tests.append(self._class_range())
        if not tests:
            raise _Wrong
        return any_of(tests, without, negated=negated, ignore_case=self._ignore_case)

    def _class_range(self) -> CharacterTest:
        first = self._class_character()
        if isinstance(first, str):
            last = first
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "["):
                self.at += 1
                end = self._class_character()
                if not isinstance(end, str) or end < first:
                    raise _Wrong
                last = end
            return lambda letter: first <= letter <= last
        return first

    def _class_character(self) -> str | CharacterTest:
        letter = self._next()
        if letter == "\\":
            plain = plain_escape(self._peek())
            self.at += bool(plain)
            return plain or self._escape()
        if letter in ("[", "]"):
            raise _Wrong
        return letter

    def _quantified(self, code: _Code) -> _Code:
        counts = self._counts()
        if counts is None:
            return code
        least, most = counts
        lazy = self._take("?")
        if self._peek() in ("*", "+", "?", "{"):
            raise _Wrong
        if len(code) * max(least, most or 0) > PROGRAM_MAX:
            raise _Wrong
        repeated = code * least
        if most is None:
            split = _split(0, len(code) + 1, lazy=lazy)
            return [*repeated, split, *code, (Op.JUMP, -len(code) - 2, 0)]
        optional: _Code = []
        for _ in range(most - least):
            optional = _limited([_split(0, len(code) + len(optional), lazy=lazy), *code, *optional])
        return _limited(repeated + optional)

    def _counts(self) -> tuple[int, int | None] | None:
        for symbol, counts in _SYMBOLS.items():
            if self._take(symbol):
                return counts
        if not self._take("{"):
            return None
        end = self.text.find("}", self.at)
        least, comma, most = self.text[self.at : end].partition(",")
        numbers = [n for n in (least, most) if n]
        fits = all(n.isdecimal() and len(n) <= 4 for n in numbers)
        if end < 0 or not least or not fits:
            raise _Wrong
        self.at = end + 1
        upper = int(most) if most else None if comma else int(least)
        if upper is not None and upper < int(least):
            raise _Wrong
        return int(least), upper

    def _set(self, test: CharacterTest) -> _Code:
        return [(Op.SET, folded(test) if self._ignore_case else test, 0)]

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        letter = self._peek()
        if not letter:
            raise _Wrong
        self.at += 1
        return letter

    def _take(self, letter: str) -> bool:
        found = self._peek() == letter
        self.at += found
        return found


def _split(first: int, second: int, *, lazy: bool) -> Instruction:
    return (Op.SPLIT, second, first) if lazy else (Op.SPLIT, first, second)


def _limited(code: _Code) -> _Code:
    if len(code) > PROGRAM_MAX:
        raise _Wrong
    return code


def _without_spaces(text: str) -> str:
    """The pattern as flag `x` reads it: spaces count only within brackets."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for letter in text:
        if letter in " \t\n\r" and not depth:
            continue
        kept.append(letter)
        if not escaped:
            depth += (letter == "[") - (letter == "]" and depth > 0)
        escaped = letter == "\\" and not escaped
    return "".join(kept)
