"""Compensation as it is drawn: what is wrong is said in words."""

import pytest

from tests.core.process.written import (
    compiled,
    event_of,
    faults,
    service,
    stage,
    throw,
    undo,
    undoable,
)

COMPENSATE = event_of("compensate")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((undoable("a"), undo("a").replace("on_a", "on2").replace("undo_a", "undo2")), "another"),
        ((throw("back", event_of("compensate", activityRef="zz")),), "'zz' to compensate is not"),
        (
            (stage("s", throw("back", event_of("compensate", activityRef="a"))), undoable("a")),
            "'a' to compensate is not in its scope",
        ),
    ],
)
def test_what_is_drawn_wrong_is_said(parts: tuple[str, ...], words: str) -> None:
    assert any(words in message for message in faults(*parts)), faults(*parts)


def test_a_handler_that_nothing_leads_to_is_warned_of() -> None:
    made = compiled(service("a"), service("lost", isForCompensation="true"))
    assert "no compensation event leads to it" in [f.message for f in made.faults if f.warning]
