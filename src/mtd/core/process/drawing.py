"""A drawing: what any modeller's file says, kept as one tool-neutral set of values.

The words are those of BPMN 2.0.2 (OMG formal/2013-12-09); clauses are cited where a rule comes
from one. Labels are trimmed and their inner blanks and newlines collapsed; an empty one is None.
Ids of references are those of the file without a QName's prefix, also when nothing bears them:
what is dangling is noted, never refused.
"""

import msgspec

from mtd.core.process.note import Breach, Note


class EventDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """What an event catches or throws (§10.5.5), references to root elements resolved."""

    kind: str
    """The tag without `EventDefinition`: message, timer, error, signal, escalation, …"""
    id: str | None = None
    line: int | None = None
    ref: str | None = None
    """Id of the message, signal, error or escalation, as drawn."""
    name: str | None = None
    """Name of that element; of a link; or what a dangling reference says."""
    code: str | None = None
    """errorCode or escalationCode."""
    timer_kind: str | None = None
    """date, duration or cycle; also when the expression is empty, as Bizagi draws it."""
    expression: str | None = None
    """The timer's value or the conditional event's condition."""
    language: str | None = None
    activity: str | None = None
    """Id of the activity to compensate; None: the whole scope (§10.5.5.2)."""
    wait_for_completion: bool = True
    operation: str | None = None
    sources: tuple[str, ...] = ()
    """Ids of the source links of a target link."""
    target: str | None = None
    attributes: dict[str, str] = {}


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """Loop characteristics of an activity (§10.3.9)."""

    kind: str
    """`standardLoop` or `multiInstance`."""
    test_before: bool = False
    maximum: int | None = None
    """Of a standard loop; an explicit 0 is kept, save in the Bizagi dialect, which means none."""
    condition: str | None = None
    sequential: bool = False
    cardinality: str | None = None
    collection_in: str | None = None
    """Variable, data object or data input over which to go: what loopDataInputRef leads to."""
    collection_out: str | None = None
    item_in: str | None = None
    item_out: str | None = None
    completion_condition: str | None = None
    behavior: str = "All"
    """None, One, All or Complex."""
    none_event: EventDefinition | None = None
    one_event: EventDefinition | None = None
    complex: tuple[tuple[str, EventDefinition], ...] = ()
    """Conditions, and the event thrown when one holds as an instance completes (§13.2.7)."""
    attributes: dict[str, str] = {}


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A data input or output of an activity, event or process (§10.4.1)."""

    id: str
    name: str | None
    item: str | None = None
    is_collection: bool = False
    optional: bool = False


class DataAssociation(msgspec.Struct, frozen=True, kw_only=True):
    """Data copied into or out of a node (§10.4.2)."""

    sources: tuple[str, ...]
    """Ids of data objects, properties or parameters."""
    target: str | None
    transformation: str | None = None
    assignments: tuple[tuple[str, str], ...] = ()
    """Pairs of from and to expressions."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """Who performs an activity (§10.3.1): a named resource, or an expression giving people."""

    kind: str
    """performer, humanPerformer, potentialOwner or resourceRole."""
    name: str | None
    expression: str | None = None


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A flow node: an activity, event or gateway."""

    id: str
    name: str | None
    kind: str
    """The BPMN tag name: `serviceTask`, `boundaryEvent`, `transaction`, `globalScriptTask`, …"""
    parent: str | None = None
    """Id of the sub-process that contains it; None: the process itself."""
    lane: str | None = None
    """Name, else id, of the innermost lane."""
    line: int | None = None
    documentation: str | None = None
    """Plain text, paragraphs on lines of their own."""
    events: tuple[EventDefinition, ...] = ()
    attached_to: str | None = None
    interrupting: bool = True
    """cancelActivity of a boundary event, isInterrupting of a start event."""
    parallel_multiple: bool = False
    triggered_by_event: bool = False
    """An event sub-process (§10.3.5)."""
    is_for_compensation: bool = False
    instantiate: bool = False
    """A receive task or an event-based gateway that starts the process."""
    event_gateway_type: str = "Exclusive"
    """Exclusive or Parallel (§10.6.6)."""
    direction: str | None = None
    activation_condition: str | None = None
    """Of a complex gateway (§10.6.5)."""
    default: str | None = None
    """Id of the default flow."""
    start_quantity: int = 1
    completion_quantity: int = 1
    loop: Loop | None = None
    ordering: str = "Parallel"
    """Of an ad-hoc sub-process: Parallel or Sequential (§10.3.6)."""
    cancel_remaining: bool = True
    completion_condition: str | None = None
    """Of an ad-hoc sub-process."""
    method: str | None = None
    """Of a transaction."""
    implementation: str | None = None
    """As drawn, without the standard's own defaults (`##WebService`, `##unspecified`, …)."""
    operation: str | None = None
    message: str | None = None
    """Name of the message that a send or receive task names, also by way of its operation."""
    script: str | None = None
    script_format: str | None = None
    called_element: str | None = None
    called_binding: str | None = None
    """latest, deployment, version or versionTag, where a vendor attribute says so."""
    called_version: str | None = None
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    data_in: tuple[DataAssociation, ...] = ()
    data_out: tuple[DataAssociation, ...] = ()
    properties: tuple[Parameter, ...] = ()
    resources: tuple[Resource, ...] = ()
    attributes: dict[str, str] = {}
    """Vendor and extended attributes by local name; those of a nested element as
    `taskDefinition.type`; a name and value pair (a property, a header) under its own name."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence flow."""

    id: str
    name: str | None
    source: str
    target: str
    condition: str | None = None
    """Text of the condition; None when it is absent or blank."""
    language: str | None = None
    parent: str | None = None
    line: int | None = None
    attributes: dict[str, str] = {}


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """A lane; `nodes` are the ids of those that lie in it and in no lane inside it."""

    id: str
    name: str | None
    parent: str | None = None
    """Id of the lane that contains it."""
    nodes: tuple[str, ...] = ()
    line: int | None = None


class DataObject(msgspec.Struct, frozen=True, kw_only=True):
    """A data object or store, or a reference to one (§10.4.1)."""

    id: str
    name: str | None
    kind: str
    """dataObject, dataObjectReference, dataStore or dataStoreReference."""
    ref: str | None = None
    """Of a reference: the object's id."""
    item: str | None = None
    is_collection: bool = False
    state: str | None = None
    parent: str | None = None
    line: int | None = None


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A process: all its nodes and flows in one list each, whatever the depth."""

    id: str
    name: str | None
    pool: str | None = None
    """Name of the participant whose process it is."""
    executable: bool | None = None
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()
    lanes: tuple[Lane, ...] = ()
    data_objects: tuple[DataObject, ...] = ()
    properties: tuple[Parameter, ...] = ()
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    associations: tuple[tuple[str, str], ...] = ()
    """Source and target ids: a compensation event and its handler, or a text and its subject."""
    annotations: dict[str, str] = {}
    """Texts by the id of their annotation."""
    subscriptions: tuple[tuple[str, str], ...] = ()
    """Correlation property and the expression over the process's data (§8.4.2)."""
    line: int | None = None
    documentation: str | None = None
    attributes: dict[str, str] = {}


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
