"""Functions: calling one, and defining one in the text (DMN 1.5 §10.3.2.13)."""

from collections.abc import Callable
from typing import Any

from mtd.core.decision.feel.builtins import BUILTINS
from mtd.core.decision.feel.calling import invoke
from mtd.core.decision.feel.evaluation import Frame, Rule, Run
from mtd.core.decision.feel.signature import call
from mtd.core.decision.feel.tree import (
    Call,
    ContextOf,
    Definition,
    ListOf,
    Literal,
    Name,
    Node,
    measure,
)
from mtd.core.decision.feel.types import ANY, Kind, Type
from mtd.core.decision.feel.values import Builtin, Function, kind

LEVELS_A_CALL = 3
"""What calling a function adds to the levels of its body."""


def compile_call(node: Call, compile_node: Callable[[Node], Rule]) -> Rule:
    """A call. A variable that holds no function does not hide the standard's of that name."""
    arguments = [compile_node(argument) for argument in node.arguments]
    names = node.names
    if names is not None and len(set(names)) < len(names):
        return lambda frame: None
    function = compile_node(node.function)
    standard = BUILTINS.get(node.function.name) if isinstance(node.function, Name) else None
    if standard is None:
        return lambda frame: invoke(
            function(frame), frame.run, [argument(frame) for argument in arguments], names
        )

    def rule(frame: Frame) -> Any:
        given = [argument(frame) for argument in arguments]
        found = function(frame)
        if isinstance(found, Function):
            return invoke(found, frame.run, given, names)
        chosen = found if isinstance(found, Builtin) else standard
        return call(chosen, frame.run, given, names)

    return rule


def compile_definition(node: Definition, compile_node: Callable[[Node], Rule]) -> Rule:
    """A function that sees the names in sight where it is defined; an external one gives null."""
    parameters = tuple(name for name, _ in node.parameters)
    types = tuple(type_ for _, type_ in node.parameters)
    if node.body is None or len(set(parameters)) < len(parameters):
        return lambda frame: None
    body, (size, levels) = compile_node(node.body), measure(node.body)
    result = _type_of(node.body)

    def rule(frame: Frame) -> Function:
        return define(parameters, types, result, body, frame, (size, levels))

    return rule


def define(
    parameters: tuple[str, ...],
    types: tuple[Type, ...],
    result: Type | None,
    body: Rule,
    around: Frame,
    extent: tuple[int, int],
) -> Function:
    """A function with that body, of so many nodes and levels, which sees the names `around`."""
    size, levels = extent[0] + 1, extent[1] + LEVELS_A_CALL

    def run_body(run: Run, arguments: tuple[Any, ...]) -> Any:
        run.spend(size)
        run.enter(levels)
        value = body(Frame(dict(zip(parameters, arguments, strict=True)), around, run))
        run.leave(levels)
        return value

    return Function(parameters, types, result, run_body)


def _type_of(node: Node) -> Type | None:
    """The type of what `node` gives, if the text alone tells."""
    if isinstance(node, Literal):
        return Type(kind=kind(node.value) or Kind.NULL)
    if isinstance(node, ListOf):
        return Type(kind=Kind.LIST)
    if isinstance(node, ContextOf):
        members = {key: _type_of(value) or ANY for key, value in node.entries}
        return Type(kind=Kind.CONTEXT, members=members)
    return None
