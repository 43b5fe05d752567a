"""The syntax tree of FEEL: what the parser makes and the compiler reads."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from mtd.core.decision.feel.types import Type


class _Node(msgspec.Struct, frozen=True):
    """A piece of an expression."""


class Literal(_Node, frozen=True):
    """A value as written."""

    value: Any


class Name(_Node, frozen=True):
    """A variable, parameter or function, looked up from the inside out."""

    name: str


class Path(_Node, frozen=True):
    """`target.member`."""

    target: Node
    member: str


class Filter(_Node, frozen=True):
    """`target[condition]`."""

    target: Node
    condition: Node


class Call(_Node, frozen=True):
    """A function with arguments by position or by name."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None
    """The parameters that the arguments are for; None: by position."""


class Chain(_Node, frozen=True):
    """Operands of arithmetic operators of one rank, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


class Negation(_Node, frozen=True):
    """`-operand`."""

    operand: Node


class Comparison(_Node, frozen=True):
    """`left operator right`."""

    operator: str
    left: Node
    right: Node


class Between(_Node, frozen=True):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


class Membership(_Node, frozen=True):
    """`value in (test, …)`."""

    value: Node
    tests: tuple[Node, ...]


class InstanceOf(_Node, frozen=True):
    """`value instance of type`."""

    value: Node
    type: Type


class Conjunction(_Node, frozen=True):
    """`a and b and …`."""

    terms: tuple[Node, ...]


class Disjunction(_Node, frozen=True):
    """`a or b or …`."""

    terms: tuple[Node, ...]


class Conditional(_Node, frozen=True):
    """`if condition then consequence else alternative`."""

    condition: Node
    consequence: Node
    alternative: Node


class Iterator(_Node, frozen=True):
    """`name in domain`, or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None


class For(_Node, frozen=True):
    """`for … return body`."""

    iterators: tuple[Iterator, ...]
    body: Node


class Quantified(_Node, frozen=True):
    """`every … satisfies condition`, or `some …`."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


class Definition(_Node, frozen=True):
    """`function(parameter: type, …) body`; without a body when it is external."""

    parameters: tuple[tuple[str, Type], ...]
    body: Node | None


class ListOf(_Node, frozen=True):
    """`[item, …]`."""

    items: tuple[Node, ...]


class ContextOf(_Node, frozen=True):
    """`{key: value, …}`; an entry sees those before it."""

    entries: tuple[tuple[str, Node], ...]


class Interval(_Node, frozen=True):
    """`[start..end]`."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


class Unary(_Node, frozen=True):
    """`< operand`: a test of a value that is not written, or the range of all that pass it."""

    operator: str
    operand: Node


Node = (
    Literal
    | Name
    | Path
    | Filter
    | Call
    | Chain
    | Negation
    | Comparison
    | Between
    | Membership
    | InstanceOf
    | Conjunction
    | Disjunction
    | Conditional
    | For
    | Quantified
    | Definition
    | ListOf
    | ContextOf
    | Interval
    | Unary
)


def children(node: Node) -> list[Node]:
    """The nodes directly within `node`, in the order of the text."""
    found: list[Node] = []
    waiting: list[Any] = [getattr(node, field) for field in reversed(node.__struct_fields__)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting.extend(reversed(cast("tuple[Any, ...]", part)))
        elif isinstance(part, Iterator):
            waiting.extend((part.end, part.domain))
        elif isinstance(part, _Node):
            found.append(part)  # pyright: ignore[reportArgumentType]
    return found


def measure(root: Node) -> tuple[int, int]:
    """How many nodes a tree has, and how many levels."""
    size = depth = 0
    waiting = [(root, 1)]
    while waiting:
        node, level = waiting.pop()
        size += 1
        depth = max(depth, level)
        waiting.extend((child, level + 1) for child in children(node))
    return size, depth


def mentions(root: Node, name: str) -> bool:
    """Whether a name occurs in a tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name) and node.name == name:
            return True
        waiting.extend(children(node))
    return False
