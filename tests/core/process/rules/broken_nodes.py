"""Drawings that break a rule of boundaries, links, gateways, activities and messages."""

from tests.core.process.rules.pieces import (
    ASSOCIATED,
    CATCH_A,
    CATCH_B,
    COMPENSATED,
    CONDITION,
    ERROR,
    FROM_LINK,
    LINK_IN,
    LINK_OUT,
    MESSAGE,
    MESSAGES,
    POOLS,
    SIGNAL,
    SIGNALS,
    SOUND,
    TO_LINK,
    Broken,
    attached,
    awaiting,
    between,
    ending,
    forked,
    handled,
    starting,
    task,
)

NODES: dict[str, Broken] = {
    "boundary-on-activity": Broken(
        "x", attached(SIGNAL).replace('attachedToRef="t"', 'attachedToRef="e"'), SIGNALS
    ),
    "boundary-trigger": Broken("x", attached(ERROR, 'cancelActivity="false"')),
    "boundary-no-incoming": Broken(
        "x", attached(SIGNAL) + '<sequenceFlow id="f9" sourceRef="t" targetRef="x"/>', SIGNALS
    ),
    "boundary-has-outgoing": Broken(
        "x", SOUND + f'<boundaryEvent id="x" attachedToRef="t">{SIGNAL}</boundaryEvent>', SIGNALS
    ),
    "cancel-boundary-on-transaction": Broken("x", attached("<cancelEventDefinition/>")),
    "link-has-target": Broken("x", TO_LINK + LINK_IN + '<endEvent id="e"/>'),
    "link-one-target": Broken(
        "z",
        TO_LINK
        + LINK_IN
        + LINK_OUT
        + FROM_LINK
        + LINK_OUT.replace('"y"', '"z"')
        + '<sequenceFlow id="f3" sourceRef="z" targetRef="e"/>',
    ),
    "link-has-source": Broken(
        "y", SOUND + LINK_OUT + FROM_LINK.replace('<endEvent id="e"/>', "").replace("f2", "f9")
    ),
    "link-ends-agree": Broken(
        "x",
        TO_LINK
        + '<intermediateThrowEvent id="x"><linkEventDefinition id="l1" name="L"><target>l2</target>'
        "</linkEventDefinition></intermediateThrowEvent>"
        '<intermediateCatchEvent id="y"><linkEventDefinition id="l2" name="L"><source>l3</source>'
        "</linkEventDefinition></intermediateCatchEvent>" + FROM_LINK,
    ),
    "link-source-no-outgoing": Broken(
        "x",
        TO_LINK
        + LINK_IN
        + LINK_OUT
        + FROM_LINK
        + '<sequenceFlow id="f9" sourceRef="x" targetRef="e"/>',
    ),
    "link-target-no-incoming": Broken(
        "y",
        TO_LINK
        + LINK_IN
        + LINK_OUT
        + FROM_LINK
        + '<sequenceFlow id="f9" sourceRef="s" targetRef="y"/>',
    ),
    "gateway-direction": Broken(
        "x", forked("parallelGateway", "", 'gatewayDirection="Converging"')
    ),
    "gateway-several-flows": Broken("x", between('<exclusiveGateway id="x"/>')),
    "event-gateway-two-ways": Broken(
        "g",
        awaiting(CATCH_A, CATCH_B, 'instantiate="false"').replace(
            '<sequenceFlow id="f3" sourceRef="g" targetRef="b"/>', ""
        ),
        SIGNALS,
    ),
    "event-gateway-unconditional": Broken("f2", awaiting(CATCH_A, CATCH_B, "", CONDITION), SIGNALS),
    "event-gateway-targets": Broken("g", awaiting('<task id="a"/>', CATCH_B), SIGNALS),
    "event-gateway-not-both": Broken(
        "g",
        awaiting(
            '<receiveTask id="a" messageRef="m"/>',
            f'<intermediateCatchEvent id="b">{MESSAGE}</intermediateCatchEvent>',
        ),
        MESSAGES,
    ),
    "event-gateway-receive-plain": Broken(
        "a",
        awaiting('<receiveTask id="a" messageRef="m"/>', CATCH_B)
        + f'<boundaryEvent id="x" attachedToRef="a">{SIGNAL}</boundaryEvent>'
        '<sequenceFlow id="f9" sourceRef="x" targetRef="e"/>',
        MESSAGES + SIGNALS,
    ),
    "event-gateway-only-way": Broken(
        "a",
        awaiting(CATCH_A, CATCH_B) + '<sequenceFlow id="f9" sourceRef="b" targetRef="a"/>',
        SIGNALS,
    ),
    "event-gateway-instantiating": Broken(
        "g", awaiting(CATCH_A, CATCH_B, 'instantiate="true"'), SIGNALS
    ),
    "event-gateway-parallel": Broken(
        "g", awaiting(CATCH_A, CATCH_B, 'eventGatewayType="Parallel"'), SIGNALS
    ),
    "event-sub-process-no-flows": Broken(
        "x",
        handled(f'<startEvent id="hs">{SIGNAL}</startEvent>')
        + '<sequenceFlow id="f9" sourceRef="t" targetRef="x"/>',
        SIGNALS,
    ),
    "event-sub-process-one-start": Broken(
        "x",
        handled(
            f'<startEvent id="hs">{SIGNAL}</startEvent><startEvent id="h2">{SIGNAL}</startEvent>'
            '<sequenceFlow id="h3" sourceRef="h2" targetRef="he"/>'
        ),
        SIGNALS,
    ),
    "event-sub-process-trigger": Broken("hs", handled('<startEvent id="hs"/>')),
    "event-sub-process-interrupting": Broken(
        "hs", handled(f'<startEvent id="hs" isInterrupting="false">{ERROR}</startEvent>')
    ),
    "ad-hoc-content": Broken("x", task("", "adHocSubProcess")),
    "transaction-method": Broken("x", task("", "transaction", 'method="_no_URI!$%"')),
    "quantity-positive": Broken("x", task("", "task", 'startQuantity="0"')),
    "loop-maximum-positive": Broken(
        "x",
        task(
            '<standardLoopCharacteristics loopMaximum="-1"><loopCondition>true</loopCondition>'
            "</standardLoopCharacteristics>"
        ),
    ),
    "cardinality-positive": Broken(
        "x",
        task(
            "<multiInstanceLoopCharacteristics><loopCardinality>-1</loopCardinality>"
            "</multiInstanceLoopCharacteristics>"
        ),
    ),
    "receive-instantiating": Broken(
        "x", task("", "receiveTask", 'messageRef="m" instantiate="true"'), MESSAGES
    ),
    "instantiating-at-top": Broken(
        "in",
        task('<receiveTask id="in" messageRef="m" instantiate="true"/>', "subProcess"),
        MESSAGES,
    ),
    "called-process-starts": Broken(
        "x",
        task("", "callActivity", 'calledElement="q"'),
        SIGNALS + f'<process id="q"><startEvent id="qs">{SIGNAL}</startEvent>'
        '<sequenceFlow id="q1" sourceRef="qs" targetRef="qe"/><endEvent id="qe"/></process>',
    ),
    "compensation-by-association": Broken(
        "x",
        COMPENSATED
        + '<task id="h" isForCompensation="true"/>'
        + ASSOCIATED
        + '<sequenceFlow id="f9" sourceRef="x" targetRef="e"/>',
    ),
    "compensation-has-handler": Broken("x", COMPENSATED),
    "compensation-handler-marked": Broken(
        "h",
        COMPENSATED
        + '<task id="h"/>'
        + ASSOCIATED
        + '<sequenceFlow id="f8" sourceRef="s" targetRef="h"/>'
        '<sequenceFlow id="f9" sourceRef="h" targetRef="e"/>',
    ),
    "compensation-handler-apart": Broken(
        "h",
        COMPENSATED
        + '<task id="h" isForCompensation="true"/>'
        + ASSOCIATED
        + '<sequenceFlow id="f9" sourceRef="t" targetRef="h"/>',
    ),
    "timer-value": Broken(
        "x",
        starting(
            "<timerEventDefinition><timeDuration>R3/PT5M</timeDuration></timerEventDefinition>"
        ),
    ),
    "escalation-code": Broken(
        "x",
        ending('<escalationEventDefinition escalationRef="es"/>'),
        '<escalation id="es" name="Es"/>',
    ),
    "message-named": Broken("x", starting("<messageEventDefinition/>")),
    "message-flow-between-pools": Broken(
        "mf", SOUND, POOLS.format('<messageFlow id="mf" sourceRef="t" targetRef="P"/>')
    ),
    "message-flow-ends": Broken(
        "mf", SOUND, POOLS.format('<messageFlow id="mf" sourceRef="f1" targetRef="Q"/>')
    ),
    "message-flow-direction": Broken(
        "s", SOUND, POOLS.format('<messageFlow id="mf" sourceRef="s" targetRef="Q"/>')
    ),
    "message-flow-needs-message": Broken(
        "e", SOUND, POOLS.format('<messageFlow id="mf" sourceRef="e" targetRef="Q"/>')
    ),
}
