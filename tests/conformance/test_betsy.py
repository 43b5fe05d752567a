"""The harness of betsy's cases, held to a model and cases of our own."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.betsy import main, results
from tests.conformance.betsy_cases import BadCases, Case, read_cases

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
MODEL = f"""{HEAD}
<signal id="sig" name="go"/>
<process id="Choice" isExecutable="true">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="log"/>
  <scriptTask id="log"><script>CREATE_LOG_FILE</script></scriptTask>
  <sequenceFlow id="f2" sourceRef="log" targetRef="x"/>
  <exclusiveGateway id="x" default="f4"/>
  <sequenceFlow id="f3" sourceRef="x" targetRef="one">
    <conditionExpression xsi:type="tFormalExpression">test.contains("a")</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f4" sourceRef="x" targetRef="later"/>
  <scriptTask id="one"><script>SCRIPT_task1</script></scriptTask>
  <sequenceFlow id="f5" sourceRef="one" targetRef="e"/>
  <intermediateCatchEvent id="later"><timerEventDefinition>
    <timeDuration>PT5S</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <sequenceFlow id="f6" sourceRef="later" targetRef="two"/>
  <scriptTask id="two"><script>SCRIPT_task2</script></scriptTask>
  <sequenceFlow id="f7" sourceRef="two" targetRef="e"/>
  <endEvent id="e"><signalEventDefinition signalRef="sig"/></endEvent>
</process>
<process id="ParallelProcess" isExecutable="true">
  <startEvent id="ps"/><sequenceFlow id="p1" sourceRef="ps" targetRef="pc"/>
  <intermediateCatchEvent id="pc"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>
  <sequenceFlow id="p2" sourceRef="pc" targetRef="pm"/>
  <scriptTask id="pm"><script>CREATE_MARKER_FILE</script></scriptTask>
  <sequenceFlow id="p3" sourceRef="pm" targetRef="pe"/><endEvent id="pe"/>
</process>
</definitions>"""
REFUSED = (
    f'{HEAD}<process id="Bad" isExecutable="true"><startEvent id="s"/></process></definitions>'
)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "own"
    folder.mkdir(parents=True)
    (folder / "Choice.bpmn").write_text(MODEL, encoding="utf-8")
    (folder / "Bad.bpmn").write_text(REFUSED, encoding="utf-8")
    return folder.parent


def case(*expected: str, delay_ms: int | None = None, model: str = "Choice", **more: str) -> Case:
    return Case(model=model, variables=more, delay_ms=delay_ms, expected=expected)


def test_traces_of_a_model(models: Path) -> None:
    cases: list[Case] = [
        case("SCRIPT_task1", test="ab"),
        case("SCRIPT_task2", test="b"),
        case("SCRIPT_task2", delay_ms=5000, test="b"),
        case(delay_ms=4999, test="b"),
        Case(
            model="own/Choice.bpmn",
            before=("ParallelProcess",),
            variables={"test": "a"},
            expected=("MARKER_exists", "task1"),
        ),
        case("ERROR_deployment", model="Bad"),
        case("ERROR", model="Bad"),
        Case(model="Bad", refused=True),
    ]
    assert [one.reason for one in results(cases, models)] == [""] * len(cases)


def test_a_wrong_trace_fails_and_says_why(models: Path) -> None:
    wrong = [
        case("SCRIPT_task2", test="a"),
        case("SCRIPT_task1", "SCRIPT_task1", test="a"),
        case("SCRIPT_task1", model="Bad"),
        case("SCRIPT_task1", model="Nowhere"),
        Case(model="Choice", before=("Other",), expected=()),
    ]
    found = list(results(wrong, models))
    assert not any(one.passed for one in found)
    assert [one.found for one in found[:3]] == [
        ("SCRIPT_task1",),
        ("SCRIPT_task1",),
        ("ERROR_deployment",),
    ]
    assert "no end event" in found[2].reason
    assert "there is no model Nowhere" in found[3].reason
    assert "there is no process 'Other'" in found[4].reason


@pytest.mark.parametrize(
    "text",
    [
        "- {model: a/M.bpmn, input: a, delay: 500, parallelProcess: true, expect: [T, T]}",
        (
            "cases: [{file: a/M.bpmn, inputs: {test: a}, delay_s: 0.5, use_parallel_process: yes,"
            " assertions: 'T, T', description: words}]"
        ),
        (
            "models: {a/M.bpmn: {tests: [{variables: [{name: test, type: String, value: a}],"
            " wait_ms: 500, parallel: ParallelProcess, traces: {T: 2}}]}}"
        ),
        (
            "a/M.bpmn: [{testSteps: [{start: M, input: a, before: [ParallelProcess]},"
            " {milliseconds: 500}, {testAssertions: [{trace: T}, {trace: T}]}]}]"
        ),
    ],
)
def test_one_case_in_several_spellings(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    (read,) = read_cases(path)
    assert (read.model, read.variables["test"], read.delay_ms) == ("a/M.bpmn", "a", 500)
    assert (read.before, read.expected, read.unread) == (("ParallelProcess",), ("T", "T"), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "there are no cases"),
        ("[3]", "expected a case or a list of cases, not 3"),
        ("[{expect: [T]}]", "cases.yaml[1]: it names no model"),
        ("[{model: M}]", "cases.yaml[1]: it expects nothing"),
        ("[{model: M, expect: {T: x}}]", "which are no tokens"),
        ("[{model: M, expect: [T], input: [{value: 1}]}]", "a variable has a name"),
        ("a: [", "cases.yaml:"),
    ],
)
def test_what_is_no_case_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadCases, match=words.replace("[", r"\[")):
        read_cases(path)


def test_the_command(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "cases.json", tmp_path / "out.json"
    cases: list[dict[str, Any]] = [
        {"model": "Choice", "input": "a", "expect": ["SCRIPT_task1"]},
        {"model": "Choice", "input": "a", "expect": [], "curious": 1},
    ]
    path.write_text(json.dumps(cases), encoding="utf-8")
    given = ["--cases", str(path), "--models", str(models), "--json", str(out)]
    assert main(given) == 1
    said = capsys.readouterr()
    assert "passed: 1 of 2 cases" in said.out
    assert "not read: curious" in said.out
    assert "the key 'curious' is not known and not read (1 cases)" in said.err
    assert [one["passed"] for one in json.loads(out.read_text(encoding="utf-8"))] == [True, False]
    path.write_text(json.dumps(cases[:1]), encoding="utf-8")
    assert main(given) == 0
    assert main(["--cases", str(tmp_path / "none.yaml"), "--models", str(models)]) == 2
