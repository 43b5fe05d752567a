"""Phrases: the parts of FEEL's grammar that begin with a word or bracket of their own."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

import msgspec

from mtd.core.decision.feel.cursor import KEYWORDS, Cursor
from mtd.core.decision.feel.numbers import literal
from mtd.core.decision.feel.scanner import Sort
from mtd.core.decision.feel.temporal import parse_any
from mtd.core.decision.feel.tree import (
    Conditional,
    ContextOf,
    Definition,
    For,
    Interval,
    Iterator,
    ListOf,
    Literal,
    Name,
    Node,
    Quantified,
    Unary,
)
from mtd.core.decision.feel.types import ANY, NAMED, Kind, Type

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class Known(msgspec.Struct, frozen=True):
    """What the place of an expression tells about it."""

    names: Iterable[str] = ()
    """Variables, needed where a name holds more than words, such as `a-b` or `in and out`."""
    members: Iterable[str] = ()
    """The same for entries of contexts, after a point."""
    types: Mapping[str, Type] = {}
    """Types that `instance of` may name beside the standard's."""


class Phrases(Cursor, ABC):
    """A cursor that reads whole phrases."""

    def __init__(self, text: str, known: Known) -> None:
        super().__init__(text, (*_SPELLED, *known.names), known.members)
        self._types = known.types
        self.closing = False
        """Whether a `[` that comes next may close an interval."""

    @abstractmethod
    def expression(self) -> Node:
        """Any expression."""

    @abstractmethod
    def endpoint(self) -> Node:
        """An expression without logic and comparison."""

    def primary(self) -> Node:
        """An expression that is not made of operators."""
        token = self.token
        if token.sort is Sort.NUMBER:
            return Literal(literal(self.next().text))
        if token.sort is Sort.STRING:
            return Literal(self.next().text)
        if token.sort is Sort.WORD:
            if token.text in KEYWORDS and not self.spelled():
                return self._keyword()
            return Name(self.name())
        if self.at("@"):
            return self._at_literal()
        if self.at("{"):
            return self._context()
        if self.at("("):
            return self._parenthesis()
        if self.at("[", "]"):
            return self._list()
        self.fail("an expression")

    def test(self) -> Node:
        """A comparison with a value that is not written, or an expression."""
        operator = self.take(*COMPARISONS)
        return Unary(operator, self.endpoint()) if operator else self.expression()

    def type(self) -> Type:
        """A type (DMN 1.5 §10.3.1.2 rule 54)."""
        with self.nested():
            word = self.token.text
            if word in _GENERIC and self.following.text == "<":
                self.next()
                self.next()
                return self._generic(word)
            position = self.token
            name = self.name()
            while self.take("."):
                name = f"{name}.{self.member()}"
            found = self._types.get(name) or NAMED.get(name)
            if found is None:
                self.fail_at(position, f"a type, found {name!r}")
            return found

    def interval_to(self, start: Node, *, included: bool) -> Node:
        """The rest of an interval, after its `..`."""
        closing, self.closing = self.closing, True
        end = self.endpoint()
        self.closing = closing
        bracket = self.expect("]", ")", "[")
        return Interval(start, end, included, bracket == "]")

    def _keyword(self) -> Node:
        match self.token.text:
            case "if":
                return self._conditional()
            case "for":
                return self._for()
            case "some" | "every":
                return self._quantified()
            case "function":
                return self._definition()
            case "true" | "false" | "null":
                return Literal({"true": True, "false": False, "null": None}[self.next().text])
            case _:
                self.fail("an expression")

    def _conditional(self) -> Node:
        self.next()
        condition = self.expression()
        self.expect("then")
        consequence = self.expression()
        self.expect("else")
        return Conditional(condition, consequence, self.expression())

    def _for(self) -> Node:
        self.next()
        with self.scope():
            self.known("partial")
            iterators = self._iterators()
            self.expect("return")
            return For(iterators, self.expression())

    def _quantified(self) -> Node:
        every = self.next().text == "every"
        with self.scope():
            iterators = self._iterators()
            self.expect("satisfies")
            return Quantified(every, iterators, self.expression())

    def _iterators(self) -> tuple[Iterator, ...]:
        found: list[Iterator] = []
        while True:
            name = self.key("in")
            self.expect("in")
            domain = self.expression()
            end = self.expression() if self.take("..") else None
            self.known(name)
            found.append(Iterator(name, domain, end))
            if not self.take(","):
                return tuple(found)

    def _definition(self) -> Node:
        self.next()
        self.expect("(")
        with self.scope():
            parameters: list[tuple[str, Type]] = []
            while not self.at(")"):
                name = self.key(":", ",", ")")
                self.known(name)
                parameters.append((name, self.type() if self.take(":") else ANY))
                if not self.take(","):
                    break
            self.expect(")")
            external = self.at("external") and self.following.text == "{"
            if external:
                self.next()
            body = self.expression()
        return Definition(tuple(parameters), None if external else body)

    def _at_literal(self) -> Node:
        at = self.next()
        value = parse_any(self.token.text) if self.token.sort is Sort.STRING else None
        if value is None:
            self.fail_at(at, "a date, time, date and time or duration after @")
        self.next()
        return Literal(value)

    def _context(self) -> Node:
        self.next()
        entries: list[tuple[str, Node]] = []
        with self.scope():
            while not self.at("}"):
                string = self.token.sort is Sort.STRING
                key = self.next().text if string else self.key(":")
                self.expect(":")
                entries.append((key, self.expression()))
                self.known(key)
                if not self.take(","):
                    break
            self.expect("}")
        return ContextOf(tuple(entries))

    def _parenthesis(self) -> Node:
        self.next()
        inner = self.test()
        if self.take(".."):
            return self.interval_to(inner, included=False)
        self.expect(")")
        return inner

    def _list(self) -> Node:
        bracket = self.next().text
        items: list[Node] = []
        while bracket == "]" or not self.at("]"):
            items.append(self.expression())
            if len(items) == 1 and self.take(".."):
                return self.interval_to(items[0], included=bracket == "[")
            if bracket == "]":
                self.fail("..")
            if not self.take(","):
                break
        self.expect("]")
        return ListOf(tuple(items))

    def _generic(self, word: str) -> Type:
        kind = Kind(word)
        if kind is Kind.CONTEXT:
            return self._context_type()
        inner: list[Type] = []
        while not self.at(">"):
            inner.append(self.type())
            if not self.take(","):
                break
        self.expect(">")
        if kind is Kind.FUNCTION:
            self.expect("->")
            return Type(kind=kind, parameters=tuple(inner), result=self.type())
        if len(inner) != 1:
            self.fail(f"one type within {word}<…>")
        return Type(kind=kind, item=inner[0])

    def _context_type(self) -> Type:
        members: dict[str, Type] = {}
        while not self.at(">"):
            name = self.key(":")
            self.expect(":")
            members[name] = self.type()
            if not self.take(","):
                break
        self.expect(">")
        return Type(kind=Kind.CONTEXT, members=members)


_GENERIC = frozenset({"list", "range", "context", "function"})
_SPELLED = ("date and time", "years and months duration", "days and time duration")
"""Names of the standard that hold a keyword."""
