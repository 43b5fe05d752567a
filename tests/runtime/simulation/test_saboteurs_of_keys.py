"""Saboteurs of keys: idempotency keys made wrong on purpose, each time caught by I11."""

from typing import Any

import msgspec
import pytest

from mtd.core.process import holding
from mtd.core.process import work as working
from mtd.core.process.definition import Element
from mtd.core.process.effect import Call
from mtd.core.process.facts import Completed, Fact, Opened, Tried
from mtd.core.process.instance import Token, Wait
from mtd.core.process.recording import Recording
from mtd.core.process.step import Step
from tests.runtime.simulation.sabotage import Fault, Patch, noticed


def keys_come_twice(patch: Patch) -> None:
    def ask(self: Step, element: Element, scope: int, token: Token | None, effect: Any) -> Wait:
        wait = Wait(1, element.id, scope, token.id if token else None, effect)
        self.record(Opened(wait))
        return wait

    patch.setattr(Step, "ask", ask)


def visits_are_not_counted(patch: Patch) -> None:
    def first(*_: Any) -> int:
        return 1

    patch.setattr(holding, "following", first)


def what_is_undone_again_starts_afresh(patch: Patch) -> None:
    """A scope that opens again to be undone forgets which one it was."""
    record = Recording.record

    def forgetful(self: Recording, fact: Fact) -> None:
        if isinstance(fact, Completed):
            fact = Completed(msgspec.structs.replace(fact.completion, place="x", nth=1))
        record(self, fact)

    patch.setattr(Recording, "record", forgetful)


def retry_changes_the_service(patch: Patch) -> None:
    def again(step: Step, service: Any, token: Token, wait: Wait, *_: Any) -> None:
        call = wait.effect
        assert isinstance(call, Call)
        step.record(Tried(wait.id, Call("other.work", call.inputs, call.attempt + 1)))

    patch.setattr(working, "_again", again)


@pytest.mark.parametrize(
    "fault",
    [
        keys_come_twice,
        visits_are_not_counted,
        what_is_undone_again_starts_afresh,
        retry_changes_the_service,
    ],
)
def test_a_key_that_is_wrong_is_caught(fault: Fault, monkeypatch: Patch) -> None:
    assert noticed(fault, monkeypatch) == {"I11"}
