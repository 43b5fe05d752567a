"""A definition: a drawing compiled with its bindings, so that tokens can move on it.

Labels are gone here: every element carries the work, the ways and the rules that the
compiler found for it, and nothing is looked up by name while tokens move.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from mtd.core.process.effect import Timer

Evaluate = Callable[[Mapping[str, Any], datetime], Any]
"""A rule over the variables in sight and the trigger's time: FEEL, a table or a function."""

Schedule = Callable[[Mapping[str, Any], datetime], Timer | None]
"""When a timer fires; None when its expression gives no time."""


class Table(msgspec.Struct, frozen=True):
    """A rule that is a decision of a deployed model; the journal cites what was consulted."""

    cited: str
    """`file.dmn#Decision@version`"""
    evaluate: Evaluate

    def __call__(self, variables: Mapping[str, Any], now: datetime) -> Any:
        """What the decision gives."""
        return self.evaluate(variables, now)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence flow, seen from the element that it leaves."""

    id: str
    name: str
    target: str
    condition: Evaluate | None = None
    on_reset: bool = False
    """Its condition speaks of waitingForStart: asked when a complex gateway resets, too."""


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How often and when a failed attempt is made again."""

    attempts_max: int = 3
    backoff_s: float = 2.0
    factor: float = 2.0
    backoff_max_s: float = 300.0

    def delay_s(self, attempt: int, jitter: float) -> float:
        """Seconds to wait after `attempt` failed; `jitter` in 0..1 takes up to half of it away."""
        delay = min(self.backoff_s * self.factor ** (attempt - 1), self.backoff_max_s)
        return delay * (0.5 + jitter / 2)


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Work by a connector."""

    connector: str
    inputs: dict[str, Evaluate] = {}
    outputs: dict[str, Evaluate] | None = None
    """None: every output becomes a variable of its own name."""
    retry: Retry = Retry()
    on_failure: str | None = None
    """The error thrown when the last attempt failed; None: an incident."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Work by a person."""

    role: str
    due: Schedule | None = None
    form: str | None = None
    schema: str | None = None
    """The form's JSON Schema, which the answer must satisfy."""
    inputs: dict[str, Evaluate] = {}
    outputs: dict[str, Evaluate] | None = None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Work by evaluation alone: a script, or a business rule."""

    assignments: dict[str, Evaluate] = {}
    """Variable to value, in order."""
    table: Evaluate | None = None
    """A decision whose result, a context, becomes variables."""


Work = Service | Person | Rules


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event definition: what it waits for or throws."""

    kind: str
    """BPMN's word: message, timer, error, signal, escalation, conditional, link, …"""
    name: str | None = None
    """Message, signal or link name; error or escalation code; None catches any code."""
    key: Evaluate | None = None
    """The correlation key of a message."""
    schedule: Schedule | None = None
    missed: str = "one"
    """Of a timer that begins the process: which missed runs are made up for, one, all or none."""
    condition: Evaluate | None = None
    payload: dict[str, Evaluate] | None = None
    """Thrown: what the message carries. Caught: what becomes of it (None: variables as sent)."""
    activity: str | None = None
    """The activity to compensate; None: all of the scope."""
    waits: bool = True
    """Thrown: whether to go on only when what was thrown is done (waitForCompletion)."""


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """Standard loop or multi-instance characteristics (BPMN 2.0.2 §13.2.6, §13.2.7)."""

    kind: str
    """`standardLoop` or `multiInstance`: the rule in the elements' table."""
    sequential: bool = True
    test_before: bool = False
    maximum: int | None = None
    condition: Evaluate | None = None
    """Standard loop: go on while true. Multi-instance: complete early when true."""
    cardinality: Evaluate | None = None
    collection: Evaluate | None = None
    item: str | None = None
    output_collection: str | None = None
    output_item: Evaluate | None = None
    output_name: str | None = None
    """The variable that the output item is: each body has one of its own."""
    behavior: str = "All"
    on_one: tuple[Event, ...] = ()
    on_none: tuple[Event, ...] = ()
    complex: tuple[tuple[Evaluate, Event], ...] = ()


class AdHoc(msgspec.Struct, frozen=True, kw_only=True):
    """How the activities of an ad-hoc sub-process are chosen (BPMN 2.0.2 §10.3.5)."""

    sequential: bool = False
    cancel_remaining: bool = True
    condition: Evaluate | None = None
    """Enough when true; looked at as each activity is done."""
    choose: Evaluate | None = None
    """A rule that gives the labels of those to begin next; none, when it is enough."""
    role: str | None = None
    """A person of this role chooses."""


class Passing(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a sub-process or a called process, and what comes out of it."""

    inputs: dict[str, Evaluate] = {}
    """Variables of its own, by rules over those around it."""
    outputs: dict[str, Evaluate] | None = None
    """Variables around it, by rules over its own."""


class Datum(msgspec.Struct, frozen=True, kw_only=True):
    """Data that an association carries: a copy, a transformation or an assignment (§10.4.2)."""

    target: str
    """The input's name; of an output, the variable."""
    rule: Evaluate
    source: str | None = None
    """The output that must have been given; None: whatever was."""


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the drawing, or the process itself, compiled."""

    id: str
    name: str
    kind: str
    """The BPMN tag name: the key of its rule in `elements.TABLE`."""
    line: int = 0
    parent: str = ""
    """The process or sub-process that contains it; empty for a process."""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[Way, ...] = ()
    default: Way | None = None
    attached_to: str | None = None
    interrupting: bool = True
    attached: tuple[str, ...] = ()
    """Boundary events on this activity."""
    starts: tuple[str, ...] = ()
    """Inside: where tokens begin when the scope opens."""
    handlers: tuple[str, ...] = ()
    """Inside: the start events of event sub-processes."""
    events: tuple[Event, ...] = ()
    parallel_multiple: bool = False
    """All of its events are required; of an instantiating gateway, of those behind it."""
    instantiating: bool = False
    """A receive task or an event-based gateway by which the process begins."""
    work: Work | None = None
    decide: Evaluate | None = None
    """A gateway's decision: the label, or labels, of the ways to take."""
    activation: Evaluate | None = None
    """When a complex gateway activates; None: with the first token."""
    start_quantity: int = 1
    """Tokens that an activity takes to begin (§13.3.2)."""
    completion_quantity: int = 1
    """Tokens that an activity, once done, sends along each flow that it takes."""
    loop: Loop | None = None
    compensated_by: str | None = None
    """The activity that undoes this one, by way of a boundary event on it."""
    compensation: str | None = None
    """Inside: the start event of the event sub-process that undoes all of it."""
    remembered: bool = False
    """Whether this activity, or anything inside of it, could be undone once it is done."""
    ad_hoc: AdHoc | None = None
    passing: Passing | None = None
    declared: tuple[str, ...] = ()
    """Inside: variables of its own, drawn as data objects and properties."""
    data_in: tuple[Datum, ...] = ()
    data_out: tuple[Datum, ...] = ()
    called: str | None = None
    """A call activity's process."""
    entering: str | None = None
    """The business state that the binding names for arriving here."""
    leaving: str | None = None
    """The business state that the binding names for having done this."""


class Definition(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An executable process with everything it calls; equal to itself alone."""

    name: str
    version: int
    root: str
    """Id of the process element."""
    elements: dict[str, Element]
    linked: frozenset[str] = frozenset()
    """Ids of elements that are those of definitions that it calls (`linking`)."""

    @property
    def id(self) -> str:
        """`name@version`, as instances and the journal cite it."""
        return f"{self.name}@{self.version}"
