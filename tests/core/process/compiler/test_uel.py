"""Java's conditions put into FEEL: what they mean there, and what is refused in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mtd.core.decision.feel import compile_expression
from mtd.core.process.compiler.uel import Untranslatable, feel

NOW = datetime(2026, 11, 27, tzinfo=UTC)
DMN = '<d:literalExpression xmlns:d="d" id="x"><d:text>{}</d:text></d:literalExpression>'


@pytest.mark.parametrize(
    ("text", "variables", "value"),
    [
        ("${input == 1}", {"input": 1}, True),
        ("${input == 1}", {"input": 2}, False),
        ("${amount >= 100 && currency == 'CLP'}", {"amount": 100, "currency": "CLP"}, True),
        ("#{a || b and c}", {"a": False, "b": True, "c": False}, False),
        ("${x gt 5 or not y}", {"x": 5, "y": False}, True),
        ("${!(x > 5)}", {"x": None}, True),
        ("${a != null}", {"a": 0}, True),
        ("${a ? b : c}", {"a": False, "b": 1, "c": 2}, 2),
        ('${empty name ? "nobody" : name}', {"name": ""}, "nobody"),
        ("${1 + 2 * 3 - 4 / 2}", {}, 5),
        ("${-(2 - 5)}", {}, 3),
        ("${order.total > order.limit}", {"order": {"total": 3, "limit": 2}}, True),
        ("${lines[0]}", {"lines": ["first", "second"]}, "first"),
        ('test.contains("a")', {"test": "bac"}, True),
        ('!test.contains("a")', {"test": "bac"}, False),
        ("${roles.contains('agent')}", {"roles": ["clerk", "agent"]}, True),
        ("${name.startsWith('A') && name.endsWith(\"z\")}", {"name": "Abz"}, True),
        ("${name.toLowerCase().equals('ana')}", {"name": "ANA"}, True),
        ("${list.isEmpty()}", {"list": []}, True),
        ("${list.size() == 2}", {"list": [1, 2]}, True),
        ("${execution.getVariable('x') == 3}", {"x": 3}, True),
        (r"${name == 'O\'Higgins'}", {"name": "O'Higgins"}, True),
        ("= x > 5", {"x": 6}, True),
        ("x > 5 and x < 9", {"x": 6}, True),
        ('contains(x, "==")', {"x": "a==b"}, True),
        ("bpmn:getDataObject('clarified') = 'yes'", {"clarified": "yes"}, True),
        (
            "not(getDataObject(\"a\")) and getDataObject( 'b' ) = true()",
            {"a": False, "b": True},
            True,
        ),
        ("getDataObject('a') >= 2 or getDataObject('a') = false()", {"a": 2}, True),
        (DMN.format("a.b[1] &gt; 2"), {"a": {"b": [3]}}, True),
    ],
)
def test_it_means_the_same_in_feel(text: str, variables: dict[str, Any], value: Any) -> None:
    assert compile_expression(feel(text)).evaluate(variables, NOW) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${bean.decide()}", "it calls bean.decide(), code of another engine"),
        ("${now()}", "it calls now(), code of another engine"),
        ("count(getDataObject('a')) > 1", "it calls count(), which is XPath: say it in FEEL"),
        ("${list.get(0)}", "it calls list.get()"),
        ("${vars:equals(x, 1)}", "it calls vars:equals(), code of another engine"),
        ("bpmn:getDataOutput('a')/n:total", "it calls bpmn:getDataOutput(), which is XPath"),
        ("Hello ${name}", "write one expression"),
        ("${a", "write one expression"),
        ("${a b}", "'b' is not expected there"),
        ("${(a}", "')' is missing"),
        ("${a ==}", "it ends too soon"),
        ("${a ? 1}", "':' is missing"),
        ("${a @ b}", "'@ b' is not understood"),
        ("${map[key]}", "a list is read by a number"),
        ("${" + "(" * 99 + "a" + ")" * 99 + "}", "nested deeper than 64 levels"),
    ],
)
def test_what_feel_has_no_word_for_is_refused(text: str, words: str) -> None:
    with pytest.raises(Untranslatable) as refused:
        feel(text)
    assert words in str(refused.value)
