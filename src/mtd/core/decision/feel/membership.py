"""Membership: `in`, and the unary tests of a decision table's cells (DMN 1.5 §10.3.2.8)."""

from collections.abc import Callable, Iterable
from typing import Any

from mtd.core.decision.feel import operators
from mtd.core.decision.feel.evaluation import Frame, Rule
from mtd.core.decision.feel.tree import Membership, Node, Unary, mentions

INPUT = "?"
"""The name under which a test may speak of the value it tests."""

Test = Callable[[Any, Frame], bool | None]
"""Whether a value passes; null if that cannot be said."""


def compile_membership(node: Membership, compile_node: Callable[[Node], Rule]) -> Rule:
    """`value in (test, …)`."""
    value = compile_node(node.value)
    test = any_test([_test(one, compile_node) for one in node.tests])
    return lambda frame: test(value(frame), frame)


def compile_unary_test(node: Node, compile_node: Callable[[Node], Rule]) -> Test:
    """One of a cell's tests: a comparison, a value to be equal to, or a condition.

    An expression that speaks of `?`, or gives true or false for a value that is neither, is
    a condition; any other gives what the value is looked up in.
    """
    if isinstance(node, Unary) or not mentions(node, INPUT):
        return _test(node, compile_node, conditions=True)
    condition = compile_node(node)
    return lambda value, frame: _boolean(condition(frame))


def any_test(tests: list[Test]) -> Test:
    """Whether any of `tests` passes."""
    if len(tests) == 1:
        return tests[0]

    def test(value: Any, frame: Frame) -> bool | None:
        return any_of(one(value, frame) for one in tests)

    return test


def any_of(results: Iterable[bool | None]) -> bool | None:
    """`or` of three values."""
    found: bool | None = False
    for result in results:
        if result:
            return True
        if result is None:
            found = None
    return found


def _test(node: Node, compile_node: Callable[[Node], Rule], *, conditions: bool = False) -> Test:
    if isinstance(node, Unary):
        return _comparison(node.operator, compile_node(node.operand))
    tested = compile_node(node)
    within = operators.within
    if not conditions:
        return lambda value, frame: within(value, tested(frame), frame.run)

    def test(value: Any, frame: Frame) -> bool | None:
        result = tested(frame)
        if isinstance(result, bool) and not isinstance(value, bool):
            return result
        return within(value, result, frame.run)

    return test


def _comparison(operator: str, operand: Rule) -> Test:
    satisfies, compare, equal = operators.satisfies, operators.compare, operators.equal
    if operator == "=":
        return lambda value, frame: equal(value, operand(frame), frame.run)
    if operator == "!=":
        return lambda value, frame: _not(equal(value, operand(frame), frame.run))
    return lambda value, frame: satisfies(compare(value, operand(frame)), operator)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
