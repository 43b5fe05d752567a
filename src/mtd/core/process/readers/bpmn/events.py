"""Event definitions of BPMN 2.0 XML, inline and by reference (BPMN 2.0.2 §10.5.5)."""

from collections.abc import Iterator

from mtd.core.process.drawing import EventDefinition
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.reading import pointer
from mtd.core.process.readers.words import flag, label
from mtd.core.process.readers.xml import Element, child, children, line_of, local, text_of

SUFFIX = "EventDefinition"
THROWING = frozenset({"intermediateThrowEvent", "endEvent", "implicitThrowEvent"})
_REFS = ("messageRef", "signalRef", "errorRef", "escalationRef")
_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def definitions(source: Source, event: Element) -> tuple[EventDefinition, ...]:
    """The event definitions of an event, in the order in which they are drawn."""
    return tuple(definition(source, drawn, event) for drawn in _drawn(source, event))


def definition(source: Source, drawn: Element, event: Element | None = None) -> EventDefinition:
    """One event definition; `event` is the event that bears it, when one does."""
    kind = local(drawn).removesuffix(SUFFIX)
    raw = next((pointer(drawn, name) for name in _REFS if pointer(drawn, name)), None)
    named = source.find(raw)
    if raw and named is None:
        source.note(drawn, f"there is no {kind} {raw!r}; what the reference says is its name")
    name = source.name_at(raw)
    if kind == "link":
        name = label(drawn.get("name"))
    elif kind == "message" and name is None and event is not None:
        name = source.carried(event, thrown=local(event) in THROWING)
    time, expression = _expression(kind, drawn)
    return EventDefinition(
        kind=kind,
        id=drawn.get("id"),
        line=line_of(drawn),
        ref=source.ref(raw),
        name=name,
        code=None if named is None else _code(named),
        timer_kind=time,
        expression=text_of(expression),
        language=None if expression is None else expression.get("language"),
        activity=source.ref(pointer(drawn, "activityRef")),
        wait_for_completion=flag(drawn.get("waitForCompletion"), absent=True),
        operation=source.ref(pointer(drawn, "operationRef")),
        sources=tuple(source.ref(text_of(link)) or "" for link in children(drawn, "source")),
        target=source.ref(text_of(child(drawn, "target"))),
        attributes=source.attributes(drawn),
    )


def _drawn(source: Source, event: Element) -> Iterator[Element]:
    for part in event:
        tag = local(part)
        if tag == "eventDefinitionRef":
            found = source.find(text_of(part))
            if found is not None and local(found).endswith(SUFFIX):
                yield found
            else:
                source.note(event, f"there is no event definition {text_of(part)!r}; ignored")
        elif tag.endswith(SUFFIX) and not source.is_foreign(part):
            yield part


def _code(named: Element) -> str | None:
    return label(named.get("errorCode") or named.get("escalationCode"))


def _expression(kind: str, drawn: Element) -> tuple[str | None, Element | None]:
    """The timer's kind, and the expression of a timer or of a condition."""
    if kind == "conditional":
        return None, child(drawn, "condition")
    times = list(children(drawn, *_TIMES)) if kind == "timer" else []
    if not times:
        return None, None
    filled = next((time for time in times if text_of(time)), times[0])
    return _TIMES[local(filled)], filled
