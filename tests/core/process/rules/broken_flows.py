"""Drawings that break a rule of flows, and of events that begin and end."""

from tests.core.process.rules.pieces import (
    CONDITION,
    ERROR,
    OTHER,
    SIGNAL,
    SIGNALS,
    SOUND,
    Broken,
    between,
    ending,
    forked,
    starting,
    task,
)

FLOWS: dict[str, Broken] = {
    "flow-ends": Broken("f9", SOUND + '<sequenceFlow id="f9" sourceRef="t" targetRef="z"/>', OTHER),
    "flow-within-level": Broken(
        "f9",
        task('<task id="in"/>', "subProcess")
        + '<sequenceFlow id="f9" sourceRef="in" targetRef="e"/>',
    ),
    "flow-conditional-not-alone": Broken(
        "f2",
        SOUND.replace(
            '<sequenceFlow id="f2" sourceRef="t" targetRef="e"/>',
            f'<sequenceFlow id="f2" sourceRef="t" targetRef="e">{CONDITION}</sequenceFlow>',
        ),
    ),
    "flow-unconditional-after-event": Broken(
        "f1",
        SOUND.replace(
            '<sequenceFlow id="f1" sourceRef="s" targetRef="t"/>',
            f'<sequenceFlow id="f1" sourceRef="s" targetRef="t">{CONDITION}</sequenceFlow>',
        ),
    ),
    "flow-condition-ignored": Broken("f2", forked("parallelGateway", CONDITION)),
    "default-belongs": Broken("x", forked("exclusiveGateway", CONDITION, 'default="f4"')),
    "default-of-whom": Broken("x", forked("parallelGateway", "", 'default="f2"')),
    "default-unconditional": Broken("f2", forked("exclusiveGateway", CONDITION, 'default="f2"')),
    "start-no-incoming": Broken("s", SOUND + '<sequenceFlow id="f9" sourceRef="t" targetRef="s"/>'),
    "start-has-outgoing": Broken("s2", SOUND + '<startEvent id="s2"/>'),
    "start-trigger": Broken("x", starting(ERROR)),
    "sub-process-start-none": Broken(
        "in",
        task(
            f'<startEvent id="in">{SIGNAL}</startEvent>'
            '<sequenceFlow id="i1" sourceRef="in" targetRef="ie"/><endEvent id="ie"/>',
            "subProcess",
        ),
        SIGNALS,
    ),
    "start-needs-end": Broken(
        "s",
        '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/><task id="t"/>',
    ),
    "end-needs-start": Broken(
        "e", '<task id="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/>'
    ),
    "reached-when-start": Broken(
        "x", SOUND + '<task id="x"/><sequenceFlow id="f9" sourceRef="x" targetRef="e"/>'
    ),
    "left-when-end": Broken(
        "x", SOUND + '<task id="x"/><sequenceFlow id="f9" sourceRef="t" targetRef="x"/>'
    ),
    "end-no-outgoing": Broken("e", SOUND + '<sequenceFlow id="f9" sourceRef="e" targetRef="t"/>'),
    "end-has-incoming": Broken("x", SOUND + '<endEvent id="x"/>'),
    "end-result": Broken(
        "x",
        ending(
            "<conditionalEventDefinition><condition>true</condition></conditionalEventDefinition>"
        ),
    ),
    "cancel-end-in-transaction": Broken("x", ending("<cancelEventDefinition/>")),
    "catch-trigger": Broken(
        "x", between(f'<intermediateCatchEvent id="x">{ERROR}</intermediateCatchEvent>')
    ),
    "catch-something": Broken("x", between('<intermediateCatchEvent id="x"/>')),
    "throw-result": Broken(
        "x", between(f'<intermediateThrowEvent id="x">{ERROR}</intermediateThrowEvent>')
    ),
    "intermediate-has-incoming": Broken(
        "x",
        SOUND + f'<intermediateThrowEvent id="x">{SIGNAL}</intermediateThrowEvent>'
        '<sequenceFlow id="f9" sourceRef="x" targetRef="e"/>',
        SIGNALS,
    ),
    "intermediate-has-outgoing": Broken(
        "x",
        SOUND + f'<intermediateThrowEvent id="x">{SIGNAL}</intermediateThrowEvent>'
        '<sequenceFlow id="f9" sourceRef="t" targetRef="x"/>',
        SIGNALS,
    ),
}
