"""Choosing: which flows out of a gateway are open, by its decision or by their conditions."""

from collections.abc import Mapping
from typing import Any, cast

from mtd.core.process.definition import Element, Way
from mtd.core.process.instance import Token
from mtd.core.process.label import folded
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Step
from mtd.core.process.ways import open_ways

YES = frozenset({"si", "yes", "sim", "да", "true"})
NO = frozenset({"no", "nao", "не", "нет", "false"})


def answers(step: Step, element: Element, seen: Mapping[str, Any]) -> list[Any]:
    """What the gateway's decision gives: one answer, or several for an inclusive one."""
    assert element.decide is not None
    answer = step.evaluated(element.decide, seen)
    return cast("list[Any]", answer) if isinstance(answer, list) else [answer]


def chosen(element: Element, given: list[Any]) -> tuple[Way, ...]:
    """The ways out whose labels are among the answers `given`, in the drawing's order."""
    return tuple(way for way in element.outgoing if any(_bears(way.name, a) for a in given))


def ways_out(
    step: Step, element: Element, token: Token, also: Mapping[str, Any] | None = None
) -> tuple[Way, ...]:
    """The ways out of an inclusive or complex gateway that its decision names; without one,
    those that are open by their conditions. `also` is in sight, too.

    Raises Stuck where no way is open (BPMN 2.0.2 §13.4.3).
    """
    seen = {**step.sight(token.scope), **(also or {})}
    if element.decide is None:
        return open_ways(step, element, seen)
    ways = chosen(element, answers(step, element, seen))
    if ways:
        return ways
    if element.default is None:
        raise Stuck("NO_WAY_OUT", f"no way out of {element.name or element.id!r} is open")
    return (element.default,)


def _bears(label: str, answer: Any) -> bool:
    """True and False also match Sí/Yes/Sim and No (bpmn.md §7.3)."""
    name = folded(label)
    if answer is True or answer is False:
        return name in (YES if answer else NO)
    return answer is not None and name == folded(str(answer))
