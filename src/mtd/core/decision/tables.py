"""Decision tables: columns, rules and outputs, compiled to one closure (DMN 1.5 §8)."""

from collections.abc import Callable
from typing import Any

import msgspec

from mtd.core.decision.feel import FeelError, compile_expression, compile_unary_tests
from mtd.core.decision.feel.coercion import coerced
from mtd.core.decision.feel.evaluation import Frame, Rule
from mtd.core.decision.feel.types import Type
from mtd.core.decision.hits import POLICIES, Hit, Outputs, fitted, shaped
from mtd.core.decision.model import DecisionTable, InputClause, OutputClause, TableRule, Text
from mtd.core.decision.place import DecisionError, Place, broken_rule

_Cell = Callable[[Any, Frame], bool | None]
"""Whether an input's value passes a cell; null if that cannot be said."""


class _Column(msgspec.Struct, frozen=True):
    """A column of conditions, compiled."""

    label: str
    value: Rule
    wanted: Type
    allowed: _Cell | None


class _Row(msgspec.Struct, frozen=True):
    """A rule, compiled."""

    number: int
    cells: tuple[tuple[int, _Cell], ...]
    """Column and test, of the cells that are not `-`."""
    outputs: tuple[Rule, ...]


def compile_table(box: DecisionTable, place: Place) -> Rule:
    """The rule of a decision table. Faults of its cells are noted with rule and column.

    Evaluated, it raises DecisionError where the table contradicts itself: two rules match under
    U, or give different results under A, or a result has no rank under P or O.
    """
    columns = tuple(_column(c, place.within(f"input «{c.label}»")) for c in box.inputs)
    rows = tuple(_row(n, row, box, place) for n, row in enumerate(box.rules, 1))
    outputs = Outputs(
        place=place,
        names=tuple(clause.name for clause in box.outputs),
        types=tuple(place.type(clause.type_ref, clause.line) for clause in box.outputs),
        defaults=_defaults(box, place),
        ranks=tuple(_rank(clause, place) for clause in box.outputs),
    )
    wrong = _wrong(box, place)
    if wrong:
        return broken_rule(wrong)
    decide = POLICIES[box.hit_policy + box.aggregation]

    def rule(frame: Frame) -> Any:
        values = [_input(column, frame, place) for column in columns]
        hits: list[Hit] = []
        for row in rows:
            if _matches(row, values, frame, columns, place):
                hits.append(_hit(row, frame, outputs))
                if box.hit_policy == "F":
                    break
        if not hits and outputs.defaults:
            defaults = [default(frame) for default in outputs.defaults]
            return shaped(fitted(defaults, outputs), outputs)
        return decide(hits, outputs, frame)

    return rule


def _wrong(box: DecisionTable, place: Place) -> DecisionError | None:
    """What makes the whole table useless, if anything does."""
    if not box.outputs:
        return place.fault("the table has no output", box.line)
    if len(box.outputs) > 1 and not all(clause.name for clause in box.outputs):
        return place.fault("an output has no name", box.line)
    if box.aggregation and len(box.outputs) > 1 and box.aggregation != "#":
        return place.fault("a table with several outputs cannot be aggregated", box.line)
    if box.hit_policy in "PO" and not any(clause.values for clause in box.outputs):
        return place.fault(f"hit policy {box.hit_policy} needs output values in order", box.line)
    return None


def _column(clause: InputClause, place: Place) -> _Column:
    allowed = None
    if clause.values:
        place_of_values = place.within("values")
        tests = place_of_values.compiled(
            compile_unary_tests, clause.values.text, clause.values.line, None
        )
        allowed = tests.run if tests else None
    wanted = place.type(clause.type_ref, clause.line)
    return _Column(clause.label, place.expression(clause.expression), wanted, allowed)


def _row(number: int, row: TableRule, box: DecisionTable, place: Place) -> _Row:
    here = place.within(f"rule {number}")
    if len(row.inputs) != len(box.inputs) or len(row.outputs) != len(box.outputs):
        error = here.fault("the rule does not have a cell for each column", row.line)
        return _Row(number, (), tuple(broken_rule(error) for _ in box.outputs))
    cells: list[tuple[int, _Cell]] = []
    for at, (cell, clause) in enumerate(zip(row.inputs, box.inputs, strict=False)):
        if cell.text not in ("", "-"):
            cells.append((at, _cell(cell, here.within(f"input «{clause.label}»"))))
    outputs = [
        here.within(f"output «{clause.name}»" if clause.name else "output").expression(cell)
        for cell, clause in zip(row.outputs, box.outputs, strict=False)
    ]
    return _Row(number, tuple(cells), tuple(outputs))


def _cell(cell: Text, place: Place) -> _Cell:
    tests = place.compiled(compile_unary_tests, cell.text, cell.line, None)
    if tests:
        return tests.run
    error = DecisionError(str(place.faults[-1]))

    def broken(value: Any, frame: Frame) -> bool | None:
        raise error

    return broken


def _defaults(box: DecisionTable, place: Place) -> tuple[Rule, ...] | None:
    if not any(clause.default for clause in box.outputs):
        return None
    here = place.within("default")
    return tuple(here.expression(clause.default or Text(text="")) for clause in box.outputs)


def _rank(clause: OutputClause, place: Place) -> Rule | None:
    if clause.values is None:
        return None
    here = place.within(f"values of output «{clause.name}»")
    listed = here.compiled(compile_expression, f"[{clause.values.text}]", clause.values.line, None)
    return listed.run if listed else None


def _input(column: _Column, frame: Frame, place: Place) -> Any:
    value = coerced(column.value(frame), column.wanted)
    if column.allowed and value is not None and not column.allowed(value, frame):
        raise place.failed(f"input «{column.label}» has a value that is not among those allowed")
    return value


def _matches(
    row: _Row, values: list[Any], frame: Frame, columns: tuple[_Column, ...], place: Place
) -> bool:
    """Whether each cell passes. What goes over a budget is told with rule and column."""
    frame.run.spend(1)
    at = 0
    try:
        for at, cell in row.cells:
            if cell(values[at], frame) is not True:
                return False
    except DecisionError:
        raise
    except FeelError as error:
        column = f"rule {row.number}, input «{columns[at].label}»"
        raise place.within(column).failed(str(error)) from error
    return True


def _hit(row: _Row, frame: Frame, table: Outputs) -> Hit:
    try:
        outputs = [output(frame) for output in row.outputs]
    except DecisionError:
        raise
    except FeelError as error:
        raise table.place.within(f"rule {row.number}, output").failed(str(error)) from error
    return Hit(row.number, fitted(outputs, table))
