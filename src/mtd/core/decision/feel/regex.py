"""Regular expressions of XPath, matched within a budget (XPath 3.1 §5.6, XSD 1.1 part 2 app. G).

Python's own would do, were it not that a pattern of ten characters can keep it busy for years.
Here a place in the pattern is never tried twice at the same place of the text.
"""

from functools import lru_cache

from mtd.core.decision.feel.errors import FeelError
from mtd.core.decision.feel.evaluation import Run, check_length
from mtd.core.decision.feel.pattern import parse_pattern
from mtd.core.decision.feel.program import Op, Pattern

PATTERN_MAX = 1_000
"""Characters of a pattern."""

TURNS_A_STEP = 8
"""Turns of the matcher that cost one step of the evaluation."""

Groups = tuple[int, ...]
"""Start and end of the match and of each group in it; -1 for what took no part."""


def compiled(pattern: str, flags: str) -> Pattern | None:
    """The pattern made ready, or None if it or a flag is wrong. Raises FeelError if too long."""
    if len(pattern) > PATTERN_MAX:
        raise FeelError(f"a pattern has more than {PATTERN_MAX:,} characters")
    return _compiled(pattern, flags)


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Pattern | None:
    return parse_pattern(pattern, flags)


def search(pattern: Pattern, text: str, start: int, run: Run) -> Groups | None:
    """The first match at or after `start`. Raises FeelError when it takes too many steps."""
    seen: set[tuple[int, ...]] = set()
    for at in range(start, len(text) + 1):
        found = _match(pattern, text, at, run, seen)
        if found:
            return found
    return None


def replaced(pattern: Pattern, text: str, replacement: str, run: Run) -> str | None:
    """`text` with each match replaced; `$1` stands for a group (XPath 3.1 §5.6.4).

    None when the replacement is wrong or the pattern matches no characters at all.
    """
    parts = _replacement(replacement, pattern.groups)
    if parts is None or search(pattern, "", 0, run):
        return None
    made: list[str] = []
    at = size = 0
    while found := search(pattern, text, at, run):
        piece = text[at : found[0]] + "".join(_filled(part, text, found) for part in parts)
        size += len(piece)
        check_length(size)
        made.append(piece)
        at = found[1]
    return "".join([*made, text[at:]])


def split(pattern: Pattern, text: str, run: Run) -> list[str] | None:
    """The pieces between matches; None when the pattern matches no characters at all."""
    if search(pattern, "", 0, run):
        return None
    pieces: list[str] = []
    at = 0
    while found := search(pattern, text, at, run):
        pieces.append(text[at : found[0]])
        at = found[1]
    return [*pieces, text[at:]]


def _match(
    pattern: Pattern, text: str, start: int, run: Run, seen: set[tuple[int, ...]]
) -> Groups | None:
    program, ignore_case = pattern.program, pattern.ignore_case
    groups: Groups = (-1,) * (2 * pattern.groups + 2)
    waiting: list[tuple[int, int, Groups]] = [(0, start, groups)]
    turns = 0
    end = len(text)
    while waiting:
        place, at, groups = waiting.pop()
        while True:
            turns += 1
            if not turns % TURNS_A_STEP:
                run.spend(1)
            op, operand, other = program[place]
            place += 1
            if op is Op.SET:
                if at == end or not operand(text[at]):
                    break
                at += 1
            elif op is Op.SPLIT:
                state = (place, at, *groups) if pattern.refers else (place, at)
                if state in seen:
                    break
                seen.add(state)
                waiting.append((place + other, at, groups))
                place += operand
            elif op is Op.JUMP:
                place += operand
            elif op is Op.SAVE:
                groups = (*groups[:operand], at, *groups[operand + 1 :])
            elif op is Op.SAME:
                again = text[groups[2 * operand] : groups[2 * operand + 1]]
                there = text[at : at + len(again)]
                if again != there and not (ignore_case and again.lower() == there.lower()):
                    break
                at += len(again)
            elif op is Op.CHECK:
                if not operand(text, at):
                    break
            else:
                run.spend(1)
                return (start, at, *groups[2:])
    run.spend(1)
    return None


def _replacement(text: str, groups: int) -> list[str | int] | None:
    """The texts and group numbers that a replacement is made of, or None if it is wrong."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        letter = text[at]
        after = text[at + 1 : at + 2]
        if letter == "\\":
            if after not in ("\\", "$") or not after:
                return None
            parts.append(after)
            at += 2
        elif letter == "$":
            digits = 0
            while text[at + 1 + digits : at + 2 + digits] in _DIGITS:
                if digits and int(text[at + 1 : at + 2 + digits]) > groups:
                    break
                digits += 1
            if not digits:
                return None
            parts.append(int(text[at + 1 : at + 1 + digits]))
            at += 1 + digits
        else:
            parts.append(letter)
            at += 1
    return parts


_DIGITS = frozenset("0123456789")


def _filled(part: str | int, text: str, found: Groups) -> str:
    if isinstance(part, str):
        return part
    if 2 * part + 1 >= len(found):
        return ""
    return text[max(found[2 * part], 0) : max(found[2 * part + 1], 0)]
