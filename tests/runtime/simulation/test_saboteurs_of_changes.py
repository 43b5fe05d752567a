"""Saboteurs of changes: modification and migration made wrong, and each time it is noticed."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from mtd.core.process import advance as advancing
from mtd.core.process import hindering, migrating, modifying
from mtd.core.process.effect import Timer
from mtd.core.process.facts import Closed, Follows, Opened, Settled
from mtd.core.process.instance import ROOT, Wait
from mtd.core.process.journal import Draft
from mtd.core.process.step import Step
from mtd.core.process.trigger import Modified
from mtd.runtime.simulation.operating import Operators
from tests.runtime.simulation.sabotage import Fault, Patch, noticed

Places = Mapping[str, str]


def _nothing(*_: Any) -> None:
    return


def _none(*_: Any) -> tuple[Any, ...]:
    return ()


def _while_modifying(patch: Patch, method: str, stand_in: Callable[..., Any]) -> None:
    """`method` of a step is another while tokens are moved, and not when they then run."""

    def modify(step: Step, change: Modified) -> str:
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(Step, method, stand_in)
            return modifying.let_modify(step, change)

    patch.setitem(advancing._LET_IN, Modified, modify)  # pyright: ignore[reportPrivateUsage]


@contextmanager
def _hidden(draft: Draft, part: str) -> Generator[None]:
    """`part` of an instance is not seen; what is added to it meanwhile stays."""
    held = getattr(draft, part)
    setattr(draft, part, {})
    yield
    setattr(draft, part, {**held, **getattr(draft, part)})


def _blind(patch: Patch, name: str, part: str) -> None:
    """A part of the migration does not see a part of the instance."""
    real = getattr(migrating, name)

    def blindly(step: Step, *rest: Any) -> None:
        with _hidden(step.draft, part):
            real(step, *rest)

    patch.setattr(migrating, name, blindly)


def moved_tokens_stay(patch: Patch) -> None:
    _while_modifying(patch, "cancel", _nothing)


def what_is_moved_leaves_its_inside(patch: Patch) -> None:
    _while_modifying(patch, "cancel", Step.drop)


def emptied_scopes_stay_open(patch: Patch) -> None:
    _while_modifying(patch, "finish_if_empty", _nothing)


def a_refused_change_sets_its_variables(patch: Patch) -> None:
    problems = modifying._problems  # pyright: ignore[reportPrivateUsage]

    def problems_and_more(step: Step, change: Modified) -> Iterator[str]:
        if change.variables:
            step.assign(ROOT, change.variables)
        yield from problems(step, change)

    patch.setattr(modifying, "_problems", problems_and_more)


def a_gateway_forgets_what_went_on(patch: Patch) -> None:
    patch.setattr(modifying, "_memory_problem", _none)


def no_change_is_refused(patch: Patch) -> None:
    patch.setattr(modifying, "_problems", _none)


def nothing_hinders(patch: Patch) -> None:
    patch.setattr(advancing, "hindrances", _none)


def calls_get_another_key(patch: Patch) -> None:
    """A call goes along to an element of another id, though its key holds the id."""
    patch.setattr(hindering, "_wait_problem", _none)


def timers_begin_anew(patch: Patch) -> None:
    carry = migrating._carry  # pyright: ignore[reportPrivateUsage]

    def anew(step: Step, wait: Wait, places: Places) -> None:
        if isinstance(wait.effect, Timer):
            step.record(Opened(Wait(wait.id, wait.element, wait.scope, wait.token, Timer(step.at))))
        else:
            carry(step, wait, places)

    patch.setattr(migrating, "_carry", anew)


def waits_are_left_behind(patch: Patch) -> None:
    def leave(step: Step, wait: Wait, _: Places) -> None:
        step.record(Closed(wait.id))

    patch.setattr(migrating, "_carry", leave)


def troubles_are_left_behind(patch: Patch) -> None:
    def settle(step: Step, _: Places) -> None:
        for incident in list(step.draft.incidents):
            step.record(Settled(incident))

    patch.setattr(migrating, "_keep_troubles", settle)


def what_listens_listens_twice(patch: Patch) -> None:
    _blind(patch, "_listen", "waits")


def what_went_off_is_awaited_anew(patch: Patch) -> None:
    patch.setattr(migrating, "_gone_off", _none)


def what_can_be_undone_keeps_its_old_ids(patch: Patch) -> None:
    _blind(patch, "_stand", "completed")


def tokens_keep_their_old_ids(patch: Patch) -> None:
    _blind(patch, "_stand", "tokens")


def the_version_is_not_noted(patch: Patch) -> None:
    record = Step.record

    def forgetful(self: Step, fact: Any) -> None:
        if not isinstance(fact, Follows):
            record(self, fact)

    patch.setattr(Step, "record", forgetful)


CAUGHT: tuple[tuple[Fault, set[str]], ...] = (
    (moved_tokens_stay, {"WHOLE"}),
    (what_is_moved_leaves_its_inside, {"I10"}),
    (emptied_scopes_stay_open, {"I4", "I10"}),
    (a_refused_change_sets_its_variables, {"WHOLE"}),
    (a_gateway_forgets_what_went_on, {"WHOLE"}),
    (no_change_is_refused, {"RAISED", "WHOLE", "I2", "I10"}),
    (nothing_hinders, {"RAISED", "I1", "I10"}),
    (calls_get_another_key, {"I11"}),
    (timers_begin_anew, {"KEPT", "I11"}),
    (waits_are_left_behind, {"KEPT", "I4"}),
    (troubles_are_left_behind, {"KEPT", "I4"}),
    (what_listens_listens_twice, {"KEPT", "I3"}),
    (what_went_off_is_awaited_anew, {"KEPT", "I10"}),
    (what_can_be_undone_keeps_its_old_ids, {"I1"}),
    (tokens_keep_their_old_ids, {"I1", "RAISED"}),
    (the_version_is_not_noted, {"WHOLE"}),
)
"""Each fault, and the promises that are broken first by it."""


@pytest.mark.parametrize(
    ("fault", "letters"), CAUGHT, ids=lambda part: getattr(part, "__name__", "")
)
def test_a_planted_fault_is_noticed(fault: Fault, letters: set[str], monkeypatch: Patch) -> None:
    seen = noticed(fault, monkeypatch, (Operators.GENTLE, Operators.ROUGH))
    assert seen, "nobody noticed"
    assert seen <= letters
