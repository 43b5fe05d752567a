"""Compiler: a syntax tree to one closure, built once and run as often as wanted."""

from collections.abc import Callable
from typing import Any

from mtd.core.decision.feel import operators
from mtd.core.decision.feel.builtins import BUILTINS
from mtd.core.decision.feel.coercion import conforms
from mtd.core.decision.feel.errors import FeelSyntaxError
from mtd.core.decision.feel.evaluation import Frame, Rule
from mtd.core.decision.feel.functions import compile_call, compile_definition
from mtd.core.decision.feel.loops import compile_filter, compile_for, compile_quantified
from mtd.core.decision.feel.membership import (
    Test,
    any_test,
    compile_membership,
    compile_unary_test,
)
from mtd.core.decision.feel.parser import Tests
from mtd.core.decision.feel.properties import member
from mtd.core.decision.feel.tree import (
    Between,
    Call,
    Chain,
    Comparison,
    Conditional,
    Conjunction,
    ContextOf,
    Definition,
    Disjunction,
    Filter,
    For,
    InstanceOf,
    Interval,
    ListOf,
    Literal,
    Membership,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    Unary,
    measure,
)
from mtd.core.decision.feel.types import unconstrained
from mtd.core.decision.feel.values import Range, admitted

LEVELS_MAX = 200
"""Levels of a syntax tree."""

SIZE_MAX = 10_000
"""Nodes of a syntax tree."""


def compiled(root: Node) -> Rule:
    """The closure that evaluates a tree. Raises FeelSyntaxError when the tree is too large."""
    _check_extent(root)
    return _compile(root)


def compiled_tests(tests: Tests) -> Test:
    """The closure of unary tests. Raises FeelSyntaxError when one of their trees is too large."""
    for tree in tests.tests:
        _check_extent(tree)
    if not tests.tests:
        return lambda value, frame: True
    test = any_test([compile_unary_test(tree, _compile) for tree in tests.tests])
    return (lambda value, frame: _not(test(value, frame))) if tests.negated else test


def _check_extent(root: Node) -> None:
    size, levels = measure(root)
    if levels > LEVELS_MAX or size > SIZE_MAX:
        raise FeelSyntaxError("expected a smaller or less nested expression", 0)


def _compile(node: Node) -> Rule:
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Rule:
    value = node.value
    return lambda frame: value


def _name(node: Name) -> Rule:
    name = node.name
    otherwise = BUILTINS.get(name)

    def rule(frame: Frame) -> Any:
        scope: Frame | None = frame
        while scope is not None:
            value = scope.names.get(name, _MISSING)
            if value is not _MISSING:
                return admitted(value)
            scope = scope.outer
        return otherwise

    return rule


_MISSING: Any = object()


def _path(node: Path) -> Rule:
    target, name = _compile(node.target), node.member
    return lambda frame: member(target(frame), name, frame.run)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operators.add,
    "-": operators.subtract,
    "*": operators.multiply,
    "/": operators.divide,
    "**": operators.power,
}


def _chain(node: Chain) -> Rule:
    first = _compile(node.first)
    rest = [(_ARITHMETIC[operator], _compile(operand)) for operator, operand in node.rest]
    if len(rest) == 1:
        operate, second = rest[0]
        if operate is not operators.add:
            return lambda frame: operate(first(frame), second(frame))
        return lambda frame: frame.run.made(operate(first(frame), second(frame)))

    def rule(frame: Frame) -> Any:
        value = first(frame)
        for operate, operand in rest:
            value = frame.run.made(operate(value, operand(frame)))
        return value

    return rule


def _negation(node: Negation) -> Rule:
    operand = _compile(node.operand)
    if isinstance(node.operand, Literal):
        value = operators.negative(node.operand.value)
        return lambda frame: value
    return lambda frame: operators.negative(operand(frame))


