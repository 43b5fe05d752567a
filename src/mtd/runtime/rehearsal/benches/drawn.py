"""Drawn: a large model with its diagram, as modellers save them, to see how fast it is read.

Of the public reference models of the BPMN Model Interchange Working Group the largest has about
400 flow nodes, in pools and lanes, each with its shape, and each flow with its edge.
"""

from collections.abc import Iterator

COLUMNS = 20
"""Flow nodes one behind the other in each lane."""
STEP_X, LANE_Y = 140, 160
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
EDGES = "http://www.omg.org/spec/DD/20100524/DI"
BINDINGS = b"process = 'Ensayo'\n[lane.Ejecutivo]\nrole = 'agent'\n"
TASK, MANUAL, GATEWAY, CATCH = (
    "userTask",
    "manualTask",
    "exclusiveGateway",
    "intermediateCatchEvent",
)
ROW = (TASK, MANUAL, GATEWAY, TASK, CATCH)
"""Kinds, again and again along a lane; from each gateway a second flow leads to the lane's end."""
INSIDE = {
    CATCH: "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
    TASK: "<documentation>Revisa la orden y anota lo que falta.</documentation>",
}


def model(flow_nodes: int) -> bytes:
    """A process of at least `flow_nodes` nodes that would run, with `BINDINGS`."""
    lanes = range(-(-flow_nodes // COLUMNS))
    inside = "".join(part for lane in lanes for part in _lane(lane))
    shapes = "".join(part for lane in lanes for part in _shapes(lane))
    names = "".join(f'<lane id="l{lane}" name="Ejecutivo"/>' for lane in lanes)
    text = (
        f'<definitions xmlns="{MODEL}" xmlns:di="{DIAGRAM}" xmlns:dc="{BOUNDS}" xmlns:e="{EDGES}" '
        'targetNamespace="urn:bench"><collaboration id="c">'
        '<participant id="pool" name="Ensayo" processRef="p"/></collaboration>'
        f'<process id="p" name="Ensayo" isExecutable="true"><laneSet id="ls">{names}</laneSet>'
        f'{inside}</process><di:BPMNDiagram id="d"><di:BPMNPlane id="pl" bpmnElement="c">{shapes}'
        "</di:BPMNPlane></di:BPMNDiagram></definitions>"
    )
    return text.encode()


def _kinds() -> list[str]:
    middle = (ROW * COLUMNS)[: COLUMNS - 3]
    return ["startEvent", *middle, TASK, "endEvent"]


def _flows() -> Iterator[tuple[int, int]]:
    """From and to, by column; a gateway's second one leads to the end."""
    for column, kind in enumerate(_kinds()[:-1]):
        yield column, column + 1
        if kind == GATEWAY:
            yield column, COLUMNS - 1


def _lane(lane: int) -> Iterator[str]:
    """Each lane has a beginning and an end of its own; the first one's is none, others' timers."""
    for column, kind in enumerate(_kinds()):
        inside = INSIDE.get(kind, "")
        if kind == "startEvent" and lane:
            inside = "<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>"
        yield f'<{kind} id="n{lane}_{column}" name="{kind} {lane} {column}">{inside}</{kind}>'
    kinds = _kinds()
    for source, target in _flows():
        asks = target > source + 1
        condition = "<conditionExpression>amount &gt; 1000</conditionExpression>" if asks else ""
        label = "" if asks or kinds[source] != GATEWAY else ' name=""'
        yield (
            f'<sequenceFlow id="f{lane}_{source}_{target}"{label} sourceRef="n{lane}_{source}" '
            f'targetRef="n{lane}_{target}">{condition}</sequenceFlow>'
        )


def _shapes(lane: int) -> Iterator[str]:
    top = lane * LANE_Y
    yield _shape(f"l{lane}", 0, top, COLUMNS * STEP_X, LANE_Y)
    for column in range(COLUMNS):
        yield _shape(f"n{lane}_{column}", column * STEP_X + 20, top + 40, 100, 80)
    for source, target in _flows():
        ends = (source * STEP_X + 120, target * STEP_X + 20)
        points = "".join(f'<e:waypoint x="{x}" y="{top + 80}"/>' for x in ends)
        element = f"f{lane}_{source}_{target}"
        yield f'<di:BPMNEdge id="e_{element}" bpmnElement="{element}">{points}</di:BPMNEdge>'


def _shape(element: str, x: int, y: int, width: int, height: int) -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<di:BPMNShape id="s_{element}" bpmnElement="{element}">{bounds}</di:BPMNShape>'
