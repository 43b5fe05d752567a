"""Issuing: what connectors wrote goes into the commit of their answers, or is undone."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from mtd.core.process.instance import Instance
from mtd.runtime.engine.happening import Happened, Happening, Move
from mtd.runtime.hands.intent import Answer
from mtd.runtime.tax.desks import Desk


def written(heard: Iterable[Happening], instance: Instance) -> tuple[Desk, ...]:
    """The desks of answers that were awaited and taken for an answer: their wait is closed."""
    return tuple(
        happening.answer.desk
        for happening in heard
        if happening.answer is not None
        and happening.answer.desk is not None
        and happening.answer.intent.wait not in instance.waits
    )


def fitting(
    answers: deque[Answer], happened: Mapping[tuple[int, str], Happened], most: int
) -> Iterator[Answer]:
    """Answers that this turn may hold, until something happened to `most` instances.

    What two wrote of one instance may not agree: the second is committed with the next turn, or
    undone by it and made again.
    """
    later: list[Answer] = []
    while answers and len(happened) < most:
        answer = answers.popleft()
        before = happened.get((answer.intent.tenant, answer.intent.instance))
        if answer.desk is None or before is None or not any(_desks(before)):
            yield answer
        else:
            later.append(answer)
    answers.extendleft(reversed(later))


def settle(move: Move) -> None:
    """The move is durable: so is what it wrote, and what it did not write is undone."""
    for desk in _desks(move.happened):
        if desk in move.desks:
            desk.committed()
        else:
            desk.undone()


def kept(happened: Happened) -> list[Answer]:
    """Nothing of it was written: the answers that stay good, and what others wrote is undone.

    Those attempts are made again, on what is there by then.
    """
    for desk in _desks(happened):
        desk.undone()
    answers = [happening.answer for happening in happened.happenings]
    return [answer for answer in answers if answer is not None and answer.desk is None]


def refuse(happened: Happened) -> None:
    """The database would not have it."""
    for desk in _desks(happened):
        desk.refused()


def _desks(happened: Happened) -> Iterator[Desk]:
    for happening in happened.happenings:
        if happening.answer is not None and happening.answer.desk is not None:
            yield happening.answer.desk