def _comparison(node: Comparison) -> Rule:
    left, right = _compile(node.left), _compile(node.right)
    operator = node.operator
    if operator == "=":
        return lambda frame: operators.equal(left(frame), right(frame), frame.run)
    if operator == "!=":
        return lambda frame: _not(operators.equal(left(frame), right(frame), frame.run))
    satisfies, compare = operators.satisfies, operators.compare
    return lambda frame: satisfies(compare(left(frame), right(frame)), operator)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _between(node: Between) -> Rule:
    value, low, high = _compile(node.value), _compile(node.low), _compile(node.high)
    satisfies, compare = operators.satisfies, operators.compare

    def rule(frame: Frame) -> bool | None:
        given = value(frame)
        above = satisfies(compare(given, low(frame)), ">=")
        below = satisfies(compare(given, high(frame)), "<=")
        return None if above is None or below is None else above and below

    return rule


def _instance_of(node: InstanceOf) -> Rule:
    value, wanted = _compile(node.value), unconstrained(node.type)

    def rule(frame: Frame) -> bool:
        given = value(frame)
        return given is not None and conforms(given, wanted)

    return rule


def _logic(decisive: bool) -> Callable[[Any], Rule]:
    """`and` and `or` of three values: one decisive term decides (DMN 1.5 tables 49 and 50)."""

    def compile_logic(node: Conjunction | Disjunction) -> Rule:
        terms = [_compile(term) for term in node.terms]

        def rule(frame: Frame) -> bool | None:
            known = True
            for term in terms:
                value = term(frame)
                if value is decisive:
                    return decisive
                if value is not (not decisive):
                    known = False
            return (not decisive) if known else None

        return rule

    return compile_logic


def _conditional(node: Conditional) -> Rule:
    condition = _compile(node.condition)
    consequence, alternative = _compile(node.consequence), _compile(node.alternative)
    return lambda frame: (consequence if condition(frame) is True else alternative)(frame)


def _list(node: ListOf) -> Rule:
    items = [_compile(item) for item in node.items]
    return lambda frame: [item(frame) for item in items]


def _context(node: ContextOf) -> Rule:
    entries = [(key, _compile(value)) for key, value in node.entries]
    repeated = len({key for key, _ in entries}) < len(entries)

    def rule(frame: Frame) -> Any:
        made: dict[str, Any] = {}
        inside = Frame(made, frame, frame.run)
        for key, value in entries:
            made[key] = value(inside)
        return dict(made)

    return (lambda frame: None) if repeated else rule


def _interval(node: Interval) -> Rule:
    start, end = _compile(node.start), _compile(node.end)

    def rule(frame: Frame) -> Range | None:
        low, high = start(frame), end(frame)
        if low is not None and high is not None and (operators.compare(low, high) or 0) > 0:
            return None
        return Range(
            start=low,
            end=high,
            start_included=node.start_included,
            end_included=node.end_included,
        )

    return rule


def _unary(node: Unary) -> Rule:
    operand, operator = _compile(node.operand), node.operator
    included = operator in ("<=", ">=", "=")

    def rule(frame: Frame) -> Range:
        value = operand(frame)
        return Range(
            start=None if operator in ("<", "<=") else value,
            end=None if operator in (">", ">=") else value,
            start_included=included and operator != "<=",
            end_included=included and operator != ">=",
            comparison=operator,
        )

    return rule


_COMPILERS: dict[type, Callable[[Any], Rule]] = {
    Literal: _literal,
    Name: _name,
    Path: _path,
    Filter: lambda node: compile_filter(node, _compile),
    Call: lambda node: compile_call(node, _compile),
    Chain: _chain,
    Negation: _negation,
    Comparison: _comparison,
    Between: _between,
    Membership: lambda node: compile_membership(node, _compile),
    InstanceOf: _instance_of,
    Conjunction: _logic(decisive=False),
    Disjunction: _logic(decisive=True),
    Conditional: _conditional,
    For: lambda node: compile_for(node, _compile),
    Quantified: lambda node: compile_quantified(node, _compile),
    Definition: lambda node: compile_definition(node, _compile),
    ListOf: _list,
    ContextOf: _context,
    Interval: _interval,
    Unary: _unary,
}
