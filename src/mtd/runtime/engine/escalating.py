"""Escalating: which open tasks a timer at their boundary has just told others about."""

from collections.abc import Sequence

from mtd.core.process.effect import Timer, UserTask
from mtd.core.process.instance import Instance
from mtd.core.process.trigger import Fired
from mtd.runtime.engine.happening import Happening
from mtd.runtime.memory.live import Live


def escalated(live: Live, taken: Sequence[Happening], after: Instance) -> tuple[int, ...]:
    """Tasks still open at whose boundary a timer went off that does not interrupt them.

    A timer before the task is due only reminds. `live` is as it was before `taken` happened.
    """
    found: set[int] = set()
    for happening in taken:
        trigger = happening.trigger
        timer = live.instance.waits.get(trigger.wait) if isinstance(trigger, Fired) else None
        if timer is None or timer.token is None or not isinstance(timer.effect, Timer):
            continue
        element = live.definition.elements.get(timer.element)
        if element is None or element.attached_to is None or element.interrupting:
            continue
        found.update(
            wait.id
            for wait in after.waits.values()
            if wait.token == timer.token
            and isinstance(task := wait.effect, UserTask)
            and (task.due is None or timer.effect.due >= task.due)
        )
    return tuple(sorted(found))
