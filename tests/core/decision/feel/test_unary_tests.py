"""Unary tests: what a cell of a decision table accepts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mtd.core.decision.feel import FeelSyntaxError, compile_unary_tests

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("-", None, True),
        ("5", 5, True),
        ("< 5, > 10", 7, False),
        ("< 5, > 10", 11, True),
        ("[5..10)", 10, False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("limit", 3, True),
        ("< limit * 2", 5, True),
        ("values", 2, True),
        ("? > 3 and ? < 5", 4, True),
        ('starts with(?, "a")', "abc", True),
        ("limit > 2", 99, True),
        ("true", True, True),
        ("true", False, False),
        ("null", None, True),
        ("< 5", "a", None),
        ("not(< 5)", "a", None),
        ('< date("2026-01-01")', None, None),
        ("= 5", 5, True),
        ("!= 5", 5, False),
    ],
)
def test_a_cell(text: str, value: Any, expected: bool | None) -> None:
    tests = compile_unary_tests(text)
    assert tests.matches(value, {"limit": 3, "values": [1, 2]}, NOW) is expected


def test_the_tested_value_is_no_free_name() -> None:
    assert compile_unary_tests("? > limit, < least").names == {"limit", "least"}


@pytest.mark.parametrize("text", ["", "5,", "not(5", "< ", "- 5 -"])
def test_what_is_no_test_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(text)
