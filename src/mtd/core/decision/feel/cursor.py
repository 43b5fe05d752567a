"""Cursor: the parser's place among the tokens, and the names it knows there."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import lru_cache
from typing import NoReturn

from mtd.core.decision.feel.errors import FeelSyntaxError
from mtd.core.decision.feel.scanner import Sort, Token, name_parts, scan

DEPTH_MAX = 64
"""Expressions within expressions."""

NAME_PARTS_MAX = 30

KEYWORDS = frozenset(
    "and between else every false for function if in instance null or return satisfies some"
    " then true".split()
)

_Spellings = dict[str, list[tuple[tuple[str, ...], str]]]


class Vocabulary:
    """Names whose spelling the parser knows, by their first word."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._spellings: _Spellings = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know `name` from now on, unless it is one word, which needs no help."""
        parts = name_parts(name)
        if len(parts) > 1:
            self._spellings.setdefault(parts[0], []).append((parts, name))

    def longest(self, tokens: list[Token], at: int) -> tuple[int, str]:
        """How many tokens from `at` spell the longest known name, and that name."""
        found = (0, "")
        for parts, name in self._spellings.get(tokens[at].text, ()):
            window = tokens[at : at + len(parts)]
            if len(parts) > found[0] and tuple(t.text for t in window) == parts:
                found = (len(parts), name)
        return found


@lru_cache(maxsize=16)
def _vocabulary(names: frozenset[str] | tuple[str, ...]) -> Vocabulary:
    """That of one place, made once: a model has thousands of expressions, and as many names."""
    return Vocabulary(names)


class Cursor:
    """Reads tokens one after the other."""

    def __init__(self, text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> None:
        self.text = text
        self._tokens = scan(text)
        self._at = 0
        self._depth = 0
        self._members = _vocabulary(frozenset(members))
        self._scopes = [_vocabulary(tuple(names)), Vocabulary()]

    @property
    def token(self) -> Token:
        """The token to read next."""
        return self._tokens[self._at]

    @property
    def following(self) -> Token:
        """The token after that."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def at(self, *symbols: str) -> bool:
        """Whether the next token is one of these symbols or keywords."""
        token = self.token
        return token.text in symbols and token.sort in (Sort.SYMBOL, Sort.WORD)

    def take(self, *symbols: str) -> str:
        """Read the next token if it is one of these, and say which; else an empty text."""
        if not self.at(*symbols):
            return ""
        return self.next().text

    def next(self) -> Token:
        """Read the next token."""
        token = self.token
        self._at += token.sort is not Sort.END
        return token

    def expect(self, *symbols: str) -> str:
        """Read one of these symbols or keywords. Raises FeelSyntaxError."""
        return self.take(*symbols) or self.fail(" or ".join(symbols))

    def fail(self, expected: str) -> NoReturn:
        """Raises FeelSyntaxError: something else was expected here."""
        token = self.token
        found = "the end" if token.sort is Sort.END else repr(token.text[:40])
        raise FeelSyntaxError(f"expected {expected}, found {found}", token.position)

    def fail_at(self, token: Token, expected: str) -> NoReturn:
        """Raises FeelSyntaxError: something else was expected at `token`."""
        raise FeelSyntaxError(f"expected {expected}", token.position)

    @contextmanager
    def nested(self) -> Generator[None, None, None]:
        """An expression within another. Raises FeelSyntaxError when too many are."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise FeelSyntaxError(
                f"expected at most {DEPTH_MAX} expressions within one another", self.token.position
            )
        yield
        self._depth -= 1

    @contextmanager
    def scope(self) -> Generator[None, None, None]:
        """A place where more names are known."""
        self._scopes.append(Vocabulary())
        yield
        self._scopes.pop()

    def known(self, name: str) -> None:
        """Know `name` until the innermost scope ends."""
        self._scopes[-1].add(name)

    def spelled(self) -> bool:
        """Whether a known name of several parts comes next."""
        return any(v.longest(self._tokens, self._at)[0] for v in self._scopes)

    def names_argument(self) -> bool:
        """Whether the words that come next are followed by a colon."""
        words = max(self._words(), 1) if self.token.sort is Sort.WORD else 0
        return bool(words) and self._tokens[self._at + words].text == ":"

    def name(self) -> str:
        """A variable's name: the longest that is known, else all words up to the next symbol."""
        return self._name([*self._scopes])

    def member(self) -> str:
        """The name of a context's entry or a value's property."""
        return self._name([self._members, *self._scopes])

    def key(self, *ends: str) -> str:
        """A new name, of any spelling, up to one of the symbols `ends`."""
        parts: list[Token] = []
        while not (self.at(*ends) or self.token.sort is Sort.END) and len(parts) < NAME_PARTS_MAX:
            parts.append(self.next())
        if not parts or parts[0].sort is not Sort.WORD or not self.at(*ends):
            self.fail(f"a name and {' or '.join(ends)}")
        first, last = parts[0].position, self.token.position
        return " ".join(self.text[first:last].split())

    def _name(self, known: list[Vocabulary]) -> str:
        count, name = max(
            (v.longest(self._tokens, self._at) for v in known), key=lambda found: found[0]
        )
        words = self._words()
        if words > count:
            name = " ".join(t.text for t in self._tokens[self._at : self._at + words])
        elif not count:
            self.fail("a name")
        self._at += max(words, count)
        return name

    def _words(self) -> int:
        """How many tokens follow that can only be words of one name."""
        if self.token.sort is not Sort.WORD or self.token.text in KEYWORDS:
            return 0
        at = self._at + 1
        while self._joins(at) and at - self._at < NAME_PARTS_MAX:
            at += 1
        return at - self._at

    def _joins(self, at: int) -> bool:
        token = self._tokens[at]
        if token.sort is Sort.NUMBER:
            return token.text.isdigit()
        return token.sort is Sort.WORD and token.text not in KEYWORDS
