"""Regular expressions against XPath's rules, and against Python's where the two agree."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.decision.feel import regex
from mtd.core.decision.feel.evaluation import Run

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def found(pattern: str, text: str, flags: str = "") -> bool | None:
    program = regex.compiled(pattern, flags)
    return None if program is None else regex.search(program, text, 0, Run(NOW)) is not None


@pytest.mark.parametrize(
    ("pattern", "text", "flags", "expected"),
    [
        ("a.c", "abc", "", True),
        ("a.c", "a\nc", "", False),
        ("a.c", "a\nc", "s", True),
        ("^b", "a\nb", "m", True),
        ("^b", "a\nb", "", False),
        ("[A-Z-[OI]]", "o", "i", False),
        ("[^Q]", "q", "i", False),
        ("k", "\u212a", "i", True),
        (r"\p{Lu}\p{IsBasicLatin}", "Éa", "", True),
        (r"\P{L}", "a", "", False),
        (r"(a)\1", "aA", "i", True),
        (r"(a)\2", "aa", "", None),
        (r"[\1]", "a", "", None),
        ("a{2,3}", "aa", "", True),
        ("a{3,2}", "aaa", "", None),
        ("a**", "a", "", None),
        ("(?=a)", "a", "", None),
        ("(a", "a", "", None),
        ("[b-a]", "a", "", None),
        ("[]", "a", "", None),
        ("a b", "ab", "x", True),
        ("a.b", "a.b", "q", True),
        ("a.b", "axb", "q", False),
        ("a", "a", "z", None),
        (r"^\i\c*$", "x-1", "", True),
        ("(a*)*", "", "", True),
        ("((a{99}){99}){99}", "a", "", None),
    ],
)
def test_patterns(pattern: str, text: str, flags: str, expected: bool | None) -> None:
    assert found(pattern, text, flags) is expected


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "expected"),
    [
        ("0123456789", r"(\d{3})(\d{3})(\d{4})", "($1) $2-$3", "(012) 345-6789"),
        ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "[1=ab][2=]cd"),
        ("reluctant", "r.*?t", "X", "Xant"),
        ("abc", "b", r"\$\\", r"a$\c"),
        ("abc", "b", "$", None),
        ("abc", "x*", "-", None),
        ("ab", "(a)", "$12", "a2b"),
    ],
)
def test_replacing(text: str, pattern: str, replacement: str, expected: str | None) -> None:
    program = regex.compiled(pattern, "")
    assert program is not None
    assert regex.replaced(program, text, replacement, Run(NOW)) == expected


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "(a|b)", "(ab)", "(?:b)", r"\d"])
PATTERNS = st.lists(
    st.tuples(ATOMS, st.sampled_from(["", "*", "+", "?", "*?", "{1,2}", "{2}"])), max_size=5
).map(lambda parts: "".join(atom + times for atom, times in parts))


@given(PATTERNS, st.text("ab1\n", max_size=12))
def test_it_finds_what_python_finds(pattern: str, text: str) -> None:
    program = regex.compiled(pattern, "")
    assert program is not None
    mine = regex.search(program, text, 0, Run(NOW, 1_000_000))
    theirs = re.search(pattern, text)
    assert (mine[:2] if mine else None) == (theirs.span() if theirs else None)
