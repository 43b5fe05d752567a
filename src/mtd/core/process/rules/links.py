"""Static rules of link events (BPMN 2.0.2 §10.5.5)."""

from mtd.core.process.drawing import EventDefinition, Node
from mtd.core.process.rules.chart import Broken, Chart, Rule


def _name(node: Node) -> str | None:
    return next((event.name or node.name for event in node.events if event.kind == "link"), None)


def _links(chart: Chart, kind: str) -> list[tuple[Node, EventDefinition]]:
    return [
        (node, event) for node in chart.of(kind) for event in node.events if event.kind == "link"
    ]


def _has_target(chart: Chart) -> Broken:
    targets = _links(chart, "intermediateCatchEvent")
    known = {(other.parent, _name(other)) for other, _ in targets}
    ids = {(other.parent, caught.id) for other, caught in targets}
    for node, event in _links(chart, "intermediateThrowEvent"):
        name = _name(node)
        if (node.parent, name) not in known and (node.parent, event.target) not in ids:
            where = "on its level of the process"
            yield node, f"no target link {name!r} lies {where}: draw a catching link of that name"


def _one_target(chart: Chart) -> Broken:
    seen: dict[tuple[str | None, str | None], str] = {}
    for node, _ in _links(chart, "intermediateCatchEvent"):
        first = seen.setdefault((node.parent, _name(node)), node.id)
        if first != node.id:
            what = f"{first!r} is a target link of the same name"
            yield node, f"{what}: a link has one target; rename or delete one of them"


def _has_source(chart: Chart) -> Broken:
    sources = _links(chart, "intermediateThrowEvent")
    known = {(other.parent, _name(other)) for other, _ in sources}
    ids = {(other.parent, thrown.id) for other, thrown in sources}
    for node, event in _links(chart, "intermediateCatchEvent"):
        name = _name(node)
        named = any((node.parent, source) in ids for source in event.sources)
        if (node.parent, name) not in known and not named:
            yield node, f"no source link {name!r} leads here: draw a throwing link of that name"


def _agree(chart: Chart) -> Broken:
    caught = {event.id: event for _, event in _links(chart, "intermediateCatchEvent")}
    for node, thrown in _links(chart, "intermediateThrowEvent"):
        target = caught.get(thrown.target)
        if target is not None and target.sources and thrown.id not in target.sources:
            what = f"its target {thrown.target!r} does not name it among its sources"
            yield node, f"{what}: correct one of the two"


def _source_leaves(chart: Chart) -> Broken:
    for node, _ in _links(chart, "intermediateThrowEvent"):
        for flow in chart.out_of(node):
            yield node, f"a source link has no outgoing flow: delete {flow.id!r}"


def _target_entered(chart: Chart) -> Broken:
    for node, _ in _links(chart, "intermediateCatchEvent"):
        for flow in chart.into(node):
            yield node, f"a target link has no incoming flow: delete {flow.id!r}"


RULES = (
    Rule("link-has-target", "§10.5.5", _has_target),
    Rule("link-one-target", "§10.5.5", _one_target),
    Rule("link-has-source", "§10.5.5", _has_source, harmless=True),
    Rule("link-ends-agree", "§10.5.5", _agree),
    Rule("link-source-no-outgoing", "§10.5.3", _source_leaves),
    Rule("link-target-no-incoming", "§10.5.3", _target_entered),
)
