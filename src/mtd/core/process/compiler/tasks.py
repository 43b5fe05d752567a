"""Tasks and gateways: a drawn node, with its binding, to the work it does or the way it picks."""

from typing import Any

from mtd.core.process.binding import (
    CallBinding,
    DecisionBinding,
    LaneBinding,
    MessageBinding,
    RuleBinding,
    ScopeBinding,
    ScriptBinding,
    ServiceBinding,
    UserBinding,
)
from mtd.core.process.citing import Reference, process_reference, table_reference
from mtd.core.process.compiler.answers import Answers, Surroundings
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.compiler.schedules import Schedules
from mtd.core.process.definition import (
    Evaluate,
    Passing,
    Person,
    Retry,
    Rules,
    Service,
    Table,
    Work,
)
from mtd.core.process.drawing import Node
from mtd.core.process.linking import root_of

SERVICE_ATTRIBUTES = ("implementation", "service", "type", "topic", "delegateExpression")
"""Extended and vendor attributes that may name the service (bpmn.md §7.1)."""


class Tasks:
    """Compiles what tasks do."""

    def __init__(
        self,
        answers: Answers,
        expressions: Expressions,
        schedules: Schedules,
        surroundings: Surroundings,
    ) -> None:
        self._answers = answers
        self._expressions = expressions
        self._schedules = schedules
        self._surroundings = surroundings

    def work(self, node: Node) -> Work | None:
        """The work of `node`; None where it has none, or where a fault says why."""
        match node.kind:
            case "serviceTask":
                return self._service(node) or self._missing(node, "service")
            case "sendTask":
                return self._service(node) or self._sent(node)
            case "userTask":
                return self._person(node)
            case "scriptTask":
                return self._script(node) or self._service(node) or self._missing(node, "script")
            case "businessRuleTask":
                return self._rule(node) or self._service(node) or self._missing(node, "rule")
            case "task":
                automatic = self._service(node) or self._script(node) or self._rule(node)
                return automatic or self._person(node)
            case "intermediateThrowEvent" | "endEvent":
                sends = any(event.kind == "message" for event in node.events)
                return self._service(node) if sends else None
            case _:
                return None

    def decision(self, node: Node, ways: tuple[str, ...]) -> Evaluate | None:
        """The answer to a gateway's question; a fault where nothing answers."""
        binding = self._answers.find("decision", DecisionBinding, node.id, node.name)
        if binding is None:
            self._answers.missing(node, "decision", ways=ways)
            return None
        if (binding.answer is None) == (binding.table is None):
            self._answers.fault(node, "a decision has exactly one of answer and table")
            return None
        self._answers.answered(node, "decision", binding.answer or binding.table or "")
        if binding.answer is not None:
            return self._expressions.rule(node, binding.answer)
        return self._table(node, binding.table or "", binding.version)

    def call(self, node: Node, processes: dict[str, str]) -> tuple[str | None, Passing | None]:
        """The called process's id, among `processes` by id and by name, and the mappings."""
        binding = self._answers.find("call", CallBinding, node.id, node.name)
        reference = process_reference(node, binding)
        if reference is None:
            self._answers.missing(node, "call")
            return None, None
        called = self._called(node, reference, processes)
        if called is None:
            return None, None
        if binding is None:
            return called, None
        inputs = self._expressions.rules(node, binding.input)
        outputs = self._expressions.outputs(node, binding.output)
        return called, Passing(inputs=inputs, outputs=outputs)

    def passing(self, node: Node) -> Passing | None:
        """What a sub-process's binding passes into it and out of it."""
        binding = self._answers.find("subprocess", ScopeBinding, node.id, node.name)
        if binding is None or not node.kind.endswith(("Process", "transaction")):
            return None
        inputs = self._expressions.rules(node, binding.input)
        return Passing(inputs=inputs, outputs=self._expressions.rules(node, binding.output))

    def _called(self, node: Node, reference: Reference, processes: dict[str, str]) -> str | None:
        """The process of this drawing, else the deployed one, that `reference` means."""
        if reference.name in processes:
            self._answers.answered(node, "call", f"process {reference.name}")
            return processes[reference.name]
        if (problem := reference.problem()) is not None:
            self._answers.fault(node, problem)
            return None
        definition = self._surroundings.processes.get(reference.key)
        if definition is None:
            self._answers.missing(node, "call")
            return None
        self._answers.answered(node, "call", f"{definition.id}, by {reference.version}")
        return root_of(definition)

    def _sent(self, node: Node) -> None:
        """A send task without a service sends its message itself, where it has one."""
        bound = self._answers.find("message", MessageBinding, node.id, node.name, node.message)
        if bound is None and node.message is None:
            self._answers.missing(node, "service", "message")

    def _missing(self, node: Node, table: str) -> None:
        self._answers.missing(node, table)

    def _service(self, node: Node) -> Service | None:
        drawn = [node.implementation, *(node.attributes.get(a) for a in SERVICE_ATTRIBUTES)]
        keys = [key for key in (*drawn, node.id, node.name) if key]
        binding = self._answers.find("service", ServiceBinding, *keys)
        if binding is None:
            known = next((k for k in keys if k in self._surroundings.connectors), None)
            if known is None:
                return None
            binding = ServiceBinding(connector=known)
        if binding.connector not in self._surroundings.connectors:
            self._answers.fault(node, f"there is no connector {binding.connector!r}")
        self._answers.answered(node, "service", binding.connector)
        return Service(
            connector=binding.connector,
            inputs=self._expressions.rules(node, binding.input),
            outputs=self._expressions.outputs(node, binding.output),
            retry=self._retry(node, binding.retry),
            on_failure=binding.on_failure,
        )

    def _retry(self, node: Node, name: str) -> Retry:
        policy: Any = self._surroundings.retries.get(name)
        if policy is None and name != "default":
            self._answers.fault(node, f"there is no retry policy {name!r}")
        return policy or Retry()

    def _person(self, node: Node) -> Person | None:
        binding = self._answers.find("user", UserBinding, node.id, node.name)
        role = (binding.role if binding else None) or self._lane_role(node)
        if role is None:
            self._answers.missing(node, "user", "lane")
            return None
        self._answers.answered(node, "user", f"a person of role {role}")
        if binding is None:
            return Person(role=role)
        return Person(
            role=role,
            due=None if binding.due is None else self._schedules.due(node, binding.due),
            form=binding.form,
            schema=self._schema(node, binding.form),
            inputs=self._expressions.rules(node, binding.input),
            outputs=self._expressions.outputs(node, binding.output),
        )

    def _schema(self, node: Node, form: str | None) -> str | None:
        schema = None if form is None else self._surroundings.forms.get(form)
        if form is not None and schema is None:
            message = f"its form {form!r} has no JSON Schema, so any answer will do"
            self._answers.fault(node, message, warning=True)
        return schema

    def _lane_role(self, node: Node) -> str | None:
        if not node.lane:
            return None
        binding = self._answers.find("lane", LaneBinding, node.lane)
        return binding.role if binding else node.lane

    def _script(self, node: Node) -> Rules | None:
        binding = self._answers.find("script", ScriptBinding, node.id, node.name)
        if binding is None:
            return None
        self._answers.answered(node, "script", ", ".join(binding.set))
        return Rules(assignments=self._expressions.rules(node, binding.set))

    def _rule(self, node: Node) -> Rules | None:
        binding = self._answers.find("rule", RuleBinding, node.id, node.name)
        if binding is None:
            return None
        self._answers.answered(node, "rule", binding.table or ", ".join(binding.set))
        table = None if binding.table is None else self._table(node, binding.table, binding.version)
        return Rules(assignments=self._expressions.rules(node, binding.set), table=table)

    def _table(self, node: Node, name: str, version: str) -> Evaluate | None:
        reference = table_reference(name, version)
        if (problem := reference.problem()) is not None:
            self._answers.fault(node, problem)
            return None
        late = reference.key.removeprefix(reference.name)
        table: Evaluate | None = self._surroundings.tables.get(name + late)
        if table is None:
            known = ", ".join(sorted(self._surroundings.tables)) or "none"
            wanted = f"{name!r} in version {version!r}" if late else repr(name)
            self._answers.fault(node, f"there is no decision table {wanted} (known: {known})")
            return None
        if isinstance(table, Table):
            return Table(table.cited, self._expressions.counting(table.evaluate))
        return table
