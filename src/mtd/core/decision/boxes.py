"""Boxes: the expressions of a model's file, decision tables among them (DMN 1.5 §8, §10.2)."""

from collections.abc import Callable
from typing import Any

from mtd.core.decision.markup import Markup
from mtd.core.decision.model import (
    Binding,
    Boxed,
    BoxedConditional,
    BoxedContext,
    BoxedFilter,
    BoxedIteration,
    BoxedList,
    ContextEntry,
    DecisionTable,
    DmnError,
    FunctionDefinition,
    InputClause,
    Invocation,
    LiteralExpression,
    OutputClause,
    Relation,
    TableRule,
    Text,
    Variable,
)


def read_box(e: Markup | None) -> Boxed | None:
    """The first boxed expression directly within `e`."""
    for child in () if e is None else e.children:
        read = _BOXES.get(child.tag)
        if read:
            return read(child)
    return None


def read_function(e: Markup) -> FunctionDefinition:
    """A function, in a box of its own or as a knowledge model."""
    return FunctionDefinition(
        parameters=read_variables(e, "formalParameter"),
        body=read_box(e),
        language=e.get("kind", "FEEL"),
        type_ref=read_type_ref(e),
        line=e.line,
    )


def read_variable(e: Markup) -> Variable:
    """A name with its type."""
    name = " ".join(e.get("name").split())
    return Variable(name=name, type_ref=read_type_ref(e), line=e.line)


def read_variables(e: Markup, tag: str) -> tuple[Variable, ...]:
    """The children `tag`, each a name with its type."""
    return tuple(read_variable(child) for child in e.all(tag))


def read_type_ref(e: Markup) -> str:
    """The type's name: an attribute, or in item definitions and DMN 1.1 an element."""
    child = e.first("typeRef")
    name = e.get("typeRef") if child is None else child.text
    return " ".join(name.split()).removeprefix("feel:")


def read_text(e: Markup) -> Text:
    """The FEEL within `e`."""
    child = e.first("text")
    return Text(text=("" if child is None else child.text).strip(), line=e.line)


def read_text_in(e: Markup, tag: str) -> Text | None:
    """The FEEL within the child `tag`; None when there is none."""
    child = e.first(tag)
    found = None if child is None else read_text(child)
    return found if found and found.text else None


def _boxed_under(e: Markup, tag: str) -> Boxed | None:
    return read_box(e.first(tag))


def _literal(e: Markup) -> LiteralExpression:
    return LiteralExpression(text=read_text(e).text, type_ref=read_type_ref(e), line=e.line)


def _table(e: Markup) -> DecisionTable:
    policy, aggregation = e.get("hitPolicy", "UNIQUE"), e.get("aggregation")
    if policy not in _POLICIES or aggregation not in _AGGREGATIONS:
        raise DmnError(f"hit policy {policy} {aggregation} is unknown".rstrip(), e.line)
    return DecisionTable(
        hit_policy=_POLICIES[policy],
        aggregation=_AGGREGATIONS[aggregation] if policy == "COLLECT" else "",
        inputs=tuple(_input_clause(child) for child in e.all("input")),
        outputs=tuple(_output_clause(child) for child in e.all("output")),
        rules=tuple(
            TableRule(
                inputs=tuple(read_text(cell) for cell in rule.all("inputEntry")),
                outputs=tuple(read_text(cell) for cell in rule.all("outputEntry")),
                line=rule.line,
            )
            for rule in e.all("rule")
        ),
        type_ref=read_type_ref(e),
        line=e.line,
    )


def _input_clause(e: Markup) -> InputClause:
    expression = e.first("inputExpression")
    if expression is None:
        raise DmnError("a decision table's input has no expression", e.line)
    text = read_text(expression)
    return InputClause(
        label=e.get("label") or text.text,
        expression=text,
        type_ref=read_type_ref(expression),
        values=read_text_in(e, "inputValues"),
        line=e.line,
    )


def _output_clause(e: Markup) -> OutputClause:
    return OutputClause(
        name=e.get("name"),
        type_ref=read_type_ref(e),
        values=read_text_in(e, "outputValues"),
        default=read_text_in(e, "defaultOutputEntry"),
        line=e.line,
    )


def _context(e: Markup) -> BoxedContext:
    entries: list[ContextEntry] = []
    for child in e.all("contextEntry"):
        variable = child.first("variable")
        entry = ContextEntry(
            variable=None if variable is None else read_variable(variable),
            value=read_box(child),
            line=child.line,
        )
        entries.append(entry)
    return BoxedContext(entries=tuple(entries), type_ref=read_type_ref(e), line=e.line)


def _list(e: Markup) -> BoxedList:
    items = tuple(_BOXES[child.tag](child) for child in e.children if child.tag in _BOXES)
    return BoxedList(items=items, type_ref=read_type_ref(e), line=e.line)


def _relation(e: Markup) -> Relation:
    return Relation(
        columns=read_variables(e, "column"),
        rows=tuple(_list(row).items for row in e.all("row")),
        type_ref=read_type_ref(e),
        line=e.line,
    )


def _invocation(e: Markup) -> Invocation:
    bindings: list[Binding] = []
    for child in e.all("binding"):
        parameters = read_variables(child, "parameter")
        if not parameters:
            raise DmnError("a binding has no parameter", child.line)
        bindings.append(Binding(parameter=parameters[0], value=read_box(child), line=child.line))
    return Invocation(
        function=read_box(e), bindings=tuple(bindings), type_ref=read_type_ref(e), line=e.line
    )


def _conditional(e: Markup) -> BoxedConditional:
    return BoxedConditional(
        condition=_boxed_under(e, "if"),
        consequence=_boxed_under(e, "then"),
        alternative=_boxed_under(e, "else"),
        type_ref=read_type_ref(e),
        line=e.line,
    )


def _filter(e: Markup) -> BoxedFilter:
    return BoxedFilter(
        items=_boxed_under(e, "in"),
        match=_boxed_under(e, "match"),
        type_ref=read_type_ref(e),
        line=e.line,
    )


def _iteration(e: Markup) -> BoxedIteration:
    return BoxedIteration(
        kind=e.tag,
        variable=e.get("iteratorVariable"),
        domain=_boxed_under(e, "in"),
        body=_boxed_under(e, "return" if e.tag == "for" else "satisfies"),
        type_ref=read_type_ref(e),
        line=e.line,
    )


_BOXES: dict[str, Callable[[Markup], Any]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
}
_POLICIES = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
_AGGREGATIONS = {"": "", "SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
