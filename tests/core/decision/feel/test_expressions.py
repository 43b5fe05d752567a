"""What expressions give: one line for each rule of the language that an engine may get wrong."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mtd.core.decision.feel import (
    FeelSyntaxError,
    Range,
    YearsMonthsDuration,
    compile_expression,
)

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=ZoneInfo("America/Santiago"))
CONTEXT: dict[str, Any] = {
    "amount": 150_000,
    "channel": "phone",
    "rate": Decimal("0.19"),
    "price": 0.1,
    "missing": None,
    "Monthly Salary": 10_000,
    "order": {"lines": [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 3}], "total": 7},
    "count": 3,
    "opaque": object(),
    "pair": (1, 2),
}


def value(text: str, **more: Any) -> Any:
    return compile_expression(text).evaluate({**CONTEXT, **more}, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4", 3),
        ("7 / 2", Decimal("3.5")),
        ("6 / 2", 3),
        ("1 / 0", None),
        ("0.1 + 0.2 = 0.3", True),
        ("price + 0.2 = 0.3", True),
        ("price", Decimal("0.1")),
        ("2 ** 3 ** 2", 64),
        ("-5 ** 2", 25),
        ("--5", 5),
        ("9999999999999999999999999999999999 + 1", Decimal("1E+34")),
        ("1.5e3", Decimal(1500)),
        (".5", Decimal("0.5")),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ("true + 1", None),
        ("1 + null", None),
        ("amount * (1 + rate)", Decimal("178500.00")),
        ("modulo(-12, 5)", 3),
        ("modulo(1e6000, 7)", Decimal(1)),
    ],
)
def test_arithmetic_is_exact_and_an_error_gives_null(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('amount > 100000 and channel = "phone"', True),
        ("false and missing", False),
        ("missing and false", False),
        ("true and missing", None),
        ("true or missing", True),
        ("false or missing", None),
        ("missing > 3", None),
        ("missing = null", True),
        ("nothing = null", True),
        ('1 = "1"', None),
        ("1 != 2", True),
        ("not(missing)", None),
        ("if missing then 1 else 2", 2),
        ("5 between 1 and 5", True),
        ("5 in (1..5)", False),
        ("5 in ]1..5]", True),
        ("5 in [1..5[", False),
        ("5 in (1, > 4)", True),
        ("5 in [1, 5]", True),
        ("5 in 5", True),
        ("5 in != 5", False),
        ("[1, [2]] = [1, [2]]", True),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("opaque = 1", None),
        ("opaque.__class__", None),
        ("[1..3].end included", True),
        ("(< 3).end", 3),
    ],
)
def test_logic_has_three_values(text: str, expected: Any) -> None:
    assert value(text) is expected or value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Monthly Salary * 12", 120_000),
        ("Monthly\n   Salary", 10_000),
        ("order.lines[quantity > 1].sku", ["B"]),
        ("order.lines[item.quantity > 1][1].sku", "B"),
        ("order.lines[-1].sku", "B"),
        ("order.lines[3]", None),
        ("order.lines.quantity", [1, 3]),
        ("missing[item > 1]", None),
        ("count(order.lines)", 2),
        ("count", 3),
        ("pair[2]", 2),
        ("{a: 1, b: a + 1}.b", 2),
        ("{a: 1, a: 2}", None),
        ("for x in [1, 2], y in [x, 10] return x * y", [1, 10, 4, 20]),
        ("for x in 3..1 return x", [3, 2, 1]),
        ("for x in [1..3) return x", [1, 2]),
        ("for x in 0..4 return if x = 0 then 1 else x * partial[-1]", [1, 1, 2, 6, 24]),
        ("some l in order.lines satisfies l.quantity > 2", True),
        ("every l in order.lines satisfies l.quantity > 2", False),
        ("every x in [true, null] satisfies x", None),
        ("(function(a: number, b) a - b)(b: 1, a: 3)", 2),
        ('(function(a: number) a)("x")', None),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("{f: function(f, n) if n = 0 then 1 else n * f(f, n - 1), r: f(f, 5)}.r", 120),
        ("sublist([1, 2, 3], -2, 1)", [2]),
        ('list replace([1, 2], 2, "b")', [1, "b"]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("min(3, 1, 2)", 1),
        ('max(["a", "c"])', "c"),
        ("sum([])", None),
        ("mean(1, 2)", Decimal("1.5")),
        ("round half up(5.5, 0)", 6),
        ("floor(-1.5)", -2),
        ("decimal(1/3, 2)", Decimal("0.33")),
        ("[1] instance of list<number>", True),
        ("{a: 1} instance of context<a: string>", False),
        ("null instance of Any", False),
        ('context put({a: 1}, ["b", "c"], 2).b.c', 2),
        ("overlaps([1..5], (5..8])", False),
        ("(1..5] instance of range<number>", True),
        ("1 /* one */ + // and\n 1", 2),
    ],
)
def test_names_lists_contexts_and_functions(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2024-02-29") + duration("P1Y")', date(2025, 2, 28)),
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ('@"2026-01-31" - @"2026-01-01"', timedelta(days=30)),
        ('@"2026-01-02" - @"2026-01-01T12:00:00Z"', timedelta(hours=12)),
        ('@"2026-01-02" - @"2026-01-01T12:00:00"', None),
        ('@"10:15:00" - @"PT12H"', time(22, 15)),
        ('@"2026-01-01T24:00:00"', datetime(2026, 1, 2)),  # noqa: DTZ001 local on purpose
        ('@"2026-01-01T10:00:00Z" = @"2026-01-01T11:00:00+01:00"', True),
        ('@"2026-01-01T10:00:00Z" = @"2026-01-01T10:00:00"', None),
        ('is(@"10:00:00Z", @"11:00:00+01:00")', False),
        ('@"2026-03-14T00:00:00@America/Santiago".timezone', "America/Santiago"),
        ('string(@"2026-01-01T10:00:00.50@Europe/Paris")', "2026-01-01T10:00:00.5@Europe/Paris"),
        ('string(duration("P1DT2H3M4.5S"))', "P1DT2H3M4.5S"),
        ('string(duration("-P14M"))', "-P1Y2M"),
        ('duration("P1Y2M")', YearsMonthsDuration(14)),
        ('duration("P1Y1D")', None),
        ('date("2026-02-30")', None),
        ('date("10000-01-01")', None),
        ('@"9999-12-31" + @"P1D"', None),
        ('time("10:00:00@Nowhere/AtAll")', None),
        ('time("10:00:00@../../etc/passwd")', None),
        ('years and months duration(@"2011-12-22", @"2013-08-24")', YearsMonthsDuration(20)),
        ("now()", NOW),
        ("today()", date(2026, 3, 14)),
        ('@"2026-03-14".weekday', 6),
        ('day of week(@"2026-03-14")', "Saturday"),
        ('@"-P1DT1H".hours', -1),
    ],
)
def test_time_comes_from_the_text_or_the_caller(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_a_zoned_moment_keeps_its_zone_and_counts_real_hours() -> None:
    later = value('@"2026-04-04T12:00:00@America/Santiago" + @"PT24H"')
    assert later.tzinfo == ZoneInfo("America/Santiago")
    assert later.astimezone(UTC) == datetime(2026, 4, 5, 15, tzinfo=UTC)
    assert later.hour == 11


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"a\"b\\c\n"', 'a"b\\c\n'),
        (r'"\u00e9\U01F40E"', "é\U0001f40e"),
        (r'string length("\uD83D\uDCA9")', 1),
        (r'"\d"', "\\d"),
        ('substring("foobar", -3, 2)', "ba"),
        ('substring before("a=b", "=")', "a"),
        ('split("a;b;;", ";")', ["a", "b", "", ""]),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ('string([1, "a", {b c: null}])', '[1, "a", {"b c": null}]'),
        ('number("1.234,5", ".", ",")', Decimal("1234.5")),
        ('number("1e400000")', None),
        ("string(1e30)", "1" + "0" * 30),
    ],
)
def test_texts(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("amount >", "expected an expression, found the end", 8),
        ("if a then b", "expected else, found the end", 11),
        ("[1, 2", "expected ], found the end", 5),
        ("1 2", "expected an operator or the end, found '2'", 2),
        ('"open', 'expected " at the end of the text', 5),
        ("a ; b", "expected an operator or the end, found ';'", 2),
        ('@"tomorrow"', "expected a date, time, date and time or duration after @", 0),
        ("1 instance of nombre", "expected a type, found 'nombre'", 14),
        ("[1..2", "expected ] or ) or [, found the end", 5),
        ("", "expected an expression, found the end", 0),
    ],
)
def test_a_syntax_error_says_what_was_expected_and_where(
    text: str, message: str, position: int
) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert (caught.value.message, caught.value.position) == (message, position)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("amount > limit", {"amount", "limit"}),
        ("order.lines[quantity > least].sku", {"order", "quantity", "least"}),
        ("for x in xs, y in x return x + y + z", {"xs", "z"}),
        ("some x in xs satisfies x = y", {"xs", "y"}),
        ("(function(a) a + b)(c)", {"b", "c"}),
        ("{a: b, c: a}", {"b"}),
        ("count(items) + count", {"items", "count"}),
        ("Monthly Salary * 12", {"Monthly Salary"}),
        ("now() > due", {"due"}),
    ],
)
def test_free_names_are_the_variables_it_needs(text: str, names: set[str]) -> None:
    assert compile_expression(text).names == names


def test_names_with_signs_and_keywords_are_read_when_they_are_known() -> None:
    names = ["net-price", "in and out", "a"]
    expression = compile_expression("net-price - in and out", names=names)
    assert expression.names == {"net-price", "in and out"}
    assert expression.evaluate({"net-price": 5, "in and out": 2}, NOW) == 3
    assert compile_expression("a.b-c", members=["b-c"]).evaluate({"a": {"b-c": 1}}, NOW) == 1


def test_ranges_are_values() -> None:
    assert value("[1..5)") == Range(start=1, end=5, start_included=True)
    assert value("[5..1]") is None


def test_a_float_that_is_no_number_is_null() -> None:
    assert value("x", x=float("nan")) is None
    assert value("x", x=Decimal("NaN")) is None
    assert value("x + 1", x=Decimal("Infinity")) is None
    assert value("sum(xs)", xs=[float("inf"), 1]) is None
