"""Small processes of our own, each with the traces that the clauses of BPMN 2.0.2 give it."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mtd.core.process import throwing
from mtd.core.process.definition import Element
from mtd.core.process.elements import TABLE, inclusive_gateway
from mtd.core.process.facts import Closed
from mtd.core.process.instance import Token, Wait
from mtd.core.process.step import Step
from tests.conformance.betsy import main, results
from tests.conformance.betsy_cases import read_cases

HERE = Path(__file__).parent / "cases"
CASES = HERE / "cases.yaml"
ELSEWHERE = {"businessRuleTask", "serviceTask", "userTask"}
"""What betsy's scripts cannot stand for: who does it is bound."""


def failing() -> set[str]:
    return {one.model for one in results(read_cases(CASES), HERE) if not one.passed}


def test_each_case_leaves_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", str(CASES), "--models", str(HERE)]) == 0, capsys.readouterr().out


def test_each_model_has_a_case() -> None:
    models = {path.stem for path in HERE.glob("*.bpmn")}
    assert models == {case.model for case in read_cases(CASES)}


def test_each_element_is_drawn() -> None:
    drawn = {
        node.tag.partition("}")[2] for path in HERE.glob("*.bpmn") for node in ET.parse(path).iter()
    }
    kinds = set(TABLE) - {"eventSubProcess", "standardLoop", "multiInstance"} - ELSEWHERE
    assert kinds <= drawn


def join_is_hasty(patch: pytest.MonkeyPatch) -> None:
    def always(*_: object) -> bool:
        return True

    patch.setattr(inclusive_gateway, "is_complete", always)


def nothing_is_interrupted(patch: pytest.MonkeyPatch) -> None:
    def go_off(step: Step, element: Element, scope: int, holder: Token | None) -> None:
        step.put(element.id, scope)

    def resume(step: Step, element: Element, wait: Wait, trigger: object) -> None:
        step.record(Closed(wait.id))
        step.put(element.id, wait.scope)

    rule = TABLE["boundaryEvent"]._replace(go_off=go_off, resume=resume)
    patch.setitem(TABLE, "boundaryEvent", rule)


def errors_have_no_code(patch: pytest.MonkeyPatch) -> None:
    """Whatever catches an error catches this one."""
    matching = throwing._matching  # pyright: ignore[reportPrivateUsage]

    def any_code(step: Step, events: tuple[str, ...], kind: str, code: str) -> Element | None:
        elements = [step.definition.elements[event] for event in events]
        names = [e.name for one in elements for e in one.events if e.kind == kind]
        return matching(step, events, kind, names[0] or code if names else code)

    patch.setattr(throwing, "_matching", any_code)


NOTICED = {
    join_is_hasty: {"Inclusive_JoinWaitsForSlowWay", "Inclusive_JoinBehindLoop"},
    nothing_is_interrupted: {"Boundary_Timer_Interrupts", "Error_CancelsBranches"},
    errors_have_no_code: {"Error_OtherCodeGoesOut", "Escalation_OtherCodeGoesOut"},
}
"""What is made wrong, and some of the cases that must tell."""


@pytest.mark.parametrize("fault", NOTICED, ids=lambda fault: fault.__name__)
def test_an_engine_made_wrong_fails_them(fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    assert failing() >= NOTICED[fault]
