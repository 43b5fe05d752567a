"""Loops: a drawn loop or multi-instance marker, with its binding, to what it repeats over."""

import re

from mtd.core.process.binding import LoopBinding
from mtd.core.process.compiler.answers import Answers
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.definition import Evaluate, Event, Loop
from mtd.core.process.drawing import EventDefinition, Node
from mtd.core.process.drawing import Loop as DrawnLoop

STANDARD = "standardLoop"
BEHAVIORS = ("All", "One", "None", "Complex")
_NAME = re.compile(r"[^\W\d]\w*")
_SIGNAL = (Event(kind="signal"),)
"""What the behaviors One and None throw where no event is drawn (§10.3.8, Table 10.30)."""


def compiled_loop(node: Node, answers: Answers, expressions: Expressions) -> Loop | None:
    """The loop of `node`, if it has one; a fault where nothing says what it repeats over."""
    drawn = node.loop
    if drawn is None:
        return None
    binding = answers.find("loop", LoopBinding, node.id, node.name) or LoopBinding()

    def rule(*texts: str | None) -> Evaluate | None:
        text = next((text for text in texts if text), None)
        return None if text is None else expressions.drawn(node, text)

    if drawn.behavior not in BEHAVIORS:
        known = ", ".join(BEHAVIORS)
        answers.fault(node, f"multi-instance behavior {drawn.behavior!r} is none of {known}")
    output = binding.output_item or drawn.item_out
    loop = Loop(
        kind=drawn.kind,
        sequential=drawn.sequential,
        test_before=drawn.test_before,
        maximum=drawn.maximum,
        condition=rule(binding.condition, drawn.condition, drawn.completion_condition),
        cardinality=rule(binding.cardinality, drawn.cardinality),
        collection=rule(binding.collection, drawn.collection_in),
        item=binding.item or drawn.item_in,
        output_collection=binding.output_collection or drawn.collection_out,
        output_item=rule(output),
        output_name=output if output and _NAME.fullmatch(output) else None,
        behavior=drawn.behavior,
        on_one=_thrown(drawn.one_event),
        on_none=_thrown(drawn.none_event),
        complex=tuple(
            (expressions.drawn(node, condition), event)
            for condition, thrown in drawn.complex
            for event in _thrown(thrown)
        ),
    )
    if _is_bounded(drawn, loop):
        answers.answered(node, "loop", binding.condition or binding.collection or "as drawn")
    else:
        answers.missing(node, "loop")
    return loop


def _thrown(drawn: EventDefinition | None) -> tuple[Event, ...]:
    if drawn is None:
        return _SIGNAL
    return (Event(kind=drawn.kind, name=drawn.code or drawn.name),)


def _is_bounded(drawn: DrawnLoop, loop: Loop) -> bool:
    if drawn.kind == STANDARD:
        return loop.condition is not None or loop.maximum is not None
    return loop.collection is not None or loop.cardinality is not None
