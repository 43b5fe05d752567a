"""Bindings: the small file beside a drawing that says what answers to each drawn label.

The drawing holds the flow; the bindings hold names, expressions over the variables, and
nothing that decides where a token goes save the answers to a gateway's question
(docs/bindings.md). A key is a label, compared folded (`label.folded`), or an element id.
"""

import tomllib
from typing import Any, Literal, get_args

import msgspec


class Refusal(Exception):
    """A bindings file that cannot be read: the message names the table and the key."""


class _Binding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every key is known by name: a typing error is an error, not silence."""


class ServiceBinding(_Binding, frozen=True, kw_only=True):
    """Work by a connector."""

    connector: str
    input: dict[str, str] = {}
    """Name to FEEL over the variables in sight."""
    output: dict[str, str] | None = None
    """Variable to FEEL over the variables and the outputs; absent: every output as it is."""
    retry: str = "default"
    """A policy of the customer's TOML, `[retry.<name>]`."""
    on_failure: str | None = None
    """BPMN error thrown after the last technical failure; absent: an incident."""


class UserBinding(_Binding, frozen=True, kw_only=True):
    """Work by a person; the role defaults to that of the lane."""

    role: str | None = None
    due: str | None = None
    """A named duration, ISO 8601, business time (`4 bh`), a date; or FEEL after `=`."""
    form: str | None = None
    input: dict[str, str] = {}
    output: dict[str, str] | None = None


class DecisionBinding(_Binding, frozen=True, kw_only=True):
    """The answer to a gateway's question: the label of the flow to take."""

    answer: str | None = None
    """FEEL."""
    table: str | None = None
    """`file.dmn`, or `file.dmn#Decision`."""
    version: str = "deployment"
    """Of the table: see `citing`."""


class RuleBinding(_Binding, frozen=True, kw_only=True):
    """A business rule: a decision whose result becomes variables."""

    table: str | None = None
    version: str = "deployment"
    """Of the table: see `citing`."""
    set: dict[str, str] = {}
    output: dict[str, str] | None = None


class ScriptBinding(_Binding, frozen=True, kw_only=True):
    """A script: variable to FEEL, in order."""

    set: dict[str, str]


class TimerBinding(_Binding, frozen=True, kw_only=True):
    """When a timer fires: exactly one of the three."""

    duration: str | None = None
    """A named duration, ISO 8601, or business time (`4 bh`, `2 bd`)."""
    at: str | None = None
    """FEEL that gives a duration or a date and time."""
    cycle: str | None = None
    """A named cycle; ISO 8601 `R3/PT5M`, `R/` and a named duration; or a cron expression."""
    missed: Literal["one", "all", "none"] = "one"
    """Of a start event: which of the runs that were due while MTD was down are made up for."""


class MessageBinding(_Binding, frozen=True, kw_only=True):
    """A message, caught or thrown."""

    name: str
    key: str | None = None
    """FEEL; absent: the business key."""
    output: dict[str, str] | None = None


class SignalBinding(_Binding, frozen=True, kw_only=True):
    """A signal's name, where it is not the label."""

    name: str
    output: dict[str, str] | None = None


class CodeBinding(_Binding, frozen=True, kw_only=True):
    """The code of an error or escalation; absent on a catching event: any code."""

    code: str | None = None


class ConditionBinding(_Binding, frozen=True, kw_only=True):
    """The condition of a conditional event, or on which a complex gateway activates."""

    condition: str


class LaneBinding(_Binding, frozen=True, kw_only=True):
    """The role that a lane stands for."""

    role: str


class CallBinding(_Binding, frozen=True, kw_only=True):
    """The process that a call activity calls, and what goes in and comes out."""

    process: str
    version: str = "deployment"
    """Of a process of another drawing: see `citing`."""
    input: dict[str, str] = {}
    output: dict[str, str] | None = None


class AdHocBinding(_Binding, frozen=True, kw_only=True):
    """Who chooses among an ad-hoc sub-process's activities; absent: each is begun once."""

    role: str | None = None
    """A person chooses."""
    choose: str | None = None
    """FEEL that gives the label, or labels, of those to begin next; null or none: enough."""
    condition: str | None = None
    """FEEL: enough when true; looked at as each activity is done."""


class ScopeBinding(_Binding, frozen=True, kw_only=True):
    """Variables that a sub-process has for itself, and what it leaves behind."""

    input: dict[str, str] = {}
    """Variable inside to FEEL over those around it."""
    output: dict[str, str] = {}
    """Variable around it to FEEL over those inside."""


class LoopBinding(_Binding, frozen=True, kw_only=True):
    """What a loop or multi-instance marker repeats over."""

    condition: str | None = None
    cardinality: str | None = None
    collection: str | None = None
    item: str | None = None
    output_collection: str | None = None
    output_item: str | None = None


class Bindings(_Binding, frozen=True, kw_only=True):
    """One file's worth."""

    process: str | tuple[str, ...] | None = None
    """The process, or pool, of the drawing that runs, or several; absent: each that can."""
    name: str | None = None
    """The definition's name; absent: the process's. Of several, the first one's."""
    service: dict[str, ServiceBinding] = {}
    user: dict[str, UserBinding] = {}
    decision: dict[str, DecisionBinding] = {}
    rule: dict[str, RuleBinding] = {}
    script: dict[str, ScriptBinding] = {}
    timer: dict[str, TimerBinding] = {}
    message: dict[str, MessageBinding] = {}
    signal: dict[str, SignalBinding] = {}
    error: dict[str, CodeBinding] = {}
    escalation: dict[str, CodeBinding] = {}
    condition: dict[str, ConditionBinding] = {}
    activation: dict[str, ConditionBinding] = {}
    lane: dict[str, LaneBinding] = {}
    call: dict[str, CallBinding] = {}
    loop: dict[str, LoopBinding] = {}
    adhoc: dict[str, AdHocBinding] = {}
    subprocess: dict[str, ScopeBinding] = {}
    entering: dict[str, str] = {}
    """Label to the business state of an order whose token rests there."""
    leaving: dict[str, str] = {}
    """Label to the business state of an order that has done it."""

    @property
    def processes(self) -> tuple[str, ...]:
        """The processes, or pools, that are said to run; none: it is not said."""
        if self.process is None or isinstance(self.process, str):
            return () if self.process is None else (self.process,)
        return self.process


def read_bindings(content: bytes) -> Bindings:
    """The bindings in a TOML file's bytes. Raises Refusal naming the table and key at fault."""
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(str(error)) from error
    for table in TABLES:
        for label, binding in dict(tables.get(table, {})).items():
            _convert(binding, _BINDING_OF[table], f'[{table}."{label}"]')
    return _convert(tables, Bindings, "the file")


def as_mapping(binding: Any) -> dict[str, Any]:
    """A binding as the plain mapping that a TOML writer takes, without what is absent."""
    return {k: v for k, v in msgspec.to_builtins(binding).items() if v not in (None, {})}


def _convert(value: Any, kind: Any, where: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Refusal(f"{where}: {error}") from error


TABLES: tuple[str, ...] = tuple(
    name
    for name in Bindings.__struct_fields__
    if name not in ("process", "name", "entering", "leaving")
)
"""The names of the tables whose keys are labels that need an answer."""

_BINDING_OF = {
    field.name: get_args(field.type)[1]
    for field in msgspec.structs.fields(Bindings)
    if field.name in TABLES
}
