"""Loop characteristics of BPMN 2.0 XML (BPMN 2.0.2 §10.3.9)."""

from collections.abc import Iterator

from mtd.core.process.drawing import EventDefinition, Loop
from mtd.core.process.readers.bpmn import events
from mtd.core.process.readers.bpmn.associated import data_in, data_out
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.reading import pointer
from mtd.core.process.readers.words import flag, label, number
from mtd.core.process.readers.xml import Element, child, children, local, text_of


def loop_of(source: Source, drawn: Element, activity: Element) -> Loop:
    """The loop of `activity`, as the loop characteristics `drawn` say."""
    attributes = source.attributes(drawn)
    if local(drawn) == "standardLoopCharacteristics":
        return Loop(
            kind="standardLoop",
            test_before=flag(drawn.get("testBefore")),
            maximum=number(drawn.get("loopMaximum")),
            condition=text_of(child(drawn, "loopCondition")),
            sequential=True,
            attributes=attributes,
        )
    return Loop(
        kind="multiInstance",
        sequential=flag(drawn.get("isSequential")),
        cardinality=text_of(child(drawn, "loopCardinality")),
        collection_in=_collection_in(source, drawn, activity, attributes),
        collection_out=_collection_out(source, drawn, activity, attributes),
        item_in=_item(drawn, "inputDataItem") or _vendor(attributes, *_ITEM_IN),
        item_out=_item(drawn, "outputDataItem") or _vendor(attributes, *_ITEM_OUT),
        completion_condition=text_of(child(drawn, "completionCondition")),
        behavior=drawn.get("behavior") or "All",
        none_event=_referred(source, drawn, "noneBehaviorEventRef"),
        one_event=_referred(source, drawn, "oneBehaviorEventRef"),
        complex=tuple(_complex(source, drawn)),
        attributes=attributes,
    )


# What Camunda 7 and Activiti, then Camunda 8, call the parts of a multi-instance.
_COLLECTION_IN = ("collection", "loopCharacteristics.inputCollection")
_COLLECTION_OUT = ("loopCharacteristics.outputCollection",)
_ITEM_IN = ("elementVariable", "loopCharacteristics.inputElement")
_ITEM_OUT = ("loopCharacteristics.outputElement",)


def _vendor(attributes: dict[str, str], *names: str) -> str | None:
    return next((attributes[name] for name in names if name in attributes), None)


def _item(drawn: Element, tag: str) -> str | None:
    item = child(drawn, tag)
    return None if item is None else label(item.get("name") or item.get("id"))


def _collection_in(
    source: Source, drawn: Element, activity: Element, attributes: dict[str, str]
) -> str | None:
    """loopDataInputRef leads to a data input, and that by its association to what fills it."""
    ref = source.ref(pointer(drawn, "loopDataInputRef"))
    if ref is None:
        return _vendor(attributes, *_COLLECTION_IN)
    fillers = (
        one.sources[0] for one in data_in(source, activity) if one.target == ref and one.sources
    )
    return _datum(source, next(fillers, ref))


def _collection_out(
    source: Source, drawn: Element, activity: Element, attributes: dict[str, str]
) -> str | None:
    ref = source.ref(pointer(drawn, "loopDataOutputRef"))
    if ref is None:
        return _vendor(attributes, *_COLLECTION_OUT)
    filled = (one.target for one in data_out(source, activity) if ref in one.sources and one.target)
    return _datum(source, next(filled, ref))


def _datum(source: Source, ref: str) -> str | None:
    """A datum's name; that of its object when it is a reference without one; else its id."""
    found = source.find(ref)
    if found is not None and not found.get("name") and found.get("dataObjectRef"):
        return source.name_at(found.get("dataObjectRef"))
    return source.name_at(ref)


def _referred(source: Source, drawn: Element, name: str) -> EventDefinition | None:
    raw = pointer(drawn, name)
    found = source.find(raw)
    if found is not None and local(found).endswith(events.SUFFIX):
        return events.definition(source, found)
    if raw:
        source.note(drawn, f"its {name} {raw!r} leads to no event definition; ignored")
    return None


def _complex(source: Source, drawn: Element) -> Iterator[tuple[str, EventDefinition]]:
    """Conditions and what they throw (§10.3.9, ComplexBehaviorDefinition)."""
    for behavior in children(drawn, "complexBehaviorDefinition"):
        condition = text_of(child(behavior, "condition"))
        event = child(behavior, "event")
        thrown = () if event is None else events.definitions(source, event)
        if condition and thrown:
            yield condition, thrown[0]
        else:
            source.note(drawn, "a complex behaviour without condition or event; ignored")
