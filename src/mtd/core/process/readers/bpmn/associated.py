"""Data of BPMN 2.0 XML: objects, stores, parameters, properties and their associations (§10.4)."""

from mtd.core.process.drawing import DataAssociation, DataObject, Parameter
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.words import flag, label
from mtd.core.process.readers.xml import Element, child, children, line_of, local, text_of

OBJECTS = frozenset({"dataObject", "dataObjectReference", "dataStore", "dataStoreReference"})


def data_object(source: Source, element: Element, parent: str | None) -> DataObject:
    """A data object or store, or a reference to one."""
    state = child(element, "dataState")
    return DataObject(
        id=source.id_of(element),
        name=label(element.get("name")),
        kind=local(element),
        ref=source.ref(element.get("dataObjectRef") or element.get("dataStoreRef")),
        item=source.ref(element.get("itemSubjectRef")),
        is_collection=flag(element.get("isCollection")),
        state=None if state is None else label(state.get("name")),
        parent=parent,
        line=line_of(element),
    )


def parameters(source: Source, element: Element, tag: str) -> tuple[Parameter, ...]:
    """The data inputs or outputs, `tag`, of an activity, event or process."""
    specification = child(element, "ioSpecification")
    bearer = element if specification is None else specification
    sets, refs = _OPTIONAL[tag]
    optional = {
        source.ref(text_of(ref)) for one in children(bearer, sets) for ref in children(one, refs)
    }
    return tuple(
        _parameter(source, part, optional=part.get("id") in optional)
        for part in children(bearer, tag)
    )


def properties(source: Source, element: Element) -> tuple[Parameter, ...]:
    """The properties of a process, activity or event."""
    return tuple(_parameter(source, part) for part in children(element, "property"))


def data_in(source: Source, element: Element) -> tuple[DataAssociation, ...]:
    """Where a node's inputs come from."""
    return _associations(source, element, "dataInputAssociation")


def data_out(source: Source, element: Element) -> tuple[DataAssociation, ...]:
    """Where a node's outputs go."""
    return _associations(source, element, "dataOutputAssociation")


_OPTIONAL = {
    "dataInput": ("inputSet", "optionalInputRefs"),
    "dataOutput": ("outputSet", "optionalOutputRefs"),
}


def _parameter(source: Source, element: Element, *, optional: bool = False) -> Parameter:
    return Parameter(
        id=source.id_of(element),
        name=label(element.get("name")),
        item=source.ref(element.get("itemSubjectRef")),
        is_collection=flag(element.get("isCollection")),
        optional=optional,
    )


def _associations(source: Source, element: Element, tag: str) -> tuple[DataAssociation, ...]:
    """Associations with both ends or a target; Bizagi draws empty ones, which say nothing."""
    found = (_association(source, part) for part in children(element, tag))
    return tuple(one for one in found if one.sources or one.target or one.assignments)


def _association(source: Source, element: Element) -> DataAssociation:
    origins = (source.ref(text_of(ref)) for ref in children(element, "sourceRef"))
    return DataAssociation(
        sources=tuple(origin for origin in origins if origin),
        target=source.ref(text_of(child(element, "targetRef"))),
        transformation=text_of(child(element, "transformation")),
        assignments=tuple(
            (text_of(child(one, "from")) or "", text_of(child(one, "to")) or "")
            for one in children(element, "assignment")
        ),
    )
