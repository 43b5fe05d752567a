"""Properties over random text and numbers."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.decision.feel import (
    FeelError,
    FeelSyntaxError,
    YearsMonthsDuration,
    compile_expression,
    compile_unary_tests,
)
from mtd.core.decision.feel.builtins import BUILTINS
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.text import written
from mtd.core.decision.feel.values import is_context, is_list

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EXACT = Context(prec=34)
CONTEXT: dict[str, Any] = {
    "x": 5,
    "xs": [3, 1, 2],
    "nothing": None,
    "c": {"a": 1, "b c": [1.5]},
    "opaque": object(),
}

ATOMS = st.sampled_from(
    '1 0 -1 2.5 1e6000 1e-6000 "a" "(a*)*b" null true x xs item nothing c opaque [] [1,2] {a:1}'
    ' [1..5] (<3) @"P1D" @"P99999999Y" @"9999-12-31T23:59:59Z" @"0001-01-01" @"10:00:00@Etc/UTC"'
    ' c.a "2026-01-01" "P1D" [null..2]'.split()
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    operators = st.sampled_from("+ - * / ** = != < <= > >= and or in".split())
    calls = st.sampled_from(sorted(BUILTINS))
    return st.one_of(
        st.builds("({0[0]} {1} {0[1]})".format, pair, operators),
        st.builds("{}({})".format, calls, st.lists(inner, max_size=4).map(", ".join)),
        st.builds("{0[0]}[{0[1]}]".format, pair),
        st.builds("(if {0} then {1[0]} else {1[1]})".format, inner, pair),
        st.builds("(for i in {0[0]} return {0[1]})".format, pair),
        st.builds("(some i in {0[0]} satisfies {0[1]})".format, pair),
        st.builds("(function(p, q) {0})({1[0]}, {1[1]})".format, inner, pair),
        st.builds("[{0[0]}, {0[1]}]".format, pair),
        st.builds("-{}".format, inner),
        st.builds("({}).{}".format, inner, st.sampled_from(["a", "year", "hour", "days"])),
        st.builds("({}) instance of {}".format, inner, st.sampled_from(["number", "list<Any>"])),
    )


EXPRESSIONS = st.recursive(ATOMS, _combined, max_leaves=12)
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20),
    st.decimals(min_value=-(10**15), max_value=10**15, places=12),
)


@settings(max_examples=300)
@given(st.one_of(EXPRESSIONS, st.text(max_size=60)))
def test_any_text_gives_a_value_or_a_refusal(text: str) -> None:
    with suppress(FeelSyntaxError, FeelError):
        compile_expression(text).evaluate(CONTEXT, NOW)
    with suppress(FeelSyntaxError, FeelError):
        compile_unary_tests(text).matches(1, CONTEXT, NOW)


@given(NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_decimals_of_34_digits(a: int | Decimal, b: int | Decimal) -> None:
    def value(text: str) -> Any:
        return compile_expression(text).evaluate({"a": a, "b": b}, NOW)

    assert value("a + b") == EXACT.add(a, b)
    assert value("a - b") == EXACT.subtract(a, b)
    assert value("a * b") == EXACT.multiply(a, b)
    if b:
        assert value("a / b") == EXACT.divide(a, b)
        rest = value("modulo(a, b)")
        assert rest == 0 or (rest > 0) == (b > 0)
        assert abs(rest) <= abs(b)
    assert value("a < b") is (a < b)
    assert value("a = b") is (a == b)


@given(st.integers(), st.integers())
def test_whole_numbers_stay_whole(a: int, b: int) -> None:
    total = compile_expression("a + b").evaluate({"a": a, "b": b}, NOW)
    assert isinstance(total, int) or abs(a + b) >= 10**34


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        NUMBERS,
        st.text(),
        st.dates(),
        st.times(),
        st.datetimes(timezones=st.just(UTC)),
        st.timedeltas(),
        st.integers(-1000, 1000).map(YearsMonthsDuration),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_written_means_the_same_when_it_is_read(value: Any) -> None:
    text = written([value], Run(NOW))
    assert text is not None
    parts = compile_expression(_as_source([value])).evaluate({}, NOW)
    assert written(parts, Run(NOW)) == text


def _as_source(value: Any) -> str:
    """The value as an expression: points in time as at-literals, the rest as written."""
    if is_list(value):
        return "[" + ", ".join(map(_as_source, value)) + "]"
    if is_context(value):
        return "{" + ", ".join(f"{_as_source(k)}: {_as_source(v)}" for k, v in value.items()) + "}"
    text = written([value], Run(NOW)) or ""
    plain = value is None or isinstance(value, bool | int | Decimal | str)
    return text[1:-1] if plain else f'@"{text[1:-1]}"'


@given(st.dates(), st.integers(-5000, 5000))
def test_months_later_is_never_a_day_that_is_not(day: Any, months: int) -> None:
    context = {"day": day, "d": YearsMonthsDuration(months)}
    later = compile_expression("day + d").evaluate(context, NOW)
    if later is not None:
        assert (later.year - day.year) * 12 + later.month - day.month == months
        assert later.day == day.day or later + timedelta(days=1) == later.replace(
            day=1
        ) + timedelta(days=(later + timedelta(days=1) - later.replace(day=1)).days)
