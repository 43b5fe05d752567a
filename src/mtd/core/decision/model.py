"""A decision model as its file tells it (DMN 1.5 §6 to §10), whatever the version of the file."""

from __future__ import annotations

import msgspec


class DmnError(ValueError):
    """The file is no decision model that can be read; the message says where."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"{message} (line {line})" if line else message)
        self.message = message
        self.line = line


class Fault(msgspec.Struct, frozen=True):
    """What would keep a decision from being made."""

    element: str
    """Name of the decision, business knowledge model, service, input or item definition."""
    place: str
    """Where in it, such as `rule 3, input «Age»`; empty: the whole of it."""
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.element}, {self.place}" if self.place else self.element
        return f"{where}: {self.message}" + (f" (line {self.line})" if self.line else "")


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the file."""

    line: int | None = None


class Text(_Part, frozen=True, kw_only=True):
    """FEEL as written in a cell or box."""

    text: str


class Variable(_Part, frozen=True, kw_only=True):
    """A name, and the type that its values are made to fit."""

    name: str
    type_ref: str = ""


class LiteralExpression(_Part, frozen=True, kw_only=True):
    """A FEEL expression in a box."""

    text: str
    type_ref: str = ""


class InputClause(_Part, frozen=True, kw_only=True):
    """A column of conditions."""

    label: str
    expression: Text
    type_ref: str = ""
    values: Text | None = None
    """The values that may come in."""


class OutputClause(_Part, frozen=True, kw_only=True):
    """A column of results."""

    name: str
    type_ref: str = ""
    values: Text | None = None
    """The values that may come out, the most important first."""
    default: Text | None = None
    """The result when no rule matches."""


class TableRule(_Part, frozen=True, kw_only=True):
    """A row: a cell for each column."""

    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]


class DecisionTable(_Part, frozen=True, kw_only=True):
    """A decision table (§8)."""

    hit_policy: str
    """One letter: U, A, P, F, R, O or C."""
    aggregation: str = ""
    """Of C: `+`, `<`, `>`, `#`, or nothing for the list."""
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[TableRule, ...]
    type_ref: str = ""


class ContextEntry(_Part, frozen=True, kw_only=True):
    """An entry of a boxed context; without a variable it is the result of the whole."""

    variable: Variable | None
    value: Boxed | None


class BoxedContext(_Part, frozen=True, kw_only=True):
    """A context in a box (§10.2.1.4)."""

    entries: tuple[ContextEntry, ...]
    type_ref: str = ""


class BoxedList(_Part, frozen=True, kw_only=True):
    """A list in a box."""

    items: tuple[Boxed | None, ...]
    type_ref: str = ""


class Relation(_Part, frozen=True, kw_only=True):
    """A list of contexts of the same entries, as rows of a table."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed | None, ...], ...]
    type_ref: str = ""


class Binding(_Part, frozen=True, kw_only=True):
    """An argument of an invocation."""

    parameter: Variable
    value: Boxed | None


class Invocation(_Part, frozen=True, kw_only=True):
    """A call in a box."""

    function: Boxed | None
    bindings: tuple[Binding, ...]
    type_ref: str = ""


class FunctionDefinition(_Part, frozen=True, kw_only=True):
    """A function in a box. Of those in other languages than FEEL none is called."""

    parameters: tuple[Variable, ...]
    body: Boxed | None
    language: str = "FEEL"
    type_ref: str = ""


class BoxedConditional(_Part, frozen=True, kw_only=True):
    """`if` in a box."""

    condition: Boxed | None
    consequence: Boxed | None
    alternative: Boxed | None
    type_ref: str = ""


class BoxedFilter(_Part, frozen=True, kw_only=True):
    """A filter in a box."""

    items: Boxed | None
    match: Boxed | None
    type_ref: str = ""


class BoxedIteration(_Part, frozen=True, kw_only=True):
    """`for`, `some` or `every` in a box."""

    kind: str
    variable: str
    domain: Boxed | None
    body: Boxed | None
    type_ref: str = ""


Boxed = (
    LiteralExpression
    | DecisionTable
    | BoxedContext
    | BoxedList
    | Relation
    | Invocation
    | FunctionDefinition
    | BoxedConditional
    | BoxedFilter
    | BoxedIteration
)


class ItemDefinition(_Part, frozen=True, kw_only=True):
    """A named type (§7.3.3)."""

    name: str
    type_ref: str = ""
    is_collection: bool = False
    allowed_values: Text | None = None
    """Of the value, or of each item of a collection."""
    constraint: Text | None = None
    """Of the whole collection."""
    components: tuple[ItemDefinition, ...] = ()
    is_function: bool = False
    parameters: tuple[Variable, ...] = ()
    output_type_ref: str = ""


class InputData(_Part, frozen=True, kw_only=True):
    """What decisions are made upon."""

    id: str
    variable: Variable


class Decision(_Part, frozen=True, kw_only=True):
    """What is decided."""

    id: str
    variable: Variable
    requires: tuple[str, ...]
    """References (`namespace#id`, or `#id` in this model) to inputs, decisions and knowledge."""
    logic: Boxed | None


class KnowledgeModel(_Part, frozen=True, kw_only=True):
    """A business knowledge model: a function that decisions share."""

    id: str
    variable: Variable
    requires: tuple[str, ...]
    logic: FunctionDefinition | None


class Service(_Part, frozen=True, kw_only=True):
    """A decision service: decisions to be called as one function."""

    id: str
    variable: Variable
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    """Its parameters in order: input data, then input decisions."""


class Import(_Part, frozen=True, kw_only=True):
    """Another model, whose elements are known here under a name."""

    name: str
    namespace: str


class Model(_Part, frozen=True, kw_only=True):
    """A decision model."""

    name: str
    namespace: str
    imports: tuple[Import, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    inputs: tuple[InputData, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge: tuple[KnowledgeModel, ...] = ()
    services: tuple[Service, ...] = ()
