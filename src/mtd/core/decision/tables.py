"""Decision tables: rules to one closure, and what hit policies make of the hits (DMN 1.5 §8)."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import msgspec

from mtd.core.decision.feel import FeelError, compile_expression, compile_unary_tests
from mtd.core.decision.feel.coercion import coerced
from mtd.core.decision.feel.evaluation import Frame, Rule, Run
from mtd.core.decision.feel.operators import add, compare, equal
from mtd.core.decision.feel.types import Type
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


class _Hit(msgspec.Struct, frozen=True):
    """A rule that matches, and what it gives."""

    number: int
    outputs: tuple[Any, ...]


class _Table(msgspec.Struct, frozen=True):
    """A table, compiled."""

    place: Place
    policy: str
    columns: tuple[_Column, ...]
    rows: tuple[_Row, ...]
    names: tuple[str, ...]
    types: tuple[Type, ...]
    defaults: tuple[Rule, ...] | None
    ranks: tuple[Rule | None, ...]
    """For each output, the values that may come out, the most important first."""


def compile_table(box: DecisionTable, place: Place) -> Rule:
    """The rule of a decision table. Faults of its cells are noted with rule and column.

    Evaluated, it raises DecisionError where the table contradicts itself: two rules match under
    U, or give different results under A, or a result has no rank under P or O.
    """
    table = _Table(
        place=place,
        policy=box.hit_policy,
        columns=tuple(_column(c, place.within(f"input «{c.label}»")) for c in box.inputs),
        rows=tuple(_row(n, row, box, place) for n, row in enumerate(box.rules, 1)),
        names=tuple(clause.name for clause in box.outputs),
        types=tuple(place.type(clause.type_ref, clause.line) for clause in box.outputs),
        defaults=_defaults(box, place),
        ranks=tuple(_rank(clause, place) for clause in box.outputs),
    )
    wrong = _wrong(box, place)
    if wrong:
        return broken_rule(wrong)
    decide = _POLICIES[box.hit_policy + box.aggregation]

    def rule(frame: Frame) -> Any:
        values = [_input(column, frame, place) for column in table.columns]
        hits: list[_Hit] = []
        for row in table.rows:
            if _matches(row, values, frame, table):
                hits.append(_hit(row, frame, table))
                if box.hit_policy == "F":
                    break
        if not hits and table.defaults:
            defaults = [default(frame) for default in table.defaults]
            return _shaped(_fitted(defaults, table), table)
        return decide(hits, table, frame)

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


def _matches(row: _Row, values: list[Any], frame: Frame, table: _Table) -> bool:
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
        column = f"rule {row.number}, input «{table.columns[at].label}»"
        raise table.place.within(column).failed(str(error)) from error
    return True


def _hit(row: _Row, frame: Frame, table: _Table) -> _Hit:
    try:
        outputs = [output(frame) for output in row.outputs]
    except DecisionError:
        raise
    except FeelError as error:
        raise table.place.within(f"rule {row.number}, output").failed(str(error)) from error
    return _Hit(row.number, _fitted(outputs, table))


def _fitted(outputs: list[Any], table: _Table) -> tuple[Any, ...]:
    pairs = zip(outputs, table.types, strict=True)
    return tuple(coerced(value, wanted) for value, wanted in pairs)


def _shaped(outputs: tuple[Any, ...], table: _Table) -> Any:
    """The only output itself, or a context of several."""
    if len(outputs) == 1:
        return outputs[0]
    return dict(zip(table.names, outputs, strict=True))


def _numbers(hits: list[_Hit]) -> str:
    return ", ".join(str(hit.number) for hit in hits[:10])


def _unique(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
    if len(hits) > 1:
        raise table.place.failed(f"rules {_numbers(hits)} match at once, but only one may")
    return _first(hits, table, frame)


def _any(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
    if not all(_same(hits[0].outputs, hit.outputs, frame.run) for hit in hits):
        raise table.place.failed(f"rules {_numbers(hits)} match but give different results")
    return _first(hits, table, frame)


def _same(one: tuple[Any, ...], other: tuple[Any, ...], run: Run) -> bool:
    return all(equal(a, b, run) for a, b in zip(one, other, strict=True))


def _first(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
    return _shaped(hits[0].outputs, table) if hits else None


def _listed(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
    return [_shaped(hit.outputs, table) for hit in hits] if hits else None


def _by_rank(hits: list[_Hit], table: _Table, frame: Frame) -> list[_Hit]:
    """The hits, those with the most important outputs first, the first output most important."""
    ranks = [rank(frame) if rank else None for rank in table.ranks]

    def key(hit: _Hit) -> list[int]:
        return [
            _place_in(value, listed, hit, table, frame.run)
            for value, listed in zip(hit.outputs, ranks, strict=True)
            if listed is not None
        ]

    return sorted(hits, key=key)


def _place_in(value: Any, listed: list[Any], hit: _Hit, table: _Table, run: Run) -> int:
    for place, other in enumerate(listed):
        if equal(value, other, run):
            return place
    raise table.place.failed(f"rule {hit.number} gives what is not among the output values")


def _priority(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
    return _first(_by_rank(hits, table, frame), table, frame)


def _output_order(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
    return _listed(_by_rank(hits, table, frame), table, frame)


def _count(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
    return len(hits)


def _aggregated(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def aggregate(hits: list[_Hit], table: _Table, frame: Frame) -> Any:
        return reduce(combine, (hit.outputs[0] for hit in hits)) if hits else None

    return aggregate


def _least(a: Any, b: Any) -> Any:
    order = compare(a, b)
    return None if order is None else a if order <= 0 else b


def _greatest(a: Any, b: Any) -> Any:
    order = compare(a, b)
    return None if order is None else a if order >= 0 else b


_POLICIES: dict[str, Callable[[list[_Hit], _Table, Frame], Any]] = {
    "U": _unique,
    "A": _any,
    "P": _priority,
    "F": _first,
    "R": _listed,
    "O": _output_order,
    "C": _listed,
    "C+": _aggregated(add),
    "C<": _aggregated(_least),
    "C>": _aggregated(_greatest),
    "C#": _count,
}
