"""Saboteurs: the engine made wrong on purpose, each time caught by the check that it should be."""

from typing import Any

import msgspec
import pytest

from mtd.core.process import advance as advancing
from mtd.core.process import catching, compensating, journal, retrying
from mtd.core.process.definition import Element
from mtd.core.process.effect import Timer
from mtd.core.process.elements import TABLE
from mtd.core.process.elements import inclusive_gateway as inclusive
from mtd.core.process.facts import Closed, Fact, Gone, Settled
from mtd.core.process.instance import Incident, Scope, Token, Wait
from mtd.core.process.recording import Recording
from mtd.core.process.step import Behaviour, Step
from mtd.runtime.simulation.campaign import Campaign
from tests.runtime.simulation.sabotage import Fault, Patch, noticed


def _rule(patch: Patch, kind: str, **parts: Any) -> None:
    patch.setitem(TABLE, kind, TABLE[kind]._replace(**parts))  # type: ignore[arg-type]


def _always(*_: Any) -> bool:
    return True


def _nothing(*_: Any) -> None:
    return


def join_does_not_wait(patch: Patch) -> None:
    def enter(step: Step, element: Element, token: Token) -> None:
        step.leave(element, token)

    _rule(patch, "parallelGateway", enter=enter)


def join_counts_arrivals(patch: Patch) -> None:
    """Two tokens by one way do for one by each of two ways; a third is left behind."""

    def enter(step: Step, element: Element, token: Token) -> None:
        here = [t for t in step.draft.tokens.values() if t.at == element.id]
        if len(here) >= min(len(element.incoming), 2):
            for other in here:
                if other.id != token.id:
                    step.record(Gone(other.id))
            step.leave(element, token)

    _rule(patch, "parallelGateway", enter=enter)


def join_sleeps(patch: Patch) -> None:
    """With a token by each way in it still waits."""
    _rule(patch, "parallelGateway", enter=_nothing)


def inclusive_join_is_hasty(patch: Patch) -> None:
    patch.setattr(inclusive, "is_complete", _always)


def choice_takes_every_way(patch: Patch) -> None:
    def enter(step: Step, element: Element, token: Token) -> None:
        step.depart(element, token, element.outgoing)

    _rule(patch, "exclusiveGateway", enter=enter)


def terminate_ends_one_branch(patch: Patch) -> None:
    def enter(step: Step, element: Element, token: Token) -> None:
        step.consume(token)

    _rule(patch, "endEvent", enter=enter)


def boundary_interrupts_nothing(patch: Patch) -> None:
    def go_off(step: Step, element: Element, scope: int, holder: Token | None) -> None:
        step.put(element.id, scope)

    def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
        step.record(Closed(wait.id))
        step.put(element.id, wait.scope)

    _rule(patch, "boundaryEvent", go_off=go_off, resume=resume)


def waits_outlive_their_token(patch: Patch) -> None:
    patch.setattr(Step, "disarm", _nothing)


def incidents_outlive_their_token(patch: Patch) -> None:
    patch.setattr(Step, "settle", _nothing)


def scopes_are_not_told_of_their_end(patch: Patch) -> None:
    def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
        return

    _rule(patch, "subProcess", done=done)


def first_body_ends_them_all(patch: Patch) -> None:
    def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
        step.leave(element, token)

    _rule(patch, "multiInstance", done=done)


def journal_forgets(patch: Patch) -> None:
    """A fact is applied and not written."""
    record = Recording.record

    def forgetful(self: Recording, fact: Fact) -> None:
        record(self, fact)
        if isinstance(fact, Closed):
            self.facts.pop()

    patch.setattr(Recording, "record", forgetful)


def fold_skips(patch: Patch) -> None:
    """A fact is written, and not applied when it is read back."""
    decode = journal.decode

    def skipping(payload: bytes) -> Any:
        record = decode(payload)
        record.facts[:] = [fact for fact in record.facts if not isinstance(fact, Settled)]
        return record

    patch.setattr(journal, "decode", skipping)


def retry_enters_again(patch: Patch) -> None:
    """Whoever is stuck arrives anew, also where its call is still open."""

    def again(step: Step, incident: Incident) -> None:
        if incident.token in step.draft.tokens:
            step.agenda.append(incident.token)

    patch.setattr(retrying, "_again", again)


