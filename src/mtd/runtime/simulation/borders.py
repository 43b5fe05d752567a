"""Borders: what went off for good at the border of an activity does not listen again (ONCE).

That holds for as long as the activity is the same, whatever fails in it and is retried. It is told
by waits alone, and not by what the engine remembers of it.
"""

from collections.abc import Iterable, Iterator

from mtd.core.process.definition import Definition
from mtd.core.process.effect import Timer
from mtd.core.process.facts import Fact, Put
from mtd.core.process.instance import Instance, Wait
from mtd.runtime.simulation.violation import Violation

_Place = tuple[int | None, str]
"""A token, and an event at the border of its activity."""


class Borders:
    """The borders of one instance: what went off there, and the times of what still listens."""

    def __init__(self) -> None:
        self._over: set[_Place] = set()

    def follow(self) -> None:
        """The drawing is another: events of it may be others under the same ids."""
        self._over.clear()

    def take(
        self, definition: Definition, facts: Iterable[Fact], before: Instance, after: Instance
    ) -> None:
        """Note what went off in a step, and check that nothing of it listens anew."""
        came = {
            fact.token.id for fact in facts if isinstance(fact, Put) and not fact.token.finished
        }
        same = after.tokens.keys() & before.tokens.keys() - came
        listened = dict(_listening(definition, before))
        listens = dict(_listening(definition, after))
        missed = {(one.token, one.element) for one in after.incidents.values()}
        self._over = {place for place in self._over if place[0] in same}
        for place, wait in listens.items():
            if place in self._over:
                raise Violation("ONCE", f"{place[1]} went off for token {place[0]}, and listens")
            earlier = listened.get(place)
            if place[0] in same and earlier is not None:
                _must_not_begin_again(earlier, wait)
        for place in listened.keys() - listens.keys() - missed:
            if place[0] in same:
                self._over.add(place)


def _listening(definition: Definition, instance: Instance) -> Iterator[tuple[_Place, Wait]]:
    for wait in instance.waits.values():
        element = definition.elements.get(wait.element)
        if element is not None and element.attached_to is not None:
            yield (wait.token, wait.element), wait


def _must_not_begin_again(earlier: Wait, wait: Wait) -> None:
    """A cycle goes on with less; what has not gone off is awaited by the same wait."""
    before, now = earlier.effect, wait.effect
    if earlier.id == wait.id or not isinstance(before, Timer) or not isinstance(now, Timer):
        return
    if before.left is not None and (now.left is None or now.left >= before.left):
        raise Violation("ONCE", f"{wait.element} has {now.left} left, and had {before.left}")
