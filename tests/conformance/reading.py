"""What the readers keep of public models, element by element, against what the files say.

    python -m tests.conformance.reading --reference DIR [--candidate DIR] [--json FILE]

Each BPMN file of the reference is walked a second time by a small walker that shares no code with
the readers, and the two accounts are compared fact by fact. With a candidate (the same models as
a tool saved them), the reader's two accounts are compared instead, elements matched by tag and
name, as tools change ids: there a difference is the tool's, and the table only tells.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec

from mtd.core.process.drawing import Drawing, Node
from mtd.core.process.readers import Unreadable, read

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CONTAINERS = ("process", "subProcess", "transaction", "adHocSubProcess")
NODES = (*CONTAINERS[1:], "callActivity")
NODE_ENDINGS = ("Task", "task", "Event", "Gateway")
EVENT = "EventDefinition"

Facts = dict[str, str]
Account = dict[tuple[str, str], Facts]
"""Tag and id, to what is said of the element."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one file."""

    file: str
    elements: int
    equal: int
    differences: tuple[str, ...]


def kept(drawing: Drawing) -> Account:
    """The reader's account."""
    account: Account = {}
    for process in drawing.processes:
        account["process", process.id] = {"name": process.name or ""}
        lanes = {own: lane.id for lane in process.lanes for own in lane.nodes}
        for node in process.nodes:
            account[node.kind, node.id] = _node_facts(node, process.id, lanes.get(node.id, ""))
        for flow in process.flows:
            account["sequenceFlow", flow.id] = {
                "name": flow.name or "",
                "ends": f"{flow.source} > {flow.target}",
                "condition": flow.condition or "",
            }
        for one in process.data_objects:
            account[one.kind, one.id] = {"name": one.name or "", "ref": one.ref or ""}
        for lane in process.lanes:
            account["lane", lane.id] = {"name": lane.name or ""}
    for pool in drawing.pools:
        account["participant", pool.id] = {"name": pool.name or "", "process": pool.process or ""}
    for flow in drawing.message_flows:
        ends = f"{flow.source} > {flow.target}"
        account["messageFlow", flow.id] = {"name": flow.name or "", "ends": ends}
    return account


def said(content: bytes) -> Account:
    """The file's own account, by a walker of its own."""
    root = ET.fromstring(content)
    above = {child: element for element in root.iter() for child in element}
    within = {
        _ref(ref.text): lane.get("id", "")
        for lane in root.iter(f"{MODEL}lane")
        for ref in lane.findall(f"{MODEL}flowNodeRef")
    }
    known = {element.get("id"): element for element in root.iter()}
    account: Account = {}
    for element in root.iter():
        tag, own = element.tag.removeprefix(MODEL), element.get("id")
        inside = above.get(element)
        if own is None or inside is None or not element.tag.startswith(MODEL):
            continue
        home = inside.tag.removeprefix(MODEL)
        if home in CONTAINERS and (tag in NODES or tag.endswith(NODE_ENDINGS)):
            account[tag, own] = _said_of_node(element, inside, known, within)
        elif tag == "sequenceFlow" or tag == "messageFlow":
            account[tag, own] = _said_of_flow(element)
        elif tag in ("process", "lane"):
            account[tag, own] = {"name": _words(element.get("name"))}
        elif tag == "participant":
            process = _ref(element.get("processRef"))
            there = process if process in known else ""
            account[tag, own] = {"name": _words(element.get("name")), "process": there}
        elif home in CONTAINERS and tag.startswith("data") and "Association" not in tag:
            ref = _ref(element.get("dataObjectRef") or element.get("dataStoreRef"))
            account[tag, own] = {"name": _words(element.get("name")), "ref": ref}
    phantoms = _phantoms(root)
    return {
        (tag, own): facts
        for (tag, own), facts in account.items()
        if own not in phantoms and "horeography" not in tag
    }


def compared(file: str, wanted: Account, found: Account) -> Row:
    """The two accounts side by side.

    Not counted: ids made for elements that have none, and lanes that only the picture tells.
    """
    differences = [f"{tag} {own} is missing" for tag, own in wanted if (tag, own) not in found]
    differences += [
        f"{tag} {own} is too much"
        for tag, own in found
        if (tag, own) not in wanted and not re.fullmatch(rf"{tag}_\d+(_\d+)?", own)
    ]
    wrong = 0
    for key, facts in wanted.items():
        other = found.get(key, facts)
        unlike = [
            f"{key[0]} {key[1]}: {fact} is {other.get(fact)!r}, not {value!r}"
            for fact, value in facts.items()
            if value != other.get(fact) and (value or fact != "lane")
        ]
        wrong += bool(unlike)
        differences += unlike
    equal = sum(1 for key in wanted if key in found) - wrong
    return Row(file=file, elements=len(wanted), equal=equal, differences=tuple(differences))


def report(reference: Path, candidate: Path | None) -> Iterator[Row]:
    """A row for each BPMN file of the reference, or that both have."""
    for path in sorted(reference.rglob("*.bpmn")):
        content = path.read_bytes()
        try:
            own = read(content, path.name)
        except Unreadable as refusal:
            yield Row(file=f"{path.name}: {refusal}", elements=0, equal=0, differences=())
            continue
        if candidate is None:
            yield _alone(str(path.relative_to(reference)), content, own)
            continue
        for other in sorted(candidate.rglob(f"{path.stem}*.bpmn")):
            saved = read(other.read_bytes(), other.name)
            yield compared(other.name, by_name(kept(own)), by_name(kept(saved)))


