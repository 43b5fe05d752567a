"""Data that fits: sets, items, associations, and what carries them (BPMN 2.0.2 §10.4, §10.3.3)."""

from collections.abc import Callable, Iterator

from mtd.core.process.readers.bpmn.strict.finding import Finding
from mtd.core.process.readers.bpmn.strict.references import DATA, PARAMETERS
from mtd.core.process.readers.reading import pointer
from mtd.core.process.readers.words import flag
from mtd.core.process.readers.xml import Element, child, children, local, text_of

CARRIED = {"message": "itemRef", "signal": "structureRef", "error": "structureRef"}
"""What an event may carry, and where its item is named; so for an escalation."""
SUB_PROCESSES = ("subProcess", "transaction", "adHocSubProcess")


def _item(found: Finding, element: Element | None, name: str = "itemSubjectRef") -> Element | None:
    """The item definition that `element` names."""
    return None if element is None else found.source.find(element.get(name))


def _fits(one: Element | None, other: Element | None) -> bool:
    """Whether two item definitions are the same, or say the same structure."""
    if one is None or other is None or one is other:
        return one is other
    structure = one.get("structureRef")
    return structure is not None and structure == other.get("structureRef")


def _parameters(element: Element | None, tag: str) -> list[Element]:
    specification = child(element, "ioSpecification")
    return [] if specification is None else list(children(specification, tag))


def _collections(found: Finding) -> None:
    for one in found.of("dataObject", "dataInput", "dataOutput"):
        item = _item(found, one)
        if item is not None and flag(one.get("isCollection")) != flag(item.get("isCollection")):
            what = "its isCollection is not that of its item definition"
            found.say("data-collection", one, f"{what} {item.get('id')!r}: make them agree")


def _associations(found: Finding) -> None:
    for one in found.of("dataInputAssociation", "dataOutputAssociation"):
        sources = [text_of(part) or "" for part in children(one, "sourceRef")]
        target = text_of(child(one, "targetRef")) or ""
        for end in filter(None, (*sources, target)):
            led = found.source.find(end)
            if led is None or local(led) not in DATA | PARAMETERS:
                what = f"it leads from or to {end!r}, which is no data of this file"
                found.say("data-association-ends", one, f"{what}: correct it")
        if len(sources) > 1 and child(one, "transformation") is None:
            what = "it has several sources and no transformation"
            found.say("data-association-sources", one, f"{what}: write one, or leave one source")
        _direction(found, one, sources, target)


def _direction(found: Finding, one: Element, sources: list[str], target: str) -> None:
    ends = [found.source.find(end) for end in (*sources, target)]
    items = [None if end is None else _datum_item(found, end) for end in ends]
    same = all(_fits(items[0], item) for item in items[1:] if item is not None)
    plain = child(one, "transformation") is None and child(one, "assignment") is None
    if plain and items[0] is not None and not same:
        what = "what it copies and what it fills have different item definitions"
        found.say("data-association-items", one, f"{what}: write a transformation")
    backwards = {"dataOutputAssociation": "dataInput", "dataInputAssociation": "dataOutput"}
    end = ends[-1] if local(one) == "dataOutputAssociation" else ends[0]
    if end is not None and local(end) == backwards[local(one)] and _of_process(end):
        what = f"the process's {local(end)} {end.get('id')!r}"
        verb = "filled" if local(one) == "dataOutputAssociation" else "read"
        found.say("data-association-direction", one, f"{what} cannot be {verb} by an activity")


def _datum_item(found: Finding, datum: Element) -> Element | None:
    referred = found.source.find(datum.get("dataObjectRef"))
    return _item(found, datum if referred is None else referred)


def _of_process(parameter: Element) -> bool:
    specification = parameter.getparent()
    above = None if specification is None else specification.getparent()
    return above is not None and local(above) == "process"


def _no_specification(found: Finding) -> None:
    for one in found.of(*SUB_PROCESSES):
        if child(one, "ioSpecification") is not None:
            what = "a sub-process sees what is around it and has no inputs of its own"
            found.say("sub-process-no-io", one, f"{what}: delete its ioSpecification")


def _operations(found: Finding) -> None:
    for task in found.of("serviceTask"):
        operation = found.source.find(pointer(task, "operationRef"))
        if operation is None:
            continue
        sets = (len(_parameters(task, "inputSet")), len(_parameters(task, "outputSet")))
        if sets[0] != 1 or sets[1] > 1:
            what = f"it calls an operation with {sets[0]} input and {sets[1]} output sets"
            found.say("operation-sets", task, f"{what}: give it one input and at most one output")
        for tag, ref in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
            message = found.source.find(text_of(child(operation, ref)))
            _carries(found, task, _parameters(task, tag), message)


