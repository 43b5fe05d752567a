"""Ids are unique, and references lead to what they are meant for (BPMN 2.0.2 §8.3.1, §15.3)."""

from collections.abc import Callable

from mtd.core.process.readers.bpmn.nodes import CONTAINERS, EVENTS, GATEWAYS, TASKS
from mtd.core.process.readers.bpmn.strict.finding import Finding
from mtd.core.process.readers.xml import Element, local, text_of

ACTIVITIES = CONTAINERS | TASKS | {"callActivity"}
NODES = ACTIVITIES | EVENTS | GATEWAYS
DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference", "property"})
DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "message timer error escalation signal conditional compensate cancel terminate link"
    ).split()
)
PARAMETERS = frozenset({"dataInput", "dataOutput"})

LEADS_TO: dict[str, frozenset[str]] = {
    "messageRef": frozenset({"message"}),
    "signalRef": frozenset({"signal"}),
    "escalationRef": frozenset({"escalation"}),
    "errorRef": frozenset({"error"}),
    "operationRef": frozenset({"operation"}),
    "inMessageRef": frozenset({"message"}),
    "outMessageRef": frozenset({"message"}),
    "itemRef": frozenset({"itemDefinition"}),
    "itemSubjectRef": frozenset({"itemDefinition"}),
    "dataObjectRef": frozenset({"dataObject"}),
    "dataStoreRef": frozenset({"dataStore"}),
    "processRef": frozenset({"process"}),
    "interfaceRef": frozenset({"interface"}),
    "supportedInterfaceRef": frozenset({"interface"}),
    "participantRef": frozenset({"participant"}),
    "incoming": frozenset({"sequenceFlow"}),
    "outgoing": frozenset({"sequenceFlow"}),
    "default": frozenset({"sequenceFlow"}),
    "eventDefinitionRef": DEFINITIONS,
    "attachedToRef": ACTIVITIES,
    "activityRef": ACTIVITIES,
    "flowNodeRef": NODES | DATA,
    "dataInputRefs": frozenset({"dataInput"}),
    "dataOutputRefs": frozenset({"dataOutput"}),
    "loopDataInputRef": PARAMETERS | DATA,
    "loopDataOutputRef": PARAMETERS | DATA,
    "correlationPropertyRef": frozenset({"correlationProperty"}),
    "correlationKeyRef": frozenset({"correlationKey"}),
}
"""The tags that each reference may lead to."""

MEANT = {
    "eventDefinitionRef": "event definition",
    "attachedToRef": "activity",
    "activityRef": "activity",
    "flowNodeRef": "activity, event or gateway",
    "loopDataInputRef": "data",
    "loopDataOutputRef": "data",
}
"""Those of many tags, in a word."""

OFTEN_ABSENT = frozenset(
    {"errorRef", "operationRef", "outMessageRef", "inMessageRef", "loopDataInputRef"}
)
"""References whose want harms nobody: other engines take an errorRef for the code itself and a
loopDataInputRef for a variable, and operations carry nothing here."""


def _unique(found: Finding) -> None:
    seen: dict[str, Element] = {}
    for tag in found.tags():
        for element in found.of(tag):
            own = element.get("id")
            if own is None:
                continue
            first = seen.setdefault(own, element)
            if first is not element:
                what = f"its id {own!r} is that of a {local(first)} too"
                found.say("id-unique", element, f"{what}: give it an id of its own")


def _lead(found: Finding) -> None:
    for tag in found.tags():
        for element in found.of(tag):
            if tag in LEADS_TO and (word := text_of(element)):
                _follow(found, element, tag, word)
            for name, word in element.attrib.items():
                if str(name) in LEADS_TO:
                    _follow(found, element, str(name), str(word))


def _follow(found: Finding, element: Element, name: str, word: str) -> None:
    wanted = MEANT.get(name) or " or ".join(sorted(LEADS_TO[name]))
    target = found.source.find(word)
    if target is None:
        if name not in OFTEN_ABSENT and not _imported(found, element, word):
            what = f"its {name} {word!r} leads to nothing in the file"
            found.say("reference-resolves", element, f"{what}: add the {wanted}, or correct it")
    elif local(target) not in LEADS_TO[name]:
        what = f"its {name} {word!r} leads to a {local(target)}"
        found.say("reference-kind", element, f"{what}: let it lead to {wanted}")


def _imported(found: Finding, element: Element, word: str) -> bool:
    """Whether the reference leads out of the file, into one that it imports."""
    prefix, colon, _ = word.strip().partition(":")
    space = element.nsmap.get(prefix) if colon else None
    return space is not None and space != found.root.get("targetNamespace")


LOOKS: tuple[Callable[[Finding], None], ...] = (_unique, _lead)
