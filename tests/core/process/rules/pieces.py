"""Pieces of drawings that break a static rule: what is added to a sound one.

SOUND breaks none.
"""

from typing import NamedTuple

SOUND = (
    '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>'
    '<task id="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/>'
)


class Broken(NamedTuple):
    """A process and what stands around it."""

    element: str
    """The id that the refusal names."""
    body: str
    around: str = ""


def between(middle: str) -> str:
    """A process whose only way leads through the node `x` of `middle`."""
    return (
        '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>'
        f'{middle}<sequenceFlow id="f2" sourceRef="x" targetRef="e"/><endEvent id="e"/>'
    )


def starting(event: str, node: str = "startEvent") -> str:
    """A process that begins with this."""
    return (
        f'<{node} id="x">{event}</{node}><sequenceFlow id="f1" sourceRef="x" targetRef="e"/>'
        '<endEvent id="e"/>'
    )


def ending(event: str) -> str:
    """A process that ends with this."""
    return (
        '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>'
        f'<endEvent id="x">{event}</endEvent>'
    )


def attached(event: str, more: str = "", host: str = '<task id="t"/>') -> str:
    """A sound process with a boundary event on its task, and where that leads."""
    return (
        SOUND.replace('<task id="t"/>', host)
        + f'<boundaryEvent id="x" attachedToRef="t" {more}>{event}</boundaryEvent>'
        '<sequenceFlow id="b" sourceRef="x" targetRef="be"/><endEvent id="be"/>'
    )


def handled(start: str, more: str = "") -> str:
    """A sound process with an event sub-process `x` that begins so."""
    return (
        f'{SOUND}<subProcess id="x" triggeredByEvent="true" {more}>{start}'
        '<sequenceFlow id="h1" sourceRef="hs" targetRef="he"/><endEvent id="he"/></subProcess>'
    )


def awaiting(first: str, second: str, gateway: str = "", flow: str = "") -> str:
    """A process with an event-based gateway before the nodes `a` and `b`."""
    return (
        '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="g"/>'
        f'<eventBasedGateway id="g" {gateway}/>'
        f'<sequenceFlow id="f2" sourceRef="g" targetRef="a">{flow}</sequenceFlow>'
        '<sequenceFlow id="f3" sourceRef="g" targetRef="b"/>'
        f"{first}{second}"
        '<sequenceFlow id="f4" sourceRef="a" targetRef="e"/>'
        '<sequenceFlow id="f5" sourceRef="b" targetRef="e"/><endEvent id="e"/>'
    )


def forked(gateway: str, flow: str = "", more: str = "") -> str:
    """A process with a gateway `x` before two tasks."""
    return (
        '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>'
        f'<{gateway} id="x" {more}/>'
        f'<sequenceFlow id="f2" sourceRef="x" targetRef="a">{flow}</sequenceFlow>'
        '<sequenceFlow id="f3" sourceRef="x" targetRef="b"/><task id="a"/><task id="b"/>'
        '<sequenceFlow id="f4" sourceRef="a" targetRef="e"/>'
        '<sequenceFlow id="f5" sourceRef="b" targetRef="e"/><endEvent id="e"/>'
    )


def task(inside: str, kind: str = "task", more: str = "") -> str:
    """A process with one task `x` that has this inside."""
    return between(f'<{kind} id="x" {more}>{inside}</{kind}>')


def io(inside: str) -> str:
    """A task's data."""
    return f"<ioSpecification>{inside}</ioSpecification>"


SIGNAL = '<signalEventDefinition signalRef="sig"/>'
SIGNALS = '<signal id="sig" name="Sig"/>'
MESSAGE = '<messageEventDefinition messageRef="m"/>'
MESSAGES = '<message id="m" name="M"/>'
CONDITION = '<conditionExpression xsi:type="tFormalExpression">x &gt; 1</conditionExpression>'
ERROR = "<errorEventDefinition/>"
ITEMS = (
    '<itemDefinition id="i1" structureRef="String"/><itemDefinition id="i2" structureRef="Number"/>'
)
CATCH_A = f'<intermediateCatchEvent id="a">{SIGNAL}</intermediateCatchEvent>'
CATCH_B = f'<intermediateCatchEvent id="b">{SIGNAL}</intermediateCatchEvent>'
OTHER = '<process id="q"><task id="z"/></process>'
POOLS = (
    '<collaboration id="c"><participant id="P" processRef="p"/><participant id="Q" processRef="q"/>'
    '{}</collaboration><process id="q"><task id="z"/></process>'
)
LINK_IN = '<intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>'
LINK_OUT = '<intermediateCatchEvent id="y"><linkEventDefinition name="L"/></intermediateCatchEvent>'
TO_LINK = '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>'
FROM_LINK = '<sequenceFlow id="f2" sourceRef="y" targetRef="e"/><endEvent id="e"/>'
ASSOCIATED = '<association id="as" sourceRef="x" targetRef="h"/>'
COMPENSATED = (
    SOUND + '<boundaryEvent id="x" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>'
)
OPERATION = (
    ITEMS + '<message id="m" name="M" itemRef="i1"/>'
    '<interface id="if" name="If"><operation id="op" name="Op"><inMessageRef>m</inMessageRef>'
    "</operation></interface>"
)


def data_in(item: str, own: str = "d1") -> str:
    """One data input of this item."""
    return f'<dataInput id="{own}" itemSubjectRef="{item}"/>'


ONE_INPUT = "<inputSet><dataInputRefs>d1</dataInputRefs></inputSet><outputSet/>"
OBJECTS = (
    '<dataObject id="o1" itemSubjectRef="i1"/><dataObjectReference id="r1" dataObjectRef="o1"/>'
    '<dataObject id="o2" itemSubjectRef="i2"/><dataObjectReference id="r2" dataObjectRef="o2"/>'
)


def reading(sources: str) -> str:
    """A task that reads these into its input `d1`."""
    association = f"<dataInputAssociation>{sources}<targetRef>d1</targetRef></dataInputAssociation>"
    return task(io(data_in("i1") + ONE_INPUT) + association) + OBJECTS