def _messages(found: Finding) -> None:
    for tag, part, sets in (
        ("sendTask", "dataInput", "inputSet"),
        ("receiveTask", "dataOutput", "outputSet"),
    ):
        for task in found.of(tag):
            message = found.source.find(task.get("messageRef"))
            if message is None:
                continue
            drawn = _parameters(task, part)
            if len(drawn) > 1 or len(_parameters(task, sets)) > 1:
                found.say("message-sets", task, f"it has one message: leave one {part} in one set")
            _carries(found, task, drawn, message)


def _carries(found: Finding, task: Element, drawn: list[Element], message: Element | None) -> None:
    if message is None or not drawn:
        return
    if not _fits(_item(found, drawn[0]), _item(found, message, "itemRef")):
        what = f"its {local(drawn[0])} is not of the item of the message {message.get('id')!r}"
        found.say("message-items", task, f"{what}: let them agree")


def _calls(found: Finding) -> None:
    for activity in found.of("callActivity"):
        called = found.source.find(activity.get("calledElement"))
        if called is None:
            continue
        for tag in ("dataInput", "dataOutput"):
            own, wanted = _parameters(activity, tag), _parameters(called, tag)
            pairs = zip(own, wanted, strict=False)
            agree = all(_fits(_item(found, a), _item(found, b)) for a, b in pairs)
            if len(own) != len(wanted) or not agree:
                what = f"its {tag}s are not those of {called.get('id')!r}, which it calls"
                found.say("call-parameters", activity, f"{what}: let them agree")


def _services(found: Finding) -> None:
    for one in found.of("process", "globalTask"):
        bindings = list(children(one, "ioBinding"))
        if child(one, "supportedInterfaceRef") is not None and not bindings:
            found.say("service-bound", one, "it is offered as a service: write its ioBinding")
        for binding in bindings:
            operation = found.source.find(binding.get("operationRef"))
            for name, ref in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
                datum = found.source.find(binding.get(name))
                message = found.source.find(text_of(child(operation, ref)))
                _carries(found, one, [] if datum is None else [datum], message)


def _loops(found: Finding) -> None:
    for loop in found.of("multiInstanceLoopCharacteristics"):
        for ref, tag in (
            ("loopDataInputRef", "inputDataItem"),
            ("loopDataOutputRef", "outputDataItem"),
        ):
            whole = _item(found, found.source.find(text_of(child(loop, ref))))
            item = _item(found, child(loop, tag))
            if whole is None or item is None:
                continue
            scalar = not flag(item.get("isCollection"))
            if not scalar or whole.get("structureRef") != item.get("structureRef"):
                what = f"its {tag} is not one item of what it goes over"
                found.say("loop-item", loop, f"{what}: let their item definitions agree")


def _events(found: Finding) -> None:
    for tag in ("startEvent", "intermediateCatchEvent", "boundaryEvent"):
        for event in found.of(tag):
            _event(found, event, "dataOutput")
    for tag in ("endEvent", "intermediateThrowEvent"):
        for event in found.of(tag):
            _event(found, event, "dataInput")


def _event(found: Finding, event: Element, tag: str) -> None:
    """Each definition of an event has a datum, in order, of the item that it carries."""
    drawn = list(children(event, tag))
    definitions = [part for part in event if local(part).endswith("EventDefinition")]
    if not drawn or not definitions:
        return
    if len(drawn) < len(definitions):
        what = f"it has {len(definitions)} event definitions and {len(drawn)} {tag}"
        found.say("event-data", event, f"{what}: draw one for each")
    for datum, carried in zip(drawn, _items(found, definitions), strict=False):
        if carried is not None and not _fits(_item(found, datum), carried):
            what = f"its {tag} {datum.get('id')!r} is not of the item that its event carries"
            found.say("event-items", event, f"{what}: let them agree")


def _items(found: Finding, definitions: list[Element]) -> Iterator[Element | None]:
    for one in definitions:
        kind = local(one).removesuffix("EventDefinition")
        led = found.source.find(one.get(f"{kind}Ref"))
        yield _item(found, led, CARRIED.get(kind, "structureRef"))


LOOKS: tuple[Callable[[Finding], None], ...] = (
    _collections,
    _associations,
    _no_specification,
    _operations,
    _messages,
    _calls,
    _services,
    _loops,
    _events,
)
