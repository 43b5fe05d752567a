"""Triggers and results of XPDL events to event definitions (XPDL 2.2 §7.6.4)."""

import msgspec

from mtd.core.process.drawing import EventDefinition
from mtd.core.process.readers.words import flag, label
from mtd.core.process.readers.xml import Element, child, line_of, local, text_of
from mtd.core.process.readers.xpdl.package import Package, text_at


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What an XPDL event says: its BPMN tag name, and what goes with it."""

    kind: str
    definitions: tuple[EventDefinition, ...] = ()
    attached_to: str | None = None
    interrupting: bool = True
    parallel_multiple: bool = False


def event_of(package: Package, activity: Element, event: Element) -> Event:
    """The event of an activity, from its StartEvent, IntermediateEvent or EndEvent."""
    for drawn in event:
        match local(drawn):
            case "StartEvent":
                return _event(package, activity, drawn, "startEvent")
            case "EndEvent":
                return _event(package, activity, drawn, "endEvent")
            case "IntermediateEvent":
                return _intermediate(package, activity, drawn)
            case _:
                continue
    package.note(activity, "the event is of no kind; read as one that passes")
    return Event(kind="intermediateThrowEvent")


_KINDS = {
    "Message": "message",
    "Timer": "timer",
    "Error": "error",
    "Escalation": "escalation",
    "Compensation": "compensate",
    "Conditional": "conditional",
    "Rule": "conditional",
    "Signal": "signal",
    "Link": "link",
    "Cancel": "cancel",
    "Terminate": "terminate",
}
_SEVERAL = frozenset({"Multiple", "ParallelMultiple"})
_THROWN = frozenset({"None", "Compensation", "Escalation"})
"""Triggers of an unattached intermediate event that can only be thrown (BPMN 2.0.2 §10.5.4)."""
_TIMES = {"TimeDate": "date", "TimeDuration": "duration", "TimeCycle": "cycle"}


def _intermediate(package: Package, activity: Element, drawn: Element) -> Event:
    trigger = drawn.get("Trigger") or "None"
    host = package.find(drawn.get("Target"))
    if host is not None and local(host) == "Activity" and trigger != "Link":
        return _event(package, activity, drawn, "boundaryEvent", host.get("Id"))
    throws = trigger in _THROWN or any(
        part.get("CatchThrow", "").upper() == "THROW" for part in drawn.iter("{*}*")
    )
    kind = "intermediateThrowEvent" if throws else "intermediateCatchEvent"
    return _event(package, activity, drawn, kind)


def _event(
    package: Package, activity: Element, drawn: Element, kind: str, host: str | None = None
) -> Event:
    trigger = drawn.get("Trigger") or drawn.get("Result") or "None"
    thrown = kind in ("endEvent", "intermediateThrowEvent")
    details = [part for part in drawn.iter("{*}*") if _kind_of(part)]
    if trigger in _SEVERAL:
        definitions = tuple(_definition(package, activity, one, thrown) for one in details)
    elif trigger in _KINDS:
        own = next((one for one in details if _kind_of(one) == _KINDS[trigger]), drawn)
        definitions = (_definition(package, activity, own, thrown, _KINDS[trigger]),)
    else:
        definitions = ()
        if trigger != "None":
            package.note(activity, f"the trigger {trigger!r} is not of XPDL; ignored")
    return Event(
        kind=kind,
        definitions=definitions,
        attached_to=host,
        interrupting=flag(drawn.get("Interrupting"), absent=True),
        parallel_multiple=trigger == "ParallelMultiple",
    )


def _kind_of(part: Element) -> str | None:
    """`TriggerResultMessage`, `TriggerTimer`, `ResultError` to the kind of event."""
    tag = local(part)
    if not tag.startswith(("Trigger", "Result")):
        return None
    return _KINDS.get(tag.removeprefix("Trigger").removeprefix("Result"))


def _definition(
    package: Package, activity: Element, part: Element, thrown: bool, kind: str | None = None
) -> EventDefinition:
    kind = kind or _kind_of(part) or ""
    time = next((name for name in _TIMES if text_at(part, name)), None)
    time = time or next((name for name in _TIMES if child(part, name) is not None), None)
    name = _name(part)
    if kind == "message" and name is None:
        name = package.carried(activity, thrown=thrown)
    return EventDefinition(
        kind=kind,
        line=line_of(part),
        name=name,
        code=label(part.get("ErrorCode") or part.get("EscalationCode")),
        timer_kind=_TIMES[time] if time and kind == "timer" else None,
        expression=_expression(part, kind, time),
        activity=part.get("ActivityId") or None if kind == "compensate" else None,
    )


def _name(part: Element) -> str | None:
    message = child(part, "Message")
    bearer = part if message is None else message
    return label(bearer.get("Name") or (None if message is None else message.get("Id")))


def _expression(part: Element, kind: str, time: str | None) -> str | None:
    if kind == "timer":
        return text_at(part, time) if time else None
    if kind == "conditional":
        return text_of(child(part, "Expression")) or text_of(part)
    return None
