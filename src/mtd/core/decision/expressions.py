"""Expressions: the boxes of a model to closures (DMN 1.5 §10.2)."""

from collections.abc import Callable
from typing import Any

from mtd.core.decision.feel.calling import invoke
from mtd.core.decision.feel.evaluation import Frame, Rule
from mtd.core.decision.feel.functions import define
from mtd.core.decision.feel.loops import Step, filter_rule, for_rule, quantified_rule
from mtd.core.decision.model import (
    Boxed,
    BoxedConditional,
    BoxedContext,
    BoxedFilter,
    BoxedIteration,
    BoxedList,
    DecisionTable,
    FunctionDefinition,
    Invocation,
    LiteralExpression,
    Relation,
)
from mtd.core.decision.place import Place, null, typed
from mtd.core.decision.tables import compile_table

WEIGHT = 10
"""What a turn of a boxed loop, or a call of a boxed function, costs in steps and levels."""


def compile_box(box: Boxed | None, place: Place) -> Rule:
    """The rule of a box, its value made to fit the box's type. An empty box gives null."""
    if box is None:
        return null
    rule = _COMPILERS[type(box)](box, place)
    return typed(rule, place.type(box.type_ref, box.line))


def _literal(box: LiteralExpression, place: Place) -> Rule:
    return place.expression(box)


def _context(box: BoxedContext, place: Place) -> Rule:
    entries: list[tuple[str, Rule]] = []
    result: Rule | None = None
    for number, entry in enumerate(box.entries, 1):
        if entry.variable is None:
            result = compile_box(entry.value, place.within(f"entry {number}"))
            continue
        name = entry.variable.name
        inside = place.within(f"entry «{name}»")
        rule = compile_box(entry.value, inside.knowing(name))
        wanted = inside.type(entry.variable.type_ref, entry.line)
        entries.append((name, typed(rule, wanted)))
        place = place.knowing(name)

    def rule_of_context(frame: Frame) -> Any:
        made: dict[str, Any] = {}
        inside = Frame(made, frame, frame.run)
        for name, rule in entries:
            made[name] = rule(inside)
        return dict(made) if result is None else result(inside)

    return rule_of_context


def _list(box: BoxedList, place: Place) -> Rule:
    items = [compile_box(item, place.within(f"item {n}")) for n, item in enumerate(box.items, 1)]
    return lambda frame: [item(frame) for item in items]


def _relation(box: Relation, place: Place) -> Rule:
    columns = [(c.name, place.type(c.type_ref, c.line)) for c in box.columns]
    rows: list[list[tuple[str, Rule]]] = []
    for number, row in enumerate(box.rows, 1):
        if len(row) != len(columns):
            place.fault(f"row {number} has {len(row)} cells, not {len(columns)}", box.line)
        cells: list[tuple[str, Rule]] = []
        for (name, wanted), cell in zip(columns, row, strict=False):
            rule = compile_box(cell, place.within(f"row {number}, column «{name}»"))
            cells.append((name, typed(rule, wanted)))
        rows.append(cells)
    return lambda frame: [{name: rule(frame) for name, rule in row} for row in rows]


def _invocation(box: Invocation, place: Place) -> Rule:
    function = compile_box(box.function, place)
    names = tuple(binding.parameter.name for binding in box.bindings)
    arguments = [
        compile_box(b.value, place.within(f"argument «{b.parameter.name}»")) for b in box.bindings
    ]
    if len(set(names)) < len(names):
        place.fault("an argument is given twice", box.line)
    return lambda frame: invoke(
        function(frame), frame.run, [argument(frame) for argument in arguments], names or None
    )


def _function(box: FunctionDefinition, place: Place) -> Rule:
    names = tuple(parameter.name for parameter in box.parameters)
    types = tuple(place.type(p.type_ref, p.line) for p in box.parameters)
    if box.language != "FEEL":
        return null
    body = compile_box(box.body, place.knowing(*names))
    return lambda frame: define(names, types, None, body, frame, (WEIGHT, WEIGHT))


def _conditional(box: BoxedConditional, place: Place) -> Rule:
    condition = compile_box(box.condition, place.within("if"))
    consequence = compile_box(box.consequence, place.within("then"))
    alternative = compile_box(box.alternative, place.within("else"))

    def rule(frame: Frame) -> Any:
        value = condition(frame)
        if value is not None and not isinstance(value, bool):
            return None
        return consequence(frame) if value else alternative(frame)

    return rule


def _filter(box: BoxedFilter, place: Place) -> Rule:
    items = compile_box(box.items, place.within("in"))
    match = compile_box(box.match, place.within("match").knowing("item"))
    return filter_rule(items, match, WEIGHT)


def _iteration(box: BoxedIteration, place: Place) -> Rule:
    domain = compile_box(box.domain, place.within("in"))
    body = compile_box(box.body, place.within(box.kind).knowing(box.variable, "partial"))
    steps: list[Step] = [(box.variable, domain, None)]
    if box.kind == "for":
        return for_rule(steps, body, WEIGHT, looks_back=True)
    return quantified_rule(steps, body, WEIGHT, every=box.kind == "every")


_COMPILERS: dict[type, Callable[[Any, Place], Rule]] = {
    LiteralExpression: _literal,
    DecisionTable: compile_table,
    BoxedContext: _context,
    BoxedList: _list,
    Relation: _relation,
    Invocation: _invocation,
    FunctionDefinition: _function,
    BoxedConditional: _conditional,
    BoxedFilter: _filter,
    BoxedIteration: _iteration,
}
