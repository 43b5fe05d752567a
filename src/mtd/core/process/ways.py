"""Ways: the flows out of an element that are open, by their conditions (BPMN 2.0.2 §8.4.13)."""

from collections.abc import Mapping
from typing import Any

from mtd.core.process.definition import Element, Way
from mtd.core.process.recording import Recording, Stuck


def open_ways(recording: Recording, element: Element, seen: Mapping[str, Any]) -> tuple[Way, ...]:
    """Those without a condition, and those whose conditions hold over what is `seen`.

    The default flow stands in for the conditional ones, whatever leaves besides them. Raises
    Stuck where no way is open.
    """
    default = element.default
    held = [
        way
        for way in element.outgoing
        if way.condition is not None
        and way is not default
        and recording.evaluated(way.condition, seen) is True
    ]
    if not held and default is not None:
        held = [default]
    plain = [way for way in element.outgoing if way.condition is None and way is not default]
    chosen = {way.id for way in (*plain, *held)}
    if not chosen:
        raise Stuck("NO_WAY_OUT", f"no way out of {element.name or element.id!r} is open")
    return tuple(way for way in element.outgoing if way.id in chosen)
