"""Flow nodes of BPMN 2.0 XML: tasks, sub-processes, events and gateways to drawn nodes."""

from mtd.core.process.drawing import Loop, Node, Resource
from mtd.core.process.readers.bpmn import events
from mtd.core.process.readers.bpmn.associated import data_in, data_out, parameters, properties
from mtd.core.process.readers.bpmn.loops import loop_of
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.bpmn.vendor import SERVICES
from mtd.core.process.readers.reading import pointer
from mtd.core.process.readers.words import flag, label, number, plain
from mtd.core.process.readers.xml import Element, child, children, line_of, local, text_of

CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
    }
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "complexGateway",
        "eventBasedGateway",
    }
)
NODES = CONTAINERS | TASKS | EVENTS | GATEWAYS | {"callActivity"}
GLOBAL_TASKS = frozenset(
    {
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
    }
)
_SERVICES = frozenset({"serviceTask", "sendTask", "businessRuleTask", "task", "scriptTask"})


def node(source: Source, element: Element, parent: str | None) -> Node:
    """The node that `element` draws, inside `parent`; its lane is not known yet."""
    kind = local(element)
    get = element.get
    attributes = source.attributes(element)
    called, binding, version = _called(source, element, attributes)
    interrupts = get("cancelActivity") if kind == "boundaryEvent" else get("isInterrupting")
    return Node(
        id=source.id_of(element),
        name=label(get("name")),
        kind=kind,
        parent=parent,
        line=line_of(element),
        documentation=documentation(element),
        events=events.definitions(source, element) if kind in EVENTS else (),
        attached_to=source.ref(get("attachedToRef")),
        interrupting=flag(interrupts, absent=True),
        parallel_multiple=flag(get("parallelMultiple")),
        triggered_by_event=flag(get("triggeredByEvent")),
        is_for_compensation=flag(get("isForCompensation")),
        instantiate=flag(get("instantiate")),
        event_gateway_type=get("eventGatewayType") or "Exclusive",
        direction=get("gatewayDirection"),
        activation_condition=text_of(child(element, "activationCondition")),
        default=source.ref(get("default")),
        start_quantity=_quantity(source, element, "startQuantity"),
        completion_quantity=_quantity(source, element, "completionQuantity"),
        loop=_loop(source, element),
        ordering=get("ordering") or "Parallel",
        cancel_remaining=flag(get("cancelRemainingInstances"), absent=True),
        completion_condition=text_of(child(element, "completionCondition")),
        method=get("method"),
        implementation=_implementation(kind, get("implementation"), attributes),
        operation=source.ref(pointer(element, "operationRef")),
        message=_message(source, element),
        script=text_of(child(element, "script")),
        script_format=get("scriptFormat") or get("scriptLanguage"),
        called_element=called,
        called_binding=binding,
        called_version=version,
        inputs=parameters(source, element, "dataInput"),
        outputs=parameters(source, element, "dataOutput"),
        data_in=data_in(source, element),
        data_out=data_out(source, element),
        properties=properties(source, element),
        resources=tuple(_resources(source, element)),
        attributes=attributes,
    )


def documentation(element: Element) -> str | None:
    """All documentation of an element as plain text."""
    parts = (plain(text_of(part)) for part in children(element, "documentation"))
    return "\n".join(part for part in parts if part) or None


def _quantity(source: Source, element: Element, name: str) -> int:
    raw = element.get(name)
    if raw is None:
        return 1
    count = number(raw)
    if count is None:
        source.note(element, f"its {name} {raw!r} is not a whole number; read as 1")
    return 1 if count is None else count


def _loop(source: Source, element: Element) -> Loop | None:
    for part in children(
        element, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics"
    ):
        return loop_of(source, part, element)
    return None


def _implementation(kind: str, drawn: str | None, attributes: dict[str, str]) -> str | None:
    """As drawn; else where a vendor names the service. `##…` only says the technology."""
    word = label(drawn)
    if word and not word.startswith("##"):
        return word
    if kind not in _SERVICES:
        return None
    return next((attributes[name] for name in SERVICES if name in attributes), None)


def _called(
    source: Source, element: Element, attributes: dict[str, str]
) -> tuple[str | None, str | None, str | None]:
    """What a call activity calls, with the vendor's version binding: Camunda 7, then 8."""
    if local(element) != "callActivity":
        return None, None, None
    called = source.ref(pointer(element, "calledElement")) or attributes.get(
        "calledElement.processId"
    )
    if called is None:
        source.note(element, "it calls nothing: the process was not linked")
    binding = attributes.get("calledElementBinding") or attributes.get("calledElement.bindingType")
    names = ("calledElementVersionTag", "calledElementVersion", "calledElement.versionTag")
    return called, binding, next((attributes[name] for name in names if name in attributes), None)


def _message(source: Source, element: Element) -> str | None:
    """The message that a task names; else that of its operation, or of its message flow."""
    kind = local(element)
    if kind not in ("sendTask", "receiveTask"):
        return None
    raw = pointer(element, "messageRef")
    operation = source.find(pointer(element, "operationRef"))
    if raw is None and operation is not None:
        raw = pointer(operation, "inMessageRef")
    if raw is None:
        return source.carried(element, thrown=kind == "sendTask")
    if source.find(raw) is None:
        source.note(element, f"there is no message {raw!r}; what the reference says is its name")
    return source.name_at(raw)


def _resources(source: Source, element: Element) -> list[Resource]:
    kinds = ("potentialOwner", "humanPerformer", "performer", "resourceRole")
    return [
        Resource(
            kind=local(part),
            name=source.name_at(pointer(part, "resourceRef")) or label(part.get("name")),
            expression=text_of(child(part, "resourceAssignmentExpression")),
        )
        for part in children(element, *kinds)
    ]
