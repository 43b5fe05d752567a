"""Decision tables: every hit policy, and errors that name the cell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.decision import DecisionError, compile_model, faults, read_dmn
from tests.core.decision.models import NOW, decide, decision, definitions, input_data, table

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
