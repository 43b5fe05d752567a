"""Hastening: an attempt that waits for its time is made now, because somebody says so."""

from msgspec.structs import replace

from mtd.core.process.effect import Call
from mtd.core.process.facts import Ignored
from mtd.core.process.instance import Wait
from mtd.core.process.journal import Tried
from mtd.core.process.step import Step
from mtd.core.process.trigger import Hastened


def let_hasten(step: Step, trigger: Hastened) -> str:
    """Bring forward the attempts that are put off: none is skipped, and none is made twice.

    Their numbers and inputs stay, so that they ask under the same key with the same bytes.
    """
    hastened = ""
    for wait in list(step.draft.waits.values()):
        call = wait.effect
        if trigger.wait in (None, wait.id) and isinstance(call, Call) and _is_put_off(step, wait):
            step.record(Tried(wait.id, replace(call, not_before=None)))
            hastened = hastened or wait.element
    if not hastened:
        step.record(Ignored("no attempt is put off that could be made now"))
    return hastened


def _is_put_off(step: Step, wait: Wait) -> bool:
    """Whether it waits for its time; what stands below an incident waits for a person."""
    call = wait.effect
    later = isinstance(call, Call) and call.not_before is not None and call.not_before > step.at
    return later and all(one.wait != wait.id for one in step.draft.incidents.values())
