"""Decision tables: every hit policy, and errors that name the cell."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.decision import DecisionError, compile_model, faults, read_dmn
from tests.core.decision.models import (
    NOW,
    decide,
    decision,
    definitions,
    input_data,
    literal,
    table,
)

RULES = [
    (["< 10"], ['"low"', "1"]),
    (["[5..20]"], ['"middle"', "2"]),
    (["> 15"], ['"high"', "3"]),
    (["7"], ['"middle"', "2"]),
]


def result(policy: str, x: Any, output: int = 0, values: str = "", rules: Any = RULES) -> Any:
    rows = [(cells, [outputs[output]]) for cells, outputs in rules]
    spec = [f"{'result' if values else ''}{': ' + values if values else ''}"]
    parts = [input_data("x"), decision("d", table(policy, ["x"], rows, spec), requires=["x"])]
    return decide(parts, "d", x=x)


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("UNIQUE", 3, "low"),
        ("UNIQUE", 25, "high"),
        ("UNIQUE", None, None),
        ("FIRST", 7, "low"),
        ("FIRST", 18, "middle"),
        ("RULE ORDER", 7, ["low", "middle", "middle"]),
        ("COLLECT", 18, ["middle", "high"]),
        ("COLLECT", None, None),
    ],
)
def test_single_hits_and_lists(policy: str, x: Any, expected: Any) -> None:
    assert result(policy, x) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("SUM", 5), ("MIN", 1), ("MAX", 2), ("COUNT", 3)],
)
def test_collected_and_aggregated(policy: str, expected: int) -> None:
    assert result(f"COLLECT {policy}", 7, output=1) == expected


def test_by_rank_of_output() -> None:
    values = '"high", "middle", "low"'
    assert result("PRIORITY", 7, values=values) == "middle"
    assert result("OUTPUT ORDER", 7, values=values) == ["middle", "middle", "low"]


def test_any_wants_one_result() -> None:
    agreeing = [(["< 10"], ["1"]), (["< 20"], ["1"]), (["< 5"], ["2"])]
    assert result("ANY", 7, rules=agreeing) == 1
    with pytest.raises(DecisionError, match=r"^d: rules 1, 2, 3 match but give different"):
        result("ANY", 3, rules=agreeing)


def test_unique_says_which_rules_overlap() -> None:
    with pytest.raises(DecisionError, match=r"^d: rules 1, 2, 4 match at once"):
        result("UNIQUE", 7)


def test_several_outputs_make_a_context_and_defaults_fill_in() -> None:
    logic = table(
        "FIRST",
        ["x", "y"],
        [(['"a"', "-"], ["1", "x"]), (["-", ""], ["2", "null"])],
        ["n", "s: = "],
    )
    parts = [input_data("x"), input_data("y"), decision("d", logic, requires=["x", "y"])]
    assert decide(parts, "d", x="a") == {"n": 1, "s": "a"}
    assert decide(parts, "d", x="b") == {"n": 2, "s": None}
    without = table("UNIQUE", ["x"], [(["1"], ["2"])], ['result: 1, 2 = "none"'])
    parts = [input_data("x"), decision("d", without, requires=["x"])]
    assert decide(parts, "d", x=9) == "none"


def test_all_faults_are_told_at_once_with_rule_and_column() -> None:
    rules = [(["<", "1"], ["2"]), (["3", "x y) "], ["1 +"]), (["1"], ["1"])]
    model = read_dmn(
        definitions(
            input_data("x"), decision("Risk", table("PRIORITY", ["x", "y"], rules), requires=["x"])
        )
    )
    told = [str(fault) for fault in faults(model)]
    assert [t.split(": expected")[0] for t in told[:3]] == [
        "Risk, rule 1, input «x»",
        "Risk, rule 2, input «y»",
        "Risk, rule 2, output",
    ]
    assert "rule does not have a cell for each column" in told[3]
    assert "needs output values in order" in told[4]
    assert all("(line " in t for t in told)
    with pytest.raises(DecisionError, match="Risk: hit policy P needs"):
        compile_model(model).evaluate("Risk", {"x": 1}, NOW)
    with pytest.raises(DecisionError, match="d, rule 1, input «x»: expected"):
        result("FIRST", 1, rules=[(["<"], ["2"])])


ITEMS = [{"price": Decimal("5.5"), "count": 2}, {"price": 7, "count": 1}]
COUNTED: list[tuple[str, Any]] = [
    ("count(items)", 2),
    ("sum(items.price)", Decimal("12.5")),
    ("min(items.price)", Decimal("5.5")),
    ("max(items.price)", 7),
    ("mean(items.count)", Decimal("1.5")),
    ("count(items[price > 6])", 1),
    ("sum(for i in items return i.price * i.count)", 18),
]


@pytest.mark.parametrize("drawn", [True, False], ids=["inputs drawn", "inputs not drawn"])
@pytest.mark.parametrize(("feel", "value"), COUNTED)
def test_lists_are_counted_wherever_expressions_stand(feel: str, value: Any, drawn: bool) -> None:
    """Whatever the inputs are called; what many modellers draw has no input data at all."""
    needs = ["items", "count"] if drawn else []
    inputs = [input_data(name) for name in needs]

    def given(logic: str) -> Any:
        return decide([*inputs, decision("d", logic, requires=needs)], "d", items=ITEMS, count=9)

    assert given(table("UNIQUE", ["count"], [(["9"], [feel])])) == value
    assert given(table("UNIQUE", [feel], [([str(value)], ['"this"'])])) == "this"
    assert given(table("UNIQUE", ["count"], [([f"> {feel}"], ["1"])])) == (1 if value < 9 else None)
    assert given(table("COLLECT SUM", ["count"], [(["9"], [feel]), (["> 1"], [feel])])) == 2 * value
    assert given(table("COLLECT MAX", ["count"], [(["9"], [feel]), (["9"], ["0"])])) == value
    assert given(table("COLLECT COUNT", ["count"], [(["9"], [feel])] * 3)) == 3
    assert given(f"<list>{literal(feel)}</list>") == [value]
    entry = f'<contextEntry><variable name="sum"/>{literal(feel)}</contextEntry>'
    assert given(f"<context>{entry}</context>") == {"sum": value}


def test_where_inputs_are_drawn_only_what_is_required_is_seen() -> None:
    parts = [input_data("x"), decision("d", literal("y"), requires=["x"])]
    assert decide(parts, "d", x=1, y=2) is None


MISSHAPEN: list[tuple[str, list[str], tuple[list[str], list[str]], str]] = [
    ("UNIQUE", [""], (["1", "2"], ["1"]), "rule 1: the rule does not have a cell"),
    ("UNIQUE", [""], (["1"], []), "rule 1: the rule does not have a cell"),
    ("COLLECT SUM", [], (["1"], []), "no output"),
    ("COLLECT SUM", ["a", "b"], (["1"], ["1", "2"]), "cannot be aggregated"),
    ("FIRST", ["a", ""], (["1"], ["1", "2"]), "no name"),
    ("PRIORITY", [""], (["1"], ["1"]), "needs output values"),
]


@pytest.mark.parametrize(("policy", "outputs", "row", "message"), MISSHAPEN)
def test_a_table_of_the_wrong_shape_fails(
    policy: str, outputs: list[str], row: tuple[list[str], list[str]], message: str
) -> None:
    parts = [input_data("x"), decision("d", table(policy, ["x"], [row], outputs), requires=["x"])]
    with pytest.raises(DecisionError, match=message):
        decide(parts, "d", x=1)


def test_a_cell_that_costs_too_much_is_named() -> None:
    loop = "(for i in 1..1000000 return i)[1]"
    with pytest.raises(DecisionError, match=r"^d, rule 2, input «x»: .*more steps"):
        result("FIRST", 1, rules=[(["2"], ["1"]), ([loop], ["2"])])
    with pytest.raises(DecisionError, match=r"^d, rule 1, output: .*more steps"):
        result("FIRST", 1, rules=[(["1"], [loop])])


def test_first_looks_no_further() -> None:
    loop = "(for i in 1..1000000 return i)[1]"
    assert result("FIRST", 1, rules=[(["1"], ["1"]), ([loop], ["2"])]) == 1


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8))
def test_policies_agree_with_one_another(bounds: list[tuple[int, int]]) -> None:
    rules = [([f"[{a}..{a + b}]"], [str(n)]) for n, (a, b) in enumerate(bounds)]
    hits = [n for n, (a, b) in enumerate(bounds) if a <= 10 <= a + b]
    assert result("RULE ORDER", 10, rules=rules) == (hits or None)
    assert result("FIRST", 10, rules=rules) == (hits[0] if hits else None)
    assert result("COLLECT COUNT", 10, rules=rules) == len(hits)
    assert result("COLLECT SUM", 10, rules=rules) == (sum(hits) if hits else None)
    assert result("COLLECT MAX", 10, rules=rules) == (max(hits) if hits else None)
