"""Parser: FEEL text to its syntax tree (DMN 1.5 §10.3.1.2)."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from mtd.core.decision.feel.errors import FeelSyntaxError
from mtd.core.decision.feel.phrases import COMPARISONS, Known, Phrases
from mtd.core.decision.feel.scanner import Sort, Token
from mtd.core.decision.feel.tree import (
    Between,
    Call,
    Chain,
    Comparison,
    Conjunction,
    Disjunction,
    Filter,
    InstanceOf,
    Membership,
    Negation,
    Node,
    Path,
    Unary,
)


class Tests(msgspec.Struct, frozen=True):
    """Unary tests: any of them must hold, or none if negated; no tests at all: always."""

    tests: tuple[Node, ...]
    negated: bool = False


def parse(text: str, known: Known) -> Node:
    """The tree of an expression. Raises FeelSyntaxError."""
    parser = _Parser(text, known)
    return _whole(parser, parser.expression)


def parse_tests(text: str, known: Known) -> Tests:
    """The tree of unary tests, such as a decision table's cell. Raises FeelSyntaxError."""
    parser = _Parser(text, known)
    return _whole(parser, parser.unary_tests)


_RANKS = {
    "or": 1,
    "and": 2,
    **dict.fromkeys((*COMPARISONS, "in", "between"), 3),
    **dict.fromkeys("+-", 4),
    **dict.fromkeys("*/", 5),
    "**": 6,
}
_COMPARISON, _ADDITIVE = 3, 4
_LINKS_MAX = 64
_Tree = TypeVar("_Tree")


class _Parser(Phrases):
    """Operators by rank, and what follows an operand."""

    def expression(self) -> Node:
        with self.nested():
            closing, self.closing = self.closing, False
            tree = self._operators(1)
            self.closing = closing
        return tree

    def endpoint(self) -> Node:
        with self.nested():
            return self._operators(_ADDITIVE)

    def unary_tests(self) -> Tests:
        """Comma-separated tests, `not(…)` of them, or `-`."""
        if self.at("-") and self.following.sort is Sort.END:
            self.next()
            return Tests(())
        if not (self.at("not") and self.following.text == "("):
            return Tests(self._tests())
        self.next()
        self.next()
        tests = self._tests()
        self.expect(")")
        return Tests(tests, negated=True)

    def _tests(self) -> tuple[Node, ...]:
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        return tuple(tests)

    def _operators(self, lowest: int) -> Node:
        tree = self._operand()
        for _ in range(_LINKS_MAX):
            rank = self._rank()
            if rank < lowest or not rank:
                return tree
            tree = self._comparison(tree) if rank == _COMPARISON else self._chain(tree, rank)
        self.fail(f"at most {_LINKS_MAX} comparisons in a row")

    def _rank(self) -> int:
        token = self.token
        return _RANKS.get(token.text, 0) if token.sort in (Sort.SYMBOL, Sort.WORD) else 0

    def _chain(self, first: Node, rank: int) -> Node:
        rest: list[tuple[str, Node]] = []
        while self._rank() == rank:
            rest.append((self.next().text, self._operators(rank + 1)))
        if rank >= _ADDITIVE:
            return Chain(first, tuple(rest))
        terms = (first, *(node for _, node in rest))
        return Conjunction(terms) if rest[0][0] == "and" else Disjunction(terms)

    def _comparison(self, left: Node) -> Node:
        operator = self.next().text
        if operator == "between":
            low = self._operators(_ADDITIVE)
            self.expect("and")
            return Between(left, low, self._operators(_ADDITIVE))
        if operator == "in":
            return Membership(left, self._membership())
        return Comparison(operator, left, self._operators(_ADDITIVE))

    def _membership(self) -> tuple[Node, ...]:
        operator = self.take(*COMPARISONS)
        if operator:
            return (Unary(operator, self._operators(_ADDITIVE)),)
        if not self.take("("):
            return (self._operators(_ADDITIVE),)
        tests = [self.test()]
        if self.take(".."):
            return (self.interval_to(tests[0], included=False),)
        while self.take(","):
            tests.append(self.test())
        self.expect(")")
        return tuple(tests)

    def _operand(self) -> Node:
        signs = 0
        while self.take("-"):
            signs += 1
        tree = self._postfix(self.primary())
        for _ in range(2 - signs % 2 if signs else 0):
            tree = Negation(tree)
        return tree

    def _postfix(self, tree: Node) -> Node:
        for _ in range(_LINKS_MAX):
            if self.take("."):
                tree = Path(tree, self.member())
            elif self.at("[") and not (self.closing and not _begins(self.following)):
                self.next()
                tree = Filter(tree, self.expression())
                self.expect("]")
            elif self.take("("):
                tree = self._call(tree)
            elif self.at("instance") and self.following.text == "of":
                self.next()
                self.next()
                tree = InstanceOf(tree, self.type())
            else:
                return tree
        self.fail(f"at most {_LINKS_MAX} parts in a path")

    def _call(self, function: Node) -> Node:
        arguments: list[Node] = []
        names: list[str] = []
        while not self.at(")"):
            if self.names_argument() and len(names) == len(arguments):
                names.append(self.key(":"))
                self.expect(":")
            elif names:
                self.fail("the name of an argument")
            arguments.append(self.expression())
            if not self.take(","):
                break
        self.expect(")")
        return Call(function, tuple(arguments), tuple(names) or None)


def _begins(token: Token) -> bool:
    """Whether an expression may begin with `token`."""
    if token.sort is Sort.SYMBOL:
        return token.text in "([{@-"
    return token.sort is not Sort.END and (token.sort is not Sort.WORD or token.text not in _AFTER)


_AFTER = frozenset("and or in between instance then else return satisfies".split())


def _whole(parser: _Parser, part: Callable[[], _Tree]) -> _Tree:
    """The tree of `part`, which must be all of the text."""
    try:
        tree = part()
    except RecursionError:
        raise FeelSyntaxError("expected fewer expressions within one another", 0) from None
    if parser.token.sort is not Sort.END:
        parser.fail("an operator or the end")
    return tree
