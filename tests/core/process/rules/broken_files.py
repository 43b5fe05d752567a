"""Files that break a rule which their drawing alone would not show."""

from tests.core.process.rules.pieces import (
    ITEMS,
    MESSAGE,
    MESSAGES,
    ONE_INPUT,
    OPERATION,
    OTHER,
    SIGNAL,
    SIGNALS,
    SOUND,
    Broken,
    data_in,
    ending,
    forked,
    io,
    reading,
    starting,
    task,
)

FILES: dict[str, Broken] = {
    "id-unique": Broken("t", SOUND + '<dataObject id="t"/>'),
    "reference-resolves": Broken("x", ending('<signalEventDefinition signalRef="nowhere"/>')),
    "reference-kind": Broken("x", ending('<signalEventDefinition signalRef="m"/>'), MESSAGES),
    "timer-one-kind": Broken(
        "x",
        starting(
            "<timerEventDefinition><timeDate>2026-09-18</timeDate>"
            "<timeDuration>PT1H</timeDuration></timerEventDefinition>"
        ),
    ),
    "one-loop": Broken(
        "x",
        task(
            "<standardLoopCharacteristics><loopCondition>true</loopCondition>"
            "</standardLoopCharacteristics><multiInstanceLoopCharacteristics>"
            "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
        ),
    ),
    "participant-multiplicity": Broken(
        "P",
        SOUND,
        '<collaboration id="c"><participant id="P" processRef="p">'
        '<participantMultiplicity minimum="3" maximum="2"/></participant></collaboration>',
    ),
    "no-choreography-in-process": Broken("ch", SOUND + '<choreographyTask id="ch"/>'),
    "public-not-executable": Broken("p", SOUND),
    "flow-immediate": Broken("f1", SOUND.replace('id="f1"', 'id="f1" isImmediate="false"')),
    "formal-expression-body": Broken(
        "f2", forked("exclusiveGateway", '<conditionExpression xsi:type="tFormalExpression"/>')
    ),
    "formal-expression": Broken(
        "f2",
        forked("exclusiveGateway", "<conditionExpression>quite sure</conditionExpression>"),
    ),
    "complex-behavior": Broken(
        "x",
        task(
            '<multiInstanceLoopCharacteristics behavior="Complex"><loopCardinality>2'
            "</loopCardinality><complexBehaviorDefinition/></multiInstanceLoopCharacteristics>"
        ),
    ),
    "condition-is-question": Broken(
        "f2", forked("exclusiveGateway", "<conditionExpression>23</conditionExpression>")
    ),
    "event-definition-own": Broken(
        "s",
        '<startEvent id="s"><eventDefinitionRef>d</eventDefinitionRef></startEvent>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="x"/><endEvent id="x">'
        '<signalEventDefinition id="d" signalRef="sig"/></endEvent>',
        SIGNALS,
    ),
    "part-in-place": Broken("pr", SOUND, '<property id="pr"/>'),
    "script-format": Broken("t", SOUND.replace("task", 'scriptTask scriptFormat="INVALID"')),
    "text-format": Broken(
        "t",
        SOUND.replace(
            '<task id="t"/>',
            '<task id="t"><documentation textFormat="plain">words</documentation></task>',
        ),
    ),
    "resource-one-way": Broken(
        "pe",
        task(
            '<performer id="pe"><resourceRef>r</resourceRef><resourceAssignmentExpression>'
            "<formalExpression>a</formalExpression></resourceAssignmentExpression></performer>",
            "userTask",
        ),
        '<resource id="r" name="R"/>',
    ),
    "data-collection": Broken(
        "o", SOUND + '<dataObject id="o" isCollection="true" itemSubjectRef="i1"/>', ITEMS
    ),
    "data-association-ends": Broken("x", reading("<sourceRef>e</sourceRef>"), ITEMS),
    "data-association-sources": Broken(
        "x", reading("<sourceRef>r1</sourceRef><sourceRef>r1</sourceRef>"), ITEMS
    ),
    "data-association-items": Broken("x", reading("<sourceRef>r2</sourceRef>"), ITEMS),
    "data-association-direction": Broken(
        "x",
        io(
            '<dataOutput id="po"/><inputSet/><outputSet><dataOutputRefs>po</dataOutputRefs>'
            "</outputSet>"
        )
        + reading("<sourceRef>po</sourceRef>"),
        ITEMS,
    ),
    "sub-process-no-io": Broken(
        "x", task(io("<inputSet/><outputSet/>") + '<task id="in"/>', "subProcess")
    ),
    "operation-sets": Broken(
        "x", task("", "serviceTask", 'operationRef="op" implementation="k.k"'), OPERATION
    ),
    "message-sets": Broken(
        "x",
        task(
            io(data_in("i1") + data_in("i1", "d2") + ONE_INPUT),
            "sendTask",
            'messageRef="m" implementation="k.k"',
        ),
        OPERATION,
    ),
    "message-items": Broken(
        "x",
        task(io(data_in("i2") + ONE_INPUT), "sendTask", 'messageRef="m" implementation="k.k"'),
        OPERATION,
    ),
    "call-parameters": Broken(
        "x",
        task(io(data_in("i1") + ONE_INPUT), "callActivity", 'calledElement="q"'),
        ITEMS + OTHER,
    ),
    "service-bound": Broken(
        "p", "<supportedInterfaceRef>if</supportedInterfaceRef>" + SOUND, OPERATION
    ),
    "loop-item": Broken(
        "x",
        task(
            io('<dataInput id="d1" itemSubjectRef="i1"/>' + ONE_INPUT)
            + "<multiInstanceLoopCharacteristics><loopDataInputRef>d1</loopDataInputRef>"
            '<inputDataItem id="one" itemSubjectRef="i2"/></multiInstanceLoopCharacteristics>'
        ),
        ITEMS,
    ),
    "event-data": Broken(
        "x",
        starting(
            '<dataOutput id="d1" itemSubjectRef="i1"/><outputSet><dataOutputRefs>d1'
            f"</dataOutputRefs></outputSet>{MESSAGE}{SIGNAL}"
        ),
        ITEMS + SIGNALS + '<message id="m" name="M" itemRef="i1"/>',
    ),
    "event-items": Broken(
        "x",
        starting(
            '<dataOutput id="d1" itemSubjectRef="i2"/><outputSet><dataOutputRefs>d1'
            f"</dataOutputRefs></outputSet>{MESSAGE}"
        ),
        ITEMS + '<message id="m" name="M" itemRef="i1"/>',
    ),
}
