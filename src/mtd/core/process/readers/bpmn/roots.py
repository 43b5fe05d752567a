"""Root elements of BPMN 2.0 XML: what processes refer to by name, and who takes part."""

from collections.abc import Iterator

from mtd.core.process.drawing import CorrelationProperty, Named, Pool
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.reading import pointer
from mtd.core.process.readers.words import label, number
from mtd.core.process.readers.xml import Element, child, children, line_of, text_of


def named(source: Source, root: Element, tag: str) -> tuple[Named, ...]:
    """Messages, signals, errors or escalations."""
    return tuple(
        Named(
            id=source.id_of(one),
            name=label(one.get("name")),
            code=label(one.get("errorCode") or one.get("escalationCode")),
            item=source.ref(one.get("itemRef") or one.get("structureRef")),
            line=line_of(one),
        )
        for one in children(root, tag)
    )


def pools(source: Source, root: Element) -> tuple[Pool, ...]:
    """The participants of every collaboration."""
    return tuple(
        _pool(source, participant)
        for collaboration in children(root, "collaboration")
        for participant in children(collaboration, "participant")
    )


def item_definitions(source: Source, root: Element) -> dict[str, str | None]:
    """Structure references by item definition."""
    return {
        source.id_of(one): label(one.get("structureRef"))
        for one in children(root, "itemDefinition")
    }


def correlation_properties(source: Source, root: Element) -> tuple[CorrelationProperty, ...]:
    """Parts of correlation keys, with where each message holds them (§8.4.2)."""
    return tuple(
        CorrelationProperty(
            id=source.id_of(one),
            name=label(one.get("name")),
            paths=tuple(_paths(source, one)),
        )
        for one in children(root, "correlationProperty")
    )


def correlation_keys(source: Source, root: Element) -> dict[str, tuple[str, ...]]:
    """The properties of each correlation key of a collaboration or of its conversations."""
    return {
        source.id_of(key): tuple(
            ref
            for one in children(key, "correlationPropertyRef")
            if (ref := source.ref(text_of(one)))
        )
        for key in root.iter("{*}correlationKey")
    }


def _pool(source: Source, participant: Element) -> Pool:
    multiplicity = child(participant, "participantMultiplicity")
    raw = participant.get("processRef")
    found = source.find(raw)
    if raw and found is None:
        source.note(participant, f"there is no process {raw!r}; the pool is a black box")
    return Pool(
        id=source.id_of(participant),
        name=label(participant.get("name")),
        process=source.ref(raw) if found is not None else None,
        maximum=None if multiplicity is None else number(multiplicity.get("maximum")),
        line=line_of(participant),
    )


def _paths(source: Source, element: Element) -> Iterator[tuple[str, str]]:
    for retrieval in children(element, "correlationPropertyRetrievalExpression"):
        message = source.name_at(pointer(retrieval, "messageRef"))
        path = text_of(child(retrieval, "messagePath"))
        if message and path:
            yield message, path
