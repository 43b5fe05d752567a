"""Files: the whole of a drawing, its processes and what stands between and beside them."""

import msgspec

from mtd.core.process.drawing.nodes import Node
from mtd.core.process.drawing.processes import Process
from mtd.core.process.note import Breach, Note


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A participant; without a process a black box."""

    id: str
    name: str | None
    process: str | None = None
    maximum: int | None = None
    """Participant multiplicity; None: one."""
    line: int | None = None


class MessageFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A message flow between pools or their nodes."""

    id: str
    name: str | None
    source: str
    target: str
    message: str | None = None
    """Name of the message."""
    line: int | None = None


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A root element that others name: a message, signal, error or escalation."""

    id: str
    name: str | None
    code: str | None = None
    item: str | None = None
    line: int | None = None


class CorrelationProperty(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a correlation key (§8.4.2)."""

    id: str
    name: str | None
    paths: tuple[tuple[str, str], ...] = ()
    """Message name, and the expression over its content."""


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A modeller's file."""

    source_format: str
    """`bpmn`, `bizagi`, `xpdl` or `bpm`: the dialect that the file was read as."""
    name: str | None = None
    target_namespace: str | None = None
    exporter: str | None = None
    expression_language: str | None = None
    processes: tuple[Process, ...] = ()
    global_tasks: tuple[Node, ...] = ()
    pools: tuple[Pool, ...] = ()
    message_flows: tuple[MessageFlow, ...] = ()
    messages: tuple[Named, ...] = ()
    signals: tuple[Named, ...] = ()
    errors: tuple[Named, ...] = ()
    escalations: tuple[Named, ...] = ()
    item_definitions: dict[str, str | None] = {}
    """Structure references by the id of their item definition (§8.4.10)."""
    correlation_properties: tuple[CorrelationProperty, ...] = ()
    correlation_keys: dict[str, tuple[str, ...]] = {}
    """Ids of the correlation properties that together tell conversations apart, by key."""
    notes: tuple[Note, ...] = ()
    breaches: tuple[Breach, ...] = ()
