"""FEEL, the expression language of DMN 1.5 (§10.3), on exact decimals.

An expression is compiled once to closures and evaluated as often as wanted. Nothing in it can
read a clock, touch a file, see into a Python object, or run for longer than its budget allows.
What the standard calls an error of evaluation gives null, as the standard says.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mtd.core.decision.feel.compiler import compiled, compiled_tests
from mtd.core.decision.feel.errors import FeelError, FeelSyntaxError
from mtd.core.decision.feel.evaluation import STEPS_MAX, Frame, Rule, Run, check_size
from mtd.core.decision.feel.membership import INPUT, Test
from mtd.core.decision.feel.names import free_names
from mtd.core.decision.feel.parser import parse, parse_tests
from mtd.core.decision.feel.phrases import Known
from mtd.core.decision.feel.types import Type
from mtd.core.decision.feel.values import Range, YearsMonthsDuration

__all__ = [
    "STEPS_MAX",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Range",
    "UnaryTests",
    "YearsMonthsDuration",
    "compile_expression",
    "compile_unary_tests",
]


class Expression:
    """A compiled expression."""

    __slots__ = ("_rule", "names", "text")

    def __init__(self, text: str, rule: Rule, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        """The variables it takes from the context."""
        self._rule = rule

    def evaluate(self, context: Mapping[str, Any], now: datetime) -> Any:
        """The value over the variables of `context`, at `now`.

        Raises FeelError only when a budget is exceeded: steps, depth, or size of the result.
        """
        frame = Frame(context, None, Run(now))
        try:
            value = self._rule(frame)
        except RecursionError:
            raise _too_deep() from None
        if type(value) in _SIZED:
            check_size(value)
        return value

    def run(self, frame: Frame) -> Any:
        """The value within an evaluation under way, on its budget."""
        return self._rule(frame)


class UnaryTests:
    """Compiled unary tests, such as `< 10, [20..30]` or `not("a", "b")`."""

    __slots__ = ("_test", "names", "text")

    def __init__(self, text: str, test: Test, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        self._test = test

    def matches(self, value: Any, context: Mapping[str, Any], now: datetime) -> bool | None:
        """Whether `value` passes; null if that cannot be said. Raises FeelError as above."""
        return self.run(value, Frame(context, None, Run(now)))

    def run(self, value: Any, frame: Frame) -> bool | None:
        """The same within an evaluation under way, on its budget."""
        try:
            return self._test(value, Frame({INPUT: value}, frame, frame.run))
        except RecursionError:
            raise _too_deep() from None


def compile_expression(
    text: str,
    *,
    names: Iterable[str] = (),
    members: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
) -> Expression:
    """The expression that `text` writes.

    `names` and `members` are variables and entries of contexts that are spelled with more than
    words and spaces, such as `net-price` or `in and out`; others need not be told. `types` are
    those that `instance of` may name beside the standard's. Raises FeelSyntaxError.
    """
    tree = parse(text, Known(names, members, types or {}))
    return Expression(text, compiled(tree), free_names(tree))


def compile_unary_tests(
    text: str,
    *,
    names: Iterable[str] = (),
    members: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
) -> UnaryTests:
    """The unary tests that `text` writes; the rest is as for `compile_expression`."""
    tests = parse_tests(text, Known(names, members, types or {}))
    found = frozenset[str]().union(*(free_names(tree) for tree in tests.tests))
    return UnaryTests(text, compiled_tests(tests), found - {INPUT})


_SIZED = frozenset({str, list, dict})


def _too_deep() -> FeelError:
    return FeelError("the expression calls functions within functions too deeply")
