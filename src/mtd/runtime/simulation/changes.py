"""Changes: what holds of a modification, and of a migration, by what an operator is promised.

WHOLE: it is done whole, or nothing of it is and the instance is as it was. KEPT: who follows to
another version keeps what it awaits, calls under their keys and timers with their times; and
where the version is drawn alike, nothing else becomes otherwise.
"""

from collections.abc import Iterable, Sequence

import msgspec

from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Effect, Listening, Subscription, Timer
from mtd.core.process.facts import Fact, Ignored, Put
from mtd.core.process.instance import Instance
from mtd.core.process.trigger import Modified
from mtd.runtime.simulation.violation import Violation, differing

LASTING = (Call, Timer, Subscription, Listening)
"""Effects that a migration leaves as they are."""


def is_refused(facts: Iterable[Fact]) -> bool:
    """Whether the change was not let in."""
    return any(isinstance(fact, Ignored) for fact in facts)


def check_modified(
    definition: Definition,
    before: Instance,
    change: Modified,
    facts: Sequence[Fact],
    after: Instance,
) -> None:
    """What `change` asks for is done, or the instance is as it was."""
    if is_refused(facts):
        _check_untouched(before, facts, after)
        return
    taken = {source for source, _ in change.moves} | set(change.drops)
    for token in before.tokens.values():
        if token.at in taken and not token.inner and token.id in after.tokens:
            raise Violation("WHOLE", f"{token} was taken away, and is there")
        is_memory = token.counted and definition.elements[token.at].kind == "complexGateway"
        if is_memory and token.at in dict(change.moves):
            raise Violation("WHOLE", f"{token} stands for a flow that went on, and was moved")
    begun = [fact.token.at for fact in facts if isinstance(fact, Put) and fact.token.via is None]
    for target in (*change.adds, *(target for _, target in change.moves)):
        if target not in begun:
            raise Violation("WHOLE", f"no token begins at {target}")


def check_followed(
    new: Definition, before: Instance, facts: Sequence[Fact], after: Instance, alike: bool
) -> None:
    """The instance goes on with `new`, keeping what it awaits, or it is as it was."""
    if is_refused(facts):
        _check_untouched(before, facts, after)
        return
    if after.definition != new.id:
        raise Violation("WHOLE", f"it followed, and goes on with {after.definition}")
    if alike:
        expected = msgspec.structs.replace(before, definition=new.id, seq=after.seq)
        if others := differing(expected, after):
            raise Violation("KEPT", f"the version is drawn alike, and other are its {others}")
    for wait in before.waits.values():
        kept = after.waits.get(wait.id)
        if isinstance(wait.effect, LASTING) and kept is not None and kept.effect != wait.effect:
            raise Violation("KEPT", f"{wait} is {kept} after it followed")
        if isinstance(wait.effect, Call) and kept is None and wait.token in after.tokens:
            raise Violation("KEPT", f"{wait} is awaited no more, and its token is there")


def may_be_refused(before: Instance, mapping: Iterable[str]) -> bool:
    """Whether there is a reason why a gently redrawn version cannot be followed to: the key of a
    call holds the id of its element.
    """
    renamed = set(mapping)
    return any(_is_call(wait.effect) and wait.element in renamed for wait in before.waits.values())


def _is_call(effect: Effect) -> bool:
    return isinstance(effect, Call)


def _check_untouched(before: Instance, facts: Sequence[Fact], after: Instance) -> None:
    expected = msgspec.structs.replace(before, seq=before.seq + 1)
    if len(facts) != 1 or after != expected:
        raise Violation("WHOLE", f"it was refused, and {len(facts) - 1} facts of it are so")
