"""Hits: what a table makes of the rules that match, by its hit policy (DMN 1.5 §8.2)."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import msgspec

from mtd.core.decision.feel.coercion import coerced
from mtd.core.decision.feel.evaluation import Frame, Rule, Run
from mtd.core.decision.feel.operators import add, compare, equal
from mtd.core.decision.feel.types import Type
from mtd.core.decision.place import Place


class Hit(msgspec.Struct, frozen=True):
    """A rule that matches, and what it gives."""

    number: int
    outputs: tuple[Any, ...]


class Outputs(msgspec.Struct, frozen=True):
    """What may come out of a table, compiled."""

    place: Place
    names: tuple[str, ...]
    types: tuple[Type, ...]
    defaults: tuple[Rule, ...] | None
    ranks: tuple[Rule | None, ...]
    """For each output, the values that may come out, the most important first."""


Decide = Callable[[list[Hit], Outputs, Frame], Any]
"""The result that a hit policy makes of the hits, in the order of the rules."""


def fitted(outputs: Sequence[Any], table: Outputs) -> tuple[Any, ...]:
    """Each value as the type of its output wants it."""
    pairs = zip(outputs, table.types, strict=True)
    return tuple(coerced(value, wanted) for value, wanted in pairs)


def shaped(outputs: tuple[Any, ...], table: Outputs) -> Any:
    """The only output itself, or a context of several."""
    if len(outputs) == 1:
        return outputs[0]
    return dict(zip(table.names, outputs, strict=True))


def _numbers(hits: list[Hit]) -> str:
    return ", ".join(str(hit.number) for hit in hits[:10])


def _unique(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
    if len(hits) > 1:
        raise table.place.failed(f"rules {_numbers(hits)} match at once, but only one may")
    return _first(hits, table, frame)


def _any(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
    if not all(_same(hits[0].outputs, hit.outputs, frame.run) for hit in hits):
        raise table.place.failed(f"rules {_numbers(hits)} match but give different results")
    return _first(hits, table, frame)


def _same(one: tuple[Any, ...], other: tuple[Any, ...], run: Run) -> bool:
    return all(equal(a, b, run) for a, b in zip(one, other, strict=True))


def _first(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
    return shaped(hits[0].outputs, table) if hits else None


def _listed(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
    return [shaped(hit.outputs, table) for hit in hits] if hits else None


def _by_rank(hits: list[Hit], table: Outputs, frame: Frame) -> list[Hit]:
    """The hits, those with the most important outputs first, the first output most important."""
    ranks = [rank(frame) if rank else None for rank in table.ranks]

    def key(hit: Hit) -> list[int]:
        return [
            _place_in(value, listed, hit, table, frame.run)
            for value, listed in zip(hit.outputs, ranks, strict=True)
            if listed is not None
        ]

    return sorted(hits, key=key)


def _place_in(value: Any, listed: list[Any], hit: Hit, table: Outputs, run: Run) -> int:
    for place, other in enumerate(listed):
        if equal(value, other, run):
            return place
    raise table.place.failed(f"rule {hit.number} gives what is not among the output values")


def _priority(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
    return _first(_by_rank(hits, table, frame), table, frame)


def _output_order(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
    return _listed(_by_rank(hits, table, frame), table, frame)


def _count(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
    return len(hits)


def _aggregated(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def aggregate(hits: list[Hit], table: Outputs, frame: Frame) -> Any:
        return reduce(combine, (hit.outputs[0] for hit in hits)) if hits else None

    return aggregate


def _least(a: Any, b: Any) -> Any:
    order = compare(a, b)
    return None if order is None else a if order <= 0 else b


def _greatest(a: Any, b: Any) -> Any:
    order = compare(a, b)
    return None if order is None else a if order >= 0 else b


POLICIES: dict[str, Decide] = {
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
"""By the letter of a hit policy, with that of the aggregation of C."""