def by_name(account: Account) -> Account:
    """The account with names, counted, for ids, and without what ids say."""
    seen: Counter[tuple[str, str]] = Counter()
    named: Account = {}
    ids = ("ends", "parent", "lane", "attached", "process", "ref", "default", "refs")
    for (tag, _), facts in account.items():
        name = facts.get("name", "")
        seen[tag, name] += 1
        rest = {fact: value for fact, value in facts.items() if fact not in ids}
        named[tag, f"{name!r} #{seen[tag, name]}"] = rest
    return named


def _phantoms(root: ET.Element) -> set[str]:
    """Ids of the empty main pools that Bizagi adds, and of their processes, to be left out."""
    empty = {
        process.get("id", "")
        for process in root.iter(f"{MODEL}process")
        if not any(part.get("name") is not None or part.get("sourceRef") for part in process)
        and not any(part.tag.endswith(NODE_ENDINGS) for part in process)
    }
    return {
        own
        for participant in root.iter(f"{MODEL}participant")
        if _ref(participant.get("processRef")) in empty
        and any(part.get("name") == "isMainParticipant" for part in participant.iter())
        for own in (participant.get("id", ""), _ref(participant.get("processRef")))
    }


def _node_facts(node: Node, process: str, lane: str) -> Facts:
    return {
        "name": node.name or "",
        "parent": node.parent or process,
        "lane": "" if node.parent or node.attached_to else lane,
        "events": " ".join(event.kind for event in node.events),
        "refs": " ".join(event.ref or "-" for event in node.events),
        "timers": " ".join(event.timer_kind or "-" for event in node.events),
        "attached": node.attached_to or "",
        "interrupting": str(node.interrupting),
        "default": node.default or "",
        "loop": node.loop.kind if node.loop else "",
        "called": node.called_element or "",
    }


def _said_of_node(
    element: ET.Element,
    inside: ET.Element,
    known: dict[str | None, ET.Element],
    within: dict[str, str],
) -> Facts:
    events = [
        known[_ref(part.text)] if part.tag == f"{MODEL}eventDefinitionRef" else part
        for part in element
        if part.tag.endswith((EVENT, "eventDefinitionRef"))
    ]
    attached = _ref(element.get("attachedToRef"))
    top = inside.tag == f"{MODEL}process" and not attached
    loops = [part.tag for part in element if part.tag.endswith("LoopCharacteristics")]
    attribute = "cancelActivity" if attached else "isInterrupting"
    return {
        "name": _words(element.get("name")),
        "parent": inside.get("id", ""),
        "lane": within.get(element.get("id", ""), "") if top else "",
        "events": " ".join(event.tag.removeprefix(MODEL).removesuffix(EVENT) for event in events),
        "refs": " ".join(_event_ref(event) for event in events),
        "timers": " ".join(_timer(event) for event in events),
        "attached": attached,
        "interrupting": str(element.get(attribute) != "false"),
        "default": _ref(element.get("default")),
        "loop": ("multiInstance" if "multi" in loops[0] else "standardLoop") if loops else "",
        "called": _ref(element.get("calledElement")),
    }


def _said_of_flow(element: ET.Element) -> Facts:
    ends = f"{_ref(element.get('sourceRef'))} > {_ref(element.get('targetRef'))}"
    facts = {"name": _words(element.get("name")), "ends": ends}
    if element.tag == f"{MODEL}sequenceFlow":
        condition = element.find(f"{MODEL}conditionExpression")
        text = "" if condition is None else "".join(condition.itertext())
        facts["condition"] = text.strip()
    return facts


def _event_ref(event: ET.Element) -> str:
    names = ("messageRef", "signalRef", "errorRef", "escalationRef")
    return next((_ref(event.get(name)) for name in names if event.get(name)), "-")


def _timer(event: ET.Element) -> str:
    times = (part.tag.removeprefix(MODEL) for part in event)
    return next((time[4:].lower() for time in times if time.startswith("time")), "-")


def _ref(raw: str | None) -> str:
    return (raw or "").strip().rpartition(":")[2]


def _words(raw: str | None) -> str:
    return " ".join((raw or "").split())


def _alone(file: str, content: bytes, own: Drawing) -> Row:
    """The reader's account against the file's own, unless the second walker cannot walk it: the
    reader overlooks more than plain XML does, such as bytes that are not the UTF-8 they claim.
    """
    try:
        wanted = said(content)
    except ET.ParseError as error:
        return Row(file=f"{file}: {error}", elements=0, equal=0, differences=())
    return compared(file, wanted, kept(own))


def main() -> int:
    """Print the table; 1 if the readers keep anything otherwise than the reference says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--candidate", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = list(report(given.reference, given.candidate))
    lines = [f"{'file':48} {'elements':>8} {'equal':>6} {'differences':>11}"]
    by_kind: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        lines.append(f"{row.file:48} {row.elements:8} {row.equal:6} {len(row.differences):11}")
        lines += [f"    {difference}" for difference in row.differences]
        by_kind["elements"] += row.elements
        by_kind["equal"] += row.equal
    lines.append(f"{'all':48} {by_kind['elements']:8} {by_kind['equal']:6}")
    sys.stdout.write("\n".join(lines) + "\n")
    if given.json:
        given.json.write_text(json.dumps([msgspec.to_builtins(row) for row in rows], indent=1))
    return int(given.candidate is None and any(row.differences for row in rows))


if __name__ == "__main__":
    sys.exit(main())
