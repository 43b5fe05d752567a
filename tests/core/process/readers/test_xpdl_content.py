"""Data and multi-instance of XPDL, as Bizagi Modeler writes it: read, compiled and run."""

import pytest

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Drawing
from mtd.core.process.effect import Call
from mtd.core.process.readers import read
from tests.core.process.readers.drawings import node
from tests.core.process.world import World

TASK = "<Implementation><Task><TaskService/></Task></Implementation>"
BINDINGS = "".join(
    f'[service."{label}"]\nconnector = "x.do"\n' for label in ("Contar", "Guardar", "Mirar")
)


def drawn(activities: str, flows: str, data: str = "") -> Drawing:
    ends = (
        '<Activity Id="s"><Event><StartEvent/></Event></Activity>'
        '<Activity Id="e"><Event><EndEvent/></Event></Activity>'
    )
    pairs = [one.split(">") for one in flows.split()]
    transitions = "".join(f'<Transition Id="{a}{b}" From="{a}" To="{b}"/>' for a, b in pairs)
    return read(
        f'<Package xmlns="http://www.wfmc.org/2009/XPDL2.2"><WorkflowProcesses>'
        f'<WorkflowProcess Id="p" Name="P">{data}<Activities>{ends}{activities}</Activities>'
        f"<Transitions>{transitions}</Transitions></WorkflowProcess></WorkflowProcesses>"
        "</Package>".encode()
    )


def definition(drawing: Drawing, bindings: str = BINDINGS) -> Definition:
    around = Surroundings(connectors=frozenset({"x.do"}))
    made = compile_drawing(drawing, read_bindings(bindings.encode()), around)
    assert made.definition is not None, made.faults
    return made.definition


# ---- data -------------------------------------------------------------------------------------

DATA = (
    '<DataInputOutputs><DataInput Id="in1" IsCollection="false"/>'
    '<DataInput Id="in2" Name="aparte"/><DataOutput Id="out1"/><DataInput Id="whole" Name="n"/>'
    '</DataInputOutputs><DataObjects><DataObject Id="d1" Name="lineas"/>'
    '<DataObject Id="d2" Name="total"/></DataObjects><DataAssociations>'
    '<DataAssociation Id="a1" From="d1" To="in1"/><DataAssociation Id="a2" From="d2" To="in2"/>'
    '<DataAssociation Id="a3" From="out1" To="d2"/></DataAssociations>'
)
COUNTING = (
    f'<Activity Id="t" Name="Contar">{TASK}<InputSets><InputSet><Input ArtifactId="in1"/>'
    '<Input ArtifactId="in2"/></InputSet></InputSets><OutputSets><OutputSet>'
    '<Output ArtifactId="out1"/></OutputSet></OutputSets></Activity>'
    f'<Activity Id="u" Name="Guardar">{TASK}</Activity>'
)


def test_a_parameter_without_a_name_has_that_of_the_data_it_carries() -> None:
    drawing = drawn(COUNTING, "s>t t>u u>e", DATA)
    task = node(drawing, "t")
    assert [(one.id, one.name) for one in task.inputs] == [("in1", "lineas"), ("in2", "aparte")]
    assert [(one.id, one.name) for one in task.outputs] == [("out1", "total")]
    assert [one.id for one in drawing.processes[0].inputs] == ["whole"], "those of no activity"
    assert drawing.processes[0].outputs == ()


def test_what_is_associated_is_carried_in_and_out() -> None:
    world = World(definition(drawn(COUNTING, "s>t t>u u>e", DATA)), lineas=[1, 2], total=0)
    call = world.at("t").effect
    assert isinstance(call, Call) and call.inputs == {"lineas": [1, 2], "aparte": 0}
    world.answer("t", total=2, other=1)
    assert world.instance.scopes[0].variables["total"] == 2
    world.answer("u")
    assert world.ended
    world.check_fold()


# ---- multi-instance and its events ------------------------------------------------------------


def several(flow: str, inside: str = "") -> str:
    """An activity done three times at once; what is told of it is caught at its border."""
    return (
        f'<Activity Id="t" Name="Contar">{TASK}<Loop LoopType="MultiInstance">'
        f'<LoopMultiInstance MI_Ordering="Parallel" MI_FlowCondition="{flow}">'
        f"<MI_Condition>3</MI_Condition>{inside}</LoopMultiInstance></Loop></Activity>"
        '<Activity Id="b" Name="Hecho"><Event><IntermediateEvent Trigger="Signal" Target="t" '
        'Interrupting="false"><TriggerResultSignal Name="Hecho"/></IntermediateEvent></Event>'
        f'</Activity><Activity Id="m" Name="Mirar">{TASK}</Activity>'
        '<Activity Id="f"><Event><EndEvent/></Event></Activity>'
    )


@pytest.mark.parametrize(
    ("flow", "inside", "answers", "told"),
    [
        ("All", "", 3, 0),
        ("One", "", 3, 1),
        ("None", "", 3, 3),
        (
            "Complex",
            "<ComplexMI_FlowCondition>numberOfCompletedInstances = 2</ComplexMI_FlowCondition>",
            2,
            0,
        ),
    ],
)
def test_the_flow_condition_is_the_behavior(
    flow: str, inside: str, answers: int, told: int
) -> None:
    world = World(definition(drawn(several(flow, inside), "s>t t>e b>m m>f")))
    assert world.waiting() == ["b", "t", "t", "t"]
    for _ in range(answers):
        world.answer("t")
    assert world.waiting() == ["m"] * told
    for _ in range(told):
        world.answer("m")
    assert world.ended
    world.check_fold()


def test_older_files_keep_the_conditions_in_attributes() -> None:
    drawing = drawn(
        f'<Activity Id="t" Name="Contar">{TASK}<Loop LoopType="MultiInstance"><LoopMultiInstance '
        'MI_Ordering="Sequential" MI_Condition="2" MI_FlowCondition="Complex" '
        'ComplexMI_FlowCondition="loopCounter = 1"/></Loop></Activity>',
        "s>t t>e",
    )
    world = World(definition(drawing, '[service.Contar]\nconnector = "x.do"\n'))
    world.answer("t")
    assert world.ended
