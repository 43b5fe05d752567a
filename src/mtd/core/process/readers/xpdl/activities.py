"""Activities of XPDL to nodes: tasks, routes, events, blocks and sub-flows (XPDL 2.2 §7.6)."""

from collections.abc import Mapping

import msgspec

from mtd.core.process.drawing import DataAssociation, Loop, Node, Parameter, Resource
from mtd.core.process.readers.words import flag, label, number, plain
from mtd.core.process.readers.xml import Element, child, children, line_of, local, text_of
from mtd.core.process.readers.xpdl.package import Package, children_of, text_at
from mtd.core.process.readers.xpdl.triggers import event_of

TASKS = {
    "TaskUser": "userTask",
    "TaskManual": "manualTask",
    "TaskService": "serviceTask",
    "TaskScript": "scriptTask",
    "TaskBusinessRule": "businessRuleTask",
    "TaskSend": "sendTask",
    "TaskReceive": "receiveTask",
    "TaskApplication": "serviceTask",
}
_GATEWAYS = {
    "EXCLUSIVE": "exclusiveGateway",
    "XOR": "exclusiveGateway",
    "INCLUSIVE": "inclusiveGateway",
    "OR": "inclusiveGateway",
    "PARALLEL": "parallelGateway",
    "AND": "parallelGateway",
    "COMPLEX": "complexGateway",
    "EVENTBASED": "eventBasedGateway",
}


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The kind of node that an activity is, and the element that says more of it."""

    kind: str
    detail: Element | None = None


def node(package: Package, activity: Element, parent: str | None, block: Element | None) -> Node:
    """The node that an activity draws; `block` is the activity set of a sub-process."""
    drawn = next(children(activity, "Event"), None)
    shape = _shape(package, activity)
    detail = shape.detail
    event = None if drawn is None else event_of(package, activity, drawn)
    return Node(
        id=package.id_of(activity),
        name=label(activity.get("Name")),
        kind=shape.kind if event is None else event.kind,
        parent=parent,
        line=line_of(activity),
        documentation=documentation(activity),
        events=() if event is None else event.definitions,
        attached_to=None if event is None else event.attached_to,
        interrupting=event is None or event.interrupting,
        parallel_multiple=event is not None and event.parallel_multiple,
        triggered_by_event=_said(block, "TriggeredByEvent"),
        is_for_compensation=flag(activity.get("IsForCompensation")),
        instantiate=_said(detail, "Instantiate"),
        event_gateway_type="Parallel" if _said(detail, "ParallelEventBased") else "Exclusive",
        direction=None if detail is None else detail.get("GatewayDirection"),
        activation_condition=text_at(detail, "IncomingCondition"),
        start_quantity=number(activity.get("StartQuantity")) or 1,
        completion_quantity=number(activity.get("CompletionQuantity")) or 1,
        loop=_loop(activity),
        ordering=_attribute(block, "AdHocOrdering") or "Parallel",
        completion_condition=text_at(block, "AdHocCompletionCondition"),
        implementation=_implementation(shape),
        message=_message(package, activity, shape),
        script=text_of(child(detail, "Script")),
        script_format=_attribute(child(detail, "Script"), "ScriptType"),
        called_element=_attribute(detail, "Id") if shape.kind == "callActivity" else None,
        inputs=_parameters(activity, "Input"),
        outputs=_parameters(activity, "Output"),
        resources=_resources(package, activity),
        attributes=attributes(activity),
    )


def associated(drawn: Node, links: list[DataAssociation], names: Mapping[str, str]) -> Node:
    """`drawn` with those of a process's data associations that fill or empty its parameters.

    Bizagi names data and not parameters: one without a name, by id in `names`, has that of the
    data at the other end.
    """
    inputs, outputs = ({one.id for one in side} for side in (drawn.inputs, drawn.outputs))
    if not inputs and not outputs:
        return drawn
    data_in = tuple(link for link in links if link.target in inputs)
    data_out = tuple(link for link in links if outputs.intersection(link.sources))
    carried = {link.target: source for link in data_in for source in link.sources}
    carried |= {source: link.target for link in data_out for source in link.sources}
    return msgspec.structs.replace(
        drawn,
        inputs=tuple(_called(one, carried, names) for one in drawn.inputs),
        outputs=tuple(_called(one, carried, names) for one in drawn.outputs),
        data_in=data_in,
        data_out=data_out,
    )


def documentation(element: Element) -> str | None:
    """Description and documentation as plain text; Bizagi writes one text as both."""
    drawn = children(element, "Description", "Documentation")
    parts = dict.fromkeys(plain(text_of(part)) for part in drawn)
    return "\n".join(part for part in parts if part) or None


def attributes(element: Element) -> dict[str, str]:
    """Extended attributes by name."""
    found: dict[str, str] = {}
    for one in children_of(element, "ExtendedAttributes", "ExtendedAttribute"):
        name, value = one.get("Name"), one.get("Value") or text_of(one)
        if name and value:
            found.setdefault(name, value)
    return found


def _shape(package: Package, activity: Element) -> Shape:
    for part in activity:
        match local(part):
            case "Route":
                return _gateway(activity, part)
            case "BlockActivity":
                return Shape(kind=_block_kind(package, activity, part), detail=part)
            case "Implementation":
                return _implemented(package, activity, part)
            case _:
                continue
    return Shape(kind="task")


def _gateway(activity: Element, route: Element) -> Shape:
    if "Event" in (route.get("ExclusiveType"), route.get("XORType")):
        return Shape(kind="eventBasedGateway", detail=route)
    written = route.get("GatewayType")
    if written is None:
        # XPDL 1 says in the restrictions how a route splits or joins.
        kinds = (one.get("Type") for one in activity.iter("{*}Split", "{*}Join"))
        written = next((kind for kind in kinds if kind), "Exclusive")
    return Shape(kind=_GATEWAYS.get(written.upper(), "exclusiveGateway"), detail=route)


def _block_kind(package: Package, activity: Element, block: Element) -> str:
    if flag(activity.get("IsATransaction")):
        return "transaction"
    found = package.other("ActivitySet", block.get("ActivitySetId"))
    return "adHocSubProcess" if _said(found, "AdHoc") else "subProcess"


def _implemented(package: Package, activity: Element, implementation: Element) -> Shape:
    for part in implementation:
        tag = local(part)
        if tag == "SubFlow":
            if package.other("WorkflowProcess", part.get("Id")) is None:
                package.note(activity, "it calls nothing of this file: was the process linked?")
            return Shape(kind="callActivity", detail=part)
        if tag == "Tool":
            return Shape(kind="serviceTask", detail=part)
        for task in part if tag == "Task" else ():
            if local(task) in TASKS:
                return Shape(kind=TASKS[local(task)], detail=task)
            package.note(activity, f"{local(task)} is not of XPDL 2.2; read as a plain task")
    return Shape(kind="task")


def _said(element: Element | None, name: str) -> bool:
    return flag(_attribute(element, name))


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else element.get(name) or None


def _implementation(shape: Shape) -> str | None:
    """The application that a task or a tool names; other implementations say the technology."""
    if shape.detail is None or local(shape.detail) not in ("TaskApplication", "Tool"):
        return None
    return shape.detail.get("Id") or None


def _message(package: Package, activity: Element, shape: Shape) -> str | None:
    if shape.kind not in ("sendTask", "receiveTask"):
        return None
    drawn = child(shape.detail, "Message")
    name = None if drawn is None else label(drawn.get("Name") or drawn.get("Id"))
    return name or package.carried(activity, thrown=shape.kind == "sendTask")


def _loop(activity: Element) -> Loop | None:
    drawn = child(activity, "Loop")
    kind = "None" if drawn is None else drawn.get("LoopType") or "None"
    if kind == "Standard":
        detail = child(drawn, "LoopStandard")
        return Loop(
            kind="standardLoop",
            sequential=True,
            test_before=(_attribute(detail, "TestTime") or "").lower() == "before",
            maximum=number(_attribute(detail, "LoopMaximum")),
            condition=text_at(detail, "LoopCondition"),
        )
    if kind != "MultiInstance":
        return None
    detail = child(drawn, "LoopMultiInstance")
    return Loop(
        kind="multiInstance",
        sequential=(_attribute(detail, "MI_Ordering") or "").lower() == "sequential",
        cardinality=text_at(detail, "MI_Condition"),
        completion_condition=text_at(detail, "ComplexMI_FlowCondition"),
        behavior=_attribute(detail, "MI_FlowCondition") or "All",
    )


def _parameters(activity: Element, tag: str) -> tuple[Parameter, ...]:
    """Inputs or outputs of an activity, by the artifacts of its sets."""
    ids = {
        one.get("ArtifactId"): None
        for group in children_of(activity, f"{tag}Sets", f"{tag}Set")
        for one in children(group, tag)
    }
    return tuple(Parameter(id=one, name=None) for one in ids if one)


def _called(
    one: Parameter, carried: Mapping[str | None, str | None], names: Mapping[str, str]
) -> Parameter:
    own = names.get(one.id) or names.get(carried.get(one.id) or "")
    return msgspec.structs.replace(one, name=own)


def _resources(package: Package, activity: Element) -> tuple[Resource, ...]:
    listed = children_of(activity, "Performers", "Performer")
    names = (
        package.participant(text_of(one)) for one in (*listed, *children(activity, "Performer"))
    )
    return tuple(Resource(kind="performer", name=name) for name in names if name)
