"""Soundness: what is dangerous in a definition that would run, as warnings in words.

Each process and sub-process is looked at by itself, an activity as one move whatever is inside
it, every answer of a gateway and every outcome of an activity as possible. What the graph shows:
nodes that nothing leads to, ways that never end, loops that never wait, implicit merges. What
only playing shows, marking by marking, up to a bound: joins that wait for ever, and two tokens
where one was meant.
"""

from collections.abc import Iterator

from mtd.core.process.compiler.answers import Fault
from mtd.core.process.definition import Definition
from mtd.core.process.soundness.exploring import Work, explored
from mtd.core.process.soundness.net import Net, nets
from mtd.core.process.soundness.shape import shape

__all__ = ["doubts"]


def doubts(definition: Definition) -> tuple[Fault, ...]:
    """Everything dangerous in the drawing of `definition`; of what it calls, that is told there."""
    work = Work()
    found = [fault for net in nets(definition) for fault in _of(net, work)]
    return tuple(dict.fromkeys(found))


def _of(net: Net, work: Work) -> Iterator[Fault]:
    yield from shape(net)
    yield from explored(net, work)
