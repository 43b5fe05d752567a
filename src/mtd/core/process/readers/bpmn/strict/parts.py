"""What the parts of an element must be, one by one (BPMN 2.0.2, attribute tables and §15.3)."""

import re
from collections.abc import Callable

from mtd.core.process.readers.bpmn.strict.finding import Finding
from mtd.core.process.readers.words import flag, number
from mtd.core.process.readers.xml import Element, child, children, local, text_of

CHOREOGRAPHY = ("choreographyTask", "subChoreography", "callChoreography")
TIMES = ("timeDate", "timeDuration", "timeCycle")
FORMAL = "FormalExpression"
BODIES = frozenset({"formalExpression", "messagePath", "dataPath", "transformation"})
"""What is a formal expression without saying so."""
CONDITIONS = ("completionCondition", "conditionExpression", "condition", "activationCondition")
LEVELS = ("process", "subProcess", "transaction", "adHocSubProcess")
ASKED = (*CONDITIONS, "loopCondition", "loopCardinality")
"""What must be an expression to be evaluated."""
DATA = ("dataObject", "dataObjectReference", "dataInput", "dataOutput", "property", "inputDataItem")
KEYWORDS = frozenset(
    "and or not in if then else between some every satisfies instance of for return".split()
)
LANGUAGES = frozenset(
    (
        "ecmascript feel groovy groovy-static java javascript jruby js juel jython kotlin mvel "
        "python r ruby sql typescript xpath"
    ).split()
)
"""Names that engines take for a script's language in place of a media type."""
_WORDS = re.compile(r"[^\W\d]\w*(?:[-']\w+)*(?:\s+\w+(?:[-']\w+)*)+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?")
_URI = re.compile(r"[A-Za-z][\w.+-]*:\S+")
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def _one_time(found: Finding) -> None:
    for timer in found.of("timerEventDefinition"):
        drawn = [local(part) for part in children(timer, *TIMES)]
        if len(drawn) > 1:
            what = f"its timer has {' and '.join(drawn)}"
            found.say("timer-one-kind", timer, f"{what}: leave one of them")


