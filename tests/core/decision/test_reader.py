"""Reading DMN files: versions, hostile XML, and refusals that name the line."""

import pytest

from mtd.core.decision import DmnError, read_dmn
from mtd.core.decision.model import DecisionTable
from mtd.core.decision.reader import NAMESPACES
from tests.core.decision.models import decision, definitions, input_data, literal, table

PARTS = (input_data("x", "number"), decision("d", literal("x + 1"), requires=["x"]))
WIDE = " ".join(f'a{i}="1"' for i in range(257))


@pytest.mark.parametrize("version", sorted(NAMESPACES))
def test_each_version_is_read(version: str) -> None:
    model = read_dmn(definitions(*PARTS, version=version))
    assert [d.variable.name for d in model.decisions] == ["d"]
    assert model.inputs[0].variable.type_ref == "number"


def test_elements_of_others_are_passed_over() -> None:
    foreign = (
        '<decision xmlns="urn:other" name="not ours"/><extensionElements><x/></extensionElements>'
    )
    assert len(read_dmn(definitions(foreign, *PARTS)).decisions) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not well-formed"),
        (b"<a>", "not well-formed"),
        (b"\xff\xfe\x00", "not well-formed"),
        (b"<definitions/>", "root element"),
        (b"<!DOCTYPE definitions><definitions/>", "DOCTYPE"),
        (b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>', "DOCTYPE"),
        (definitions("<a>" * 70 + "</a>" * 70), "too deep"),
        (definitions("<a>" * 5000 + "</a>" * 5000), "not well-formed|too deep"),
        (definitions("<a/>" * 200_001), "too many"),
        (b" " * 5_000_001, "larger than"),
        (definitions(f"<x {WIDE}/>"), r"more than 256 attributes.*line \d"),
        (definitions(decision("d", "<decisionTable hitPolicy='BEST'/>")), r"BEST.*\(line 3\)"),
        (definitions(decision("d", "<decisionTable><input/></decisionTable>")), "no expression"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(DmnError, match=message):
        read_dmn(content)


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'
    with pytest.raises(DmnError):
        read_dmn(bomb)


def test_a_table_is_read_cell_by_cell() -> None:
    logic = table("COLLECT SUM", ["x"], [(["< 5", "1"], ["2"])], ["cost: 1, 2 = 0"])
    read = read_dmn(definitions(decision("d", logic))).decisions[0].logic
    assert isinstance(read, DecisionTable)
    assert (read.hit_policy, read.aggregation) == ("C", "+")
    assert [cell.text for cell in read.rules[0].inputs] == ["< 5", "1"]
    values, default = read.outputs[0].values, read.outputs[0].default
    assert values and values.text == "1, 2"
    assert default and default.text == "0"
