"""Budgets: no text, however hostile, keeps the evaluator busy or breaks its stack."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mtd.core.decision.feel import FeelError, FeelSyntaxError, compile_expression

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TWICE = "{d: function(d, n, x) if n = 0 then x else d(d, n - 1, [x, x]), a: d(d, 40, 1), r: %s}.r"


def deep_list(levels: int) -> list[Any]:
    outer: list[Any] = []
    for _ in range(levels):
        outer = [outer]
    return outer


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000 return i",
        "for i in 1..100, j in 1..100, k in 1..100 return 1",
        "some i in 1..1000000 satisfies i < 0",
        "for i in 1..3000 return partial",
        "[1..3][item > 0][(for i in 1..20000 return i)[1] = item]",
        "(function(f) f(f))(function(f) f(f))",
        "{f: function(f, n) if n = 0 then 0 else f(f, n - 1), r: f(f, 65)}.r",
        TWICE % "a",
        TWICE % "a = a",
        TWICE % "string(a)",
        TWICE % "count(flatten(a))",
        "sort(for i in 1..2000 return modulo(i * 7919, 2003), function(a, b) a < b)",
        "distinct values(for i in 1..2000 return i)",
        'string join(for i in 1..1500 return big, "")',
        "(function(f, s) f(f(f(f(s)))))(function(s) s + s + s + s + s + s + s + s, big)",
        'replace(big, "x", big)',
        "count(for i in 1..1200 return upper case(big))",
        "count([" + ",".join(['big + "x"'] * 1500) + "])",
        "count([" + ",".join(['big + "x" + "y"'] * 800) + "])",
        'matches(big, "(x|x)*y")',
        'matches(big, "x*x*x*x*y")',
        'matches("a", "' + "a" * 1001 + '")',
        "deep = deep",
    ],
)
def test_what_costs_too_much_is_stopped(text: str) -> None:
    expression = compile_expression(text)
    with pytest.raises(FeelError):
        expression.evaluate({"big": "x" * 10_000, "deep": deep_list(11_000)}, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "1" + ")" * 3000,
        "[" * 3000,
        "{a:" * 3000,
        "if true then " * 500 + "1",
        "x" + ".y" * 100,
        "x" + "[1]" * 100,
        "1" + " = 1" * 100,
        "[1.." * 200 + "2",
        "1 instance of " + "list<" * 100 + "number" + ">" * 100,
        "function(a) " * 100 + "1",
        "1" + "+1" * 10_000,
    ],
)
def test_what_is_too_long_or_too_nested_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)


def test_long_but_flat_is_well() -> None:
    assert compile_expression("+".join(["1"] * 4000)).evaluate({}, NOW) == 4000
    assert compile_expression("-" * 10_000 + "1").evaluate({}, NOW) == 1
    assert compile_expression("(" * 60 + "1" + ")" * 60).evaluate({}, NOW) == 1


def test_recursion_within_the_budget_is_well() -> None:
    text = "{f: function(f, n) if n = 0 then 0 else 1 + f(f, n - 1), r: f(f, 40)}.r"
    assert compile_expression(text).evaluate({}, NOW) == 40


def test_each_evaluation_has_its_own_budget() -> None:
    expression = compile_expression("count(for i in 1..3000 return i)")
    assert [expression.evaluate({}, NOW) for _ in range(5)] == [3000] * 5
