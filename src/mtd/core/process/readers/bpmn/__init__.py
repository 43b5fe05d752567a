"""BPMN 2.0 XML of any tool to a drawing (OMG formal/2013-12-09, XML schema 20100524)."""

from collections.abc import Iterable

from mtd.core.process.drawing import Drawing
from mtd.core.process.readers.associations import by_end
from mtd.core.process.readers.bpmn import roots
from mtd.core.process.readers.bpmn.nodes import GLOBAL_TASKS, node
from mtd.core.process.readers.bpmn.processes import ends_of, process
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.bpmn.strict import breaches
from mtd.core.process.readers.words import label
from mtd.core.process.readers.xml import Element, children, local

__all__ = ["read"]

_READ = GLOBAL_TASKS | frozenset(
    {
        "process",
        "collaboration",
        "message",
        "signal",
        "error",
        "escalation",
        "itemDefinition",
        "correlationProperty",
        "dataStore",
        "interface",
        "resource",
    }
)
_SILENT = frozenset(
    {
        "documentation",
        "extensionElements",
        "extension",
        "import",
        "relationship",
        "category",
        "partnerEntity",
        "partnerRole",
        "endPoint",
        "BPMNDiagram",
    }
)


def read(root: Element, oddities: Iterable[str]) -> Drawing:
    """The drawing in a `definitions` element; `oddities` become its first notes."""
    source = Source(root, oddities)
    _note_unread(source, root)
    pools = roots.pools(source, root)
    of = {pool.process: pool for pool in reversed(pools) if pool.process}
    outside = by_end(
        ends_of(source, one)
        for collaboration in children(root, "collaboration")
        for one in children(collaboration, "association")
    )
    processes = tuple(
        process(source, one, of.get(one.get("id") or ""), outside)
        for one in children(root, "process")
    )
    global_tasks = tuple(node(source, one, None) for one in children(root, *GLOBAL_TASKS))
    exporter = " ".join(
        part for part in (root.get("exporter"), root.get("exporterVersion")) if part
    )
    return Drawing(
        source_format="bpmn",
        name=label(root.get("name")),
        target_namespace=root.get("targetNamespace"),
        exporter=label(exporter),
        expression_language=root.get("expressionLanguage"),
        processes=processes,
        global_tasks=global_tasks,
        pools=pools,
        message_flows=source.message_flows,
        messages=roots.named(source, root, "message"),
        signals=roots.named(source, root, "signal"),
        errors=roots.named(source, root, "error"),
        escalations=roots.named(source, root, "escalation"),
        item_definitions=roots.item_definitions(source, root),
        correlation_properties=roots.correlation_properties(source, root),
        correlation_keys=roots.correlation_keys(source, root),
        notes=source.notes,
        breaches=breaches(source, root),
    )


def _note_unread(source: Source, root: Element) -> None:
    for one in root:
        tag = local(one)
        known = tag in _READ or tag in _SILENT or tag.endswith("EventDefinition")
        if not known or (source.is_foreign(one) and tag not in _SILENT):
            source.note(one, f"{tag} does not execute; ignored")
