"""Camunda 7's models deploy and run, or are refused for a reason that is right."""

from pathlib import Path

import pytest

from tests.conformance.camunda7 import WRONG, main, results

SHARED = Path(__file__).parents[3] / "shared" / "fixtures" / "camunda7"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
)
FLOW = '<sequenceFlow id="{0}_{1}" sourceRef="{0}" targetRef="{1}"/>'


def process(id_: str, middle: str, condition: str = "", more: str = "") -> str:
    """A process that comes to its task `x` by a gateway, if it does."""
    chosen = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return (
        f'<process id="{id_}" isExecutable="true"><startEvent id="s"/>{FLOW.format("s", "g")}'
        f'<exclusiveGateway id="g"/><sequenceFlow id="g_x" sourceRef="g" targetRef="x">{chosen}'
        f'</sequenceFlow><sequenceFlow id="g_y" sourceRef="g" targetRef="y">'
        f"<conditionExpression>${{never}}</conditionExpression></sequenceFlow>"
        f'<task id="y"/>{middle}{FLOW.format("x", "e")}{FLOW.format("y", "e")}'
        f'<endEvent id="e"/>{more}</process>'
    )


OWN = {
    "ended": process("p", '<serviceTask id="x" camunda:class="a.B"/>', "${amount > 5}"),
    "java": process("p", '<task id="x"/>', "${bean.decides()}"),
    "rule": process("p", '<task id="x"/>', "${a == 1}", '<startEvent id="s2"/>'),
    "missing": process("p", '<callActivity id="x" calledElement="nowhere"/>', "${a == 1}"),
    "waiting": process(
        "p",
        '<intermediateCatchEvent id="x"><conditionalEventDefinition><condition>${late == 2}'
        "</condition></conditionalEventDefinition></intermediateCatchEvent>",
        "${late == 1}",
    ),
    "wants data": process("p", '<task id="x"/>', "${empty now and not empty now}"),
    "unread": "<!DOCTYPE x>",
}


@pytest.mark.parametrize("verdict", sorted(OWN))
def test_verdicts_on_models_of_our_own(verdict: str, tmp_path: Path) -> None:
    text = OWN[verdict]
    whole = text if verdict == "unread" else f"{HEAD}{text}</definitions>"
    (tmp_path / "model.bpmn20.xml").write_text(whole, encoding="utf-8")
    (found,) = results(tmp_path)
    assert found.verdict == verdict, found.why
    assert main(["--models", str(tmp_path)]) == 0


def test_a_process_of_another_file_is_called(tmp_path: Path) -> None:
    caller = process("p", '<callActivity id="x" calledElement="q"/>', "${a == 1}")
    called = process("q", '<task id="x"/>', "${a == 1}")
    for name, text in (("caller", caller), ("called", called)):
        (tmp_path / f"{name}.bpmn").write_text(f"{HEAD}{text}</definitions>", encoding="utf-8")
    assert [one.verdict for one in results(tmp_path)] == ["ended", "ended"]


def test_no_models_is_an_error(tmp_path: Path) -> None:
    assert main(["--models", str(tmp_path)]) == 2


@pytest.mark.skipif(not SHARED.is_dir(), reason="no Camunda 7 models beside the project")
def test_the_public_models_deploy_and_run_or_are_refused_for_a_right_reason() -> None:
    wrong = [one for one in results(SHARED) if one.verdict in WRONG]
    assert wrong == []