def _one_loop(found: Finding) -> None:
    for loop in found.of("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        above = loop.getparent()
        loops = [] if above is None else [p for p in above if local(p).endswith("Characteristics")]
        if len(loops) > 1 and loops[0] is loop:
            found.say("one-loop", loop, "it has two loop markers: leave one of them")


def _multiplicity(found: Finding) -> None:
    for one in found.of("participantMultiplicity"):
        minimum, maximum = number(one.get("minimum")), number(one.get("maximum"))
        low, high = 0 if minimum is None else minimum, 1 if maximum is None else maximum
        if low < 0 or high < 1 or (maximum is not None and high < low) or (low > 1 and not maximum):
            what = f"its multiplicity goes from {low} to {high}"
            found.say("participant-multiplicity", one, f"{what}: write 0 ≤ minimum ≤ maximum ≥ 1")


def _no_choreography(found: Finding) -> None:
    for tag in CHOREOGRAPHY:
        for one in found.of(tag):
            above = one.getparent()
            if above is not None and "horeography" not in local(above):
                what = f"a {tag} belongs in a choreography, not in a {local(above)}"
                found.say("no-choreography-in-process", one, f"{what}: draw a task instead")


def _public(found: Finding) -> None:
    for process in found.of("process"):
        if process.get("processType") == "Public" and flag(process.get("isExecutable")):
            found.say("public-not-executable", process, "a Public process does not execute")


def _executes(element: Element) -> bool:
    """Whether `element` lies in a process that says that it executes."""
    return any(flag(above.get("isExecutable")) for above in element.iterancestors())


def _immediate(found: Finding) -> None:
    for flow in found.of("sequenceFlow"):
        if _executes(flow) and not flag(flow.get("isImmediate"), absent=True):
            what = "activities that are not drawn cannot run between the ends of a flow"
            found.say("flow-immediate", flow, f"{what}: take isImmediate=false away")


def _formal_has_body(found: Finding) -> None:
    for tag in found.tags():
        for one in found.of(tag):
            formal = (one.get(_TYPE) or "").endswith(FORMAL) and _executes(one)
            if (formal or tag in BODIES) and not text_of(one) and not len(one):
                found.say("formal-expression-body", one, f"its {tag} says nothing: write it")


def _natural_language(found: Finding) -> None:
    """Words without a type are an Expression of natural language, which does not execute. A name of
    several words is one all the same, where something is called so.
    """
    known = {" ".join((one.get("name") or "").split()) for one in found.of(*DATA)}
    for tag in ASKED:
        for one in found.of(tag):
            text = " ".join((text_of(one) or "").split())
            is_words = _WORDS.fullmatch(text) and KEYWORDS.isdisjoint(text.split())
            if is_words and text not in known and one.get(_TYPE) is None and _executes(one):
                what = f"its {tag} {text!r} is words, which do not execute"
                found.say("formal-expression", one, f"{what}: write an expression")


def _multi_instance(found: Finding) -> None:
    for loop in found.of("multiInstanceLoopCharacteristics"):
        for one in children(loop, "complexBehaviorDefinition"):
            if text_of(child(one, "condition")) is None:
                found.say("complex-behavior", one, "a complex behavior has a condition: write it")


def _numbers(found: Finding) -> None:
    for tag in CONDITIONS:
        for one in found.of(tag):
            if _NUMBER.fullmatch(text_of(one) or ""):
                what = f"its {tag} is the number {text_of(one)}"
                found.say("condition-is-question", one, f"{what}: write what is true or false")


def _event_definitions(found: Finding) -> None:
    """A definition inside a throwing event is that event's own (§10.5.1)."""
    for reference in found.of("eventDefinitionRef"):
        led = found.source.find(text_of(reference))
        above = None if led is None else led.getparent()
        if above is not None and local(above) in ("endEvent", "intermediateThrowEvent"):
            what = f"its event definition belongs to the {local(above)} {above.get('id')!r}"
            found.say("event-definition-own", reference, f"{what}: define it on the top level")


def _in_place(found: Finding) -> None:
    for tag in found.tags():
        if tag != "property" and not tag.endswith("EventDefinition"):
            continue
        for one in found.of(tag):
            above = one.getparent()
            home = "" if above is None else local(above)
            stray = home == "definitions" if tag == "property" else home in LEVELS
            if stray:
                found.say("part-in-place", one, f"a {tag} does not belong in a {home}: move it")


def _resources(found: Finding) -> None:
    for role in found.of("performer", "humanPerformer", "potentialOwner", "resourceRole"):
        tags = {local(part) for part in role}
        if {"resourceRef", "resourceAssignmentExpression"} <= tags:
            what = "it names a resource and an expression for one"
            found.say("resource-one-way", role, f"{what}: leave one of the two")
        elif "resourceParameterBinding" in tags and "resourceRef" not in tags:
            what = "it binds parameters and names no resource"
            found.say("resource-one-way", role, f"{what}: add its resourceRef")


def _text_formats(found: Finding) -> None:
    for one in found.of("documentation", "textAnnotation"):
        form = one.get("textFormat")
        if form is not None and not _MEDIA_TYPE.fullmatch(form):
            what = f"its textFormat {form!r} is no media type"
            found.say("text-format", one, f"{what}: write text/plain, or take it away")


def _script_formats(found: Finding) -> None:
    for one in found.of("scriptTask", "globalScriptTask"):
        tag = "scriptFormat" if local(one) == "scriptTask" else "scriptLanguage"
        form = one.get(tag) or ""
        is_known = _MEDIA_TYPE.fullmatch(form) or _URI.fullmatch(form)
        if form and not is_known and form.lower() not in LANGUAGES:
            what = f"its {tag} {form!r} is no media type, and no language that is known"
            found.say("script-format", one, f"{what}: write text/javascript, or take it away")


LOOKS: tuple[Callable[[Finding], None], ...] = (
    _one_time,
    _one_loop,
    _multiplicity,
    _no_choreography,
    _public,
    _immediate,
    _formal_has_body,
    _natural_language,
    _multi_instance,
    _numbers,
    _event_definitions,
    _in_place,
    _resources,
    _text_formats,
    _script_formats,
)
