"""Choosing: from a decision's answer to the flows that bear it as their label."""

from typing import Any, cast

from mtd.core.process.definition import Element, Way
from mtd.core.process.instance import Token
from mtd.core.process.label import folded
from mtd.core.process.step import Step

YES = frozenset({"si", "yes", "sim", "да", "true"})
NO = frozenset({"no", "nao", "не", "нет", "false"})


def answers(step: Step, element: Element, token: Token) -> list[Any]:
    """What the gateway's decision gives: one answer, or several for an inclusive one."""
    assert element.decide is not None
    answer = step.value(element.decide, token.scope)
    return cast("list[Any]", answer) if isinstance(answer, list) else [answer]


def chosen(element: Element, given: list[Any]) -> tuple[Way, ...]:
    """The ways out whose labels are among the answers `given`, in the drawing's order."""
    return tuple(way for way in element.outgoing if any(_bears(way.name, a) for a in given))


def _bears(label: str, answer: Any) -> bool:
    """True and False also match Sí/Yes/Sim and No (bpmn.md §7.3)."""
    name = folded(label)
    if answer is True or answer is False:
        return name in (YES if answer else NO)
    return answer is not None and name == folded(str(answer))
