"""The TCK's runner, on a case of our own; and on the whole TCK where `MTD_DMN_TCK` names it."""

import os
from pathlib import Path

import pytest

from tests.conformance.dmn_tck import main, results, summary
from tests.core.decision.models import decision, definitions, input_data, literal

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>m.dmn</modelName>
  <testCase id="1">
    <inputNode name="x"><value xsi:type="xsd:decimal">2</value></inputNode>
    <resultNode name="right"><expected><list><item><value xsi:type="xsd:decimal">4.0</value></item>
      <item><value xsi:type="xsd:duration">P1D</value></item></list></expected></resultNode>
    <resultNode name="wrong"><expected><value xsi:type="xsd:string">4</value></expected>
    </resultNode>
    <resultNode name="null" errorResult="true"><expected><value xsi:nil="true"/></expected>
    </resultNode>
  </testCase>
</testCases>"""


def test_the_runner_tells_right_from_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "compliance-level-2" / "0001"
    folder.mkdir(parents=True)
    model = definitions(
        input_data("x", "number"),
        decision("right", literal('[x * 2, duration("PT24H")]'), requires=["x"]),
        decision("wrong", literal("x * 2"), requires=["x"]),
        decision("null", literal("x + null"), requires=["x"]),
    )
    (folder / "m.dmn").write_bytes(model)
    (folder / "m-test.xml").write_text(CASES)
    found = list(results(tmp_path))
    assert [(r.node, bool(r.reason)) for r in found] == [
        ("right", False),
        ("wrong", True),
        ("null", False),
    ]
    assert summary(found) == {"compliance-level-2": {"results": 3, "passed": 2}}
    report = tmp_path / "report.json"
    assert main(["--tck", str(tmp_path), "--json", str(report)]) == 1
    assert '"node": "wrong"' in report.read_text()


def test_the_whole_tck() -> None:
    folder = os.environ.get("MTD_DMN_TCK")
    if not folder:
        pytest.skip("MTD_DMN_TCK names no folder of the DMN TCK")
    counts = summary(list(results(Path(folder))))
    second, third = counts["compliance-level-2"], counts["compliance-level-3"]
    assert second["passed"] == second["results"]
    assert third["passed"] >= 0.97 * third["results"]
