"""Drawn: BPMN written in a few lines, read and compiled as an analyst's file would be."""

from itertools import pairwise

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import Compiled, Surroundings, compile_drawing
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import read

CONNECTORS = frozenset({"x.a", "x.b", "x.c"})
NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def drawing(body: str) -> Drawing:
    """What is read of the root elements `body`."""
    text = f'<definitions xmlns="{NAMESPACE}" targetNamespace="t">{body}</definitions>'
    return read(text.encode(), "test.bpmn")


def compiled(body: str, bindings: str = "") -> Compiled:
    """What comes of one process with `body` inside, or of root elements that include one."""
    inside = body if "<process" in body else f'<process id="p" name="P">{body}</process>'
    around = Surroundings(connectors=CONNECTORS)
    return compile_drawing(drawing(inside), read_bindings(bindings.encode()), around)


def definition(body: str, bindings: str = "") -> Definition:
    """As `compiled`; fails where it would not run."""
    result = compiled(body, bindings)
    assert result.definition is not None, [fault.message for fault in result.faults]
    return result.definition


def faults(body: str, bindings: str = "") -> list[str]:
    """What is wrong with it, in words."""
    return [fault.message for fault in compiled(body, bindings).faults if not fault.warning]


def flow(source: str, target: str, condition: str = "", name: str = "") -> str:
    """A sequence flow, its id made of its ends."""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    label = f' name="{name}"' if name else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{source}_{target}"{label} {ends}>{inside}</sequenceFlow>'


def chain(*ids: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(source, target) for source, target in pairwise(ids))
