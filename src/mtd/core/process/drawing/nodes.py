"""Nodes: activities, events and gateways, each with all that the file says of it."""

import msgspec

from mtd.core.process.drawing.parameters import DataAssociation, Parameter


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