def retry_forgets_what_ended(patch: Patch) -> None:
    """An activity that is stuck at its end is entered once more."""

    def nothing(*_: Any) -> list[int]:
        return []

    patch.setattr(retrying, "_come_to_an_end", nothing)


def retry_arms_anew(patch: Patch) -> None:
    """Whoever is let in anew has forgotten that its border listened, and what went off there."""
    again = retrying._again  # pyright: ignore[reportPrivateUsage]

    def forgetful(step: Step, incident: Incident) -> None:
        again(step, msgspec.structs.replace(incident, armed=False))

    patch.setattr(retrying, "_again", forgetful)


def cycles_do_not_count(patch: Patch) -> None:
    """A timer that recurs has as often left as before it fired."""
    find = catching._await_next  # pyright: ignore[reportPrivateUsage]

    def again(step: Step, element: Element, scope: int, token: Token | None, last: Timer) -> None:
        left = None if last.left is None else last.left + 1
        find(step, element, scope, token, Timer(last.due, left))

    patch.setattr(catching, "_await_next", again)


def strays_are_let_in(patch: Patch) -> None:
    """A message is taken for whatever is awaited."""
    patch.setattr(advancing, "meets", _always)


def the_dead_are_stuck(patch: Patch) -> None:
    """What fails at the end of an activity is told of the token inside, which is gone."""
    attempt = Step.attempt

    def of_the_dead(self: Step, token: Token | None, act: Any, wait: Wait | None = None) -> None:
        if token is not None and self.element(token).kind == "subProcess":
            token = Token(self.draft.next, token.at, token.scope)
        attempt(self, token, act, wait)

    patch.setattr(Step, "attempt", of_the_dead)


def late_answers_are_let_in(patch: Patch) -> None:
    """Nobody asks whether the wait is still open."""
    late = advancing._late  # pyright: ignore[reportPrivateUsage]

    def answered(step: Step, trigger: Any) -> None:
        late(step, trigger)
        step.settle(step.draft.waits[trigger.wait].token or 0)

    patch.setattr(advancing, "_late", answered)


def deeds_are_undone_twice(patch: Patch) -> None:
    """What is being undone is not forgotten first."""
    record = Step.record

    def forgetful(self: Step, fact: Fact) -> None:
        if not isinstance(fact, compensating.Undone):
            record(self, fact)

    patch.setattr(Step, "record", forgetful)


CAUGHT: tuple[tuple[Fault, set[str]], ...] = (
    (join_does_not_wait, {"I2"}),
    (join_counts_arrivals, {"I2"}),
    (join_sleeps, {"I2"}),
    (inclusive_join_is_hasty, {"I2", "I9"}),
    (choice_takes_every_way, {"I2", "I9"}),
    (terminate_ends_one_branch, {"I10"}),
    (boundary_interrupts_nothing, {"I4", "I10"}),
    (waits_outlive_their_token, {"I10"}),
    (incidents_outlive_their_token, {"I10"}),
    (scopes_are_not_told_of_their_end, {"I9", "I10"}),
    (first_body_ends_them_all, {"I10"}),
    (journal_forgets, {"I6"}),
    (fold_skips, {"I6"}),
    (retry_enters_again, {"I3", "I10"}),
    (retry_forgets_what_ended, {"I10"}),
    (retry_arms_anew, {"ONCE"}),
    (cycles_do_not_count, {"ONCE"}),
    (strays_are_let_in, {"WHOLE", "RAISED"}),
    (the_dead_are_stuck, {"I10"}),
    (late_answers_are_let_in, {"RAISED"}),
    (deeds_are_undone_twice, {"I3"}),
)
"""Each fault, and the promises that are broken first by it."""


@pytest.mark.parametrize(
    ("fault", "letters"), CAUGHT, ids=lambda part: getattr(part, "__name__", "")
)
def test_a_planted_fault_is_caught(fault: Fault, letters: set[str], monkeypatch: Patch) -> None:
    seen = noticed(fault, monkeypatch)
    assert seen, "nobody noticed"
    assert seen <= letters


def test_the_table_of_rules_is_what_it_was() -> None:
    """The saboteurs leave nothing behind."""
    assert all(isinstance(rule, Behaviour) for rule in TABLE.values())
    assert not Campaign(1).run(2_000).violations
