"""Graph: the elements of a model and what each requires, compiled (DMN 1.5 §6.2)."""

from collections.abc import Iterable
from enum import Enum

import msgspec

from mtd.core.decision.expressions import compile_box
from mtd.core.decision.feel.evaluation import Rule
from mtd.core.decision.feel.types import Type
from mtd.core.decision.items import item_types
from mtd.core.decision.model import (
    BoxedContext,
    Decision,
    DecisionTable,
    Fault,
    InputData,
    ItemDefinition,
    KnowledgeModel,
    Model,
    Service,
)
from mtd.core.decision.place import Place, null

DEPTH_MAX = 64
"""Decisions that require one another in a row."""


class Role(Enum):
    """What an element is."""

    INPUT = "input"
    DECISION = "decision"
    KNOWLEDGE = "business knowledge model"
    SERVICE = "decision service"


class Element(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An element of a model, compiled."""

    key: str
    """Namespace, `#` and id."""
    namespace: str
    role: Role
    variable: str
    type: Type
    requires: tuple[str, ...] = ()
    """Keys of what it uses; of a service, of its outputs."""
    parameters: tuple[str, ...] = ()
    """Keys of what a service is given."""
    aliases: dict[str, str] = {}
    """Namespace to the name under which its model is imported."""
    rule: Rule = null


class Graph(msgspec.Struct, frozen=True, eq=False):
    """The elements of a model and of those it imports."""

    elements: dict[str, Element]
    decisions: dict[str, str]
    """Names of the model's own decisions to their keys."""
    services: dict[str, str]
    faults: list[Fault]
    is_open: bool
    """No input data is drawn in it: its decisions are made upon whatever they are given."""


def compile_graph(model: Model, imports: tuple[Model, ...]) -> Graph:
    """All elements of `model` and `imports`. What is wrong is noted, and fails when evaluated."""
    models = {one.namespace: one for one in (*imports, model)}
    variables = _variables(models.values())
    is_open = not any(one.inputs or one.services for one in models.values())
    graph = Graph({}, {}, {}, [], is_open)
    types: dict[str, dict[str, Type]] = {}
    for one in (*imports, model):
        _Compiler(one, models, variables, graph, types).compile()
    graph.decisions.update({d.variable.name: _key(model, d.id) for d in model.decisions})
    graph.services.update({s.variable.name: _key(model, s.id) for s in model.services})
    _check(graph)
    return graph


_Part = InputData | Decision | KnowledgeModel | Service


def _parts(model: Model) -> tuple[_Part, ...]:
    return (*model.inputs, *model.decisions, *model.knowledge, *model.services)


def _key(model: Model, element_id: str) -> str:
    return f"{model.namespace}#{element_id}"


def _variables(models: Iterable[Model]) -> dict[str, str]:
    """Keys to the names that other elements use."""
    return {_key(m, part.id): part.variable.name for m in models for part in _parts(m)}


class _Compiler:
    """One model on its way into the graph."""

    def __init__(
        self,
        model: Model,
        models: dict[str, Model],
        variables: dict[str, str],
        graph: Graph,
        types: dict[str, dict[str, Type]],
    ) -> None:
        self._model = model
        self._variables = variables
        self._graph = graph
        self._aliases = {i.namespace: i.name for i in model.imports if i.namespace in models}
        place = Place(model.name, {}, frozenset(), graph.faults)
        imported = {
            f"{alias}.{name}": type_
            for namespace, alias in self._aliases.items()
            for name, type_ in types.get(namespace, {}).items()
        }
        own = item_types(model.items, imported, place)
        types[model.namespace] = {item.name: own[item.name] for item in model.items}
        self._place = msgspec.structs.replace(
            place, types=own, members=frozenset(_members(tuple(models.values())))
        )
        for one in model.imports:
            if one.namespace not in models:
                place.fault(f"the imported model {one.namespace!r} is not there", one.line)

    def compile(self) -> None:
        """Each element of the model."""
        for part in _parts(self._model):
            element = self._element(part)
            self._graph.elements[element.key] = element

    def _element(self, part: _Part) -> Element:
        name = part.variable.name
        place = msgspec.structs.replace(self._place, element=name)
        wanted = place.type(part.variable.type_ref, part.line)
        key, namespace = _key(self._model, part.id), self._model.namespace
        if isinstance(part, InputData):
            return Element(
                key=key, namespace=namespace, role=Role.INPUT, variable=name, type=wanted
            )
        if isinstance(part, Service):
            return Element(
                key=key,
                namespace=namespace,
                role=Role.SERVICE,
                variable=name,
                type=wanted,
                requires=self._resolved(part.outputs, place, part.line),
                parameters=self._resolved(part.inputs, place, part.line),
            )
        requires = self._resolved(part.requires, place, part.line)
        place = place.knowing(*(self._spelled(key) for key in requires))
        knowledge = isinstance(part, KnowledgeModel)
        return Element(
            key=key,
            namespace=namespace,
            role=Role.KNOWLEDGE if knowledge else Role.DECISION,
            variable=name,
            type=wanted,
            requires=requires,
            aliases=self._aliases,
            rule=compile_box(part.logic, place.knowing(name) if knowledge else place),
        )

    def _resolved(
        self, references: tuple[str, ...], place: Place, line: int | None
    ) -> tuple[str, ...]:
        keys: list[str] = []
        for reference in references:
            namespace, _, element_id = reference.rpartition("#")
            key = f"{namespace or self._model.namespace}#{element_id}"
            if key in self._variables:
                keys.append(key)
            else:
                place.fault(f"it requires {reference!r}, which is not there", line)
        return tuple(dict.fromkeys(keys))

    def _spelled(self, key: str) -> str:
        """The name under which an element is known in this model's expressions."""
        alias = self._aliases.get(key.rpartition("#")[0])
        return alias or self._variables[key]


def _members(models: tuple[Model, ...]) -> set[str]:
    """Names of entries of contexts, anywhere in the models."""
    found: set[str] = set()
    items: list[ItemDefinition] = [item for model in models for item in model.items]
    while items:
        item = items.pop()
        found.add(item.name)
        items.extend(item.components)
    for model in models:
        found |= {part.variable.name for part in _parts(model)}
        for decision in model.decisions:
            if isinstance(decision.logic, DecisionTable):
                found |= {clause.name for clause in decision.logic.outputs}
            elif isinstance(decision.logic, BoxedContext):
                found |= {e.variable.name for e in decision.logic.entries if e.variable}
    return found


def _check(graph: Graph) -> None:
    """Note decisions that require themselves, or others in too long a row."""
    depths: dict[str, int] = {}
    for start in graph.elements:
        waiting: list[tuple[str, bool]] = [(start, False)]
        path: set[str] = set()
        while waiting:
            key, done = waiting.pop()
            element = graph.elements[key]
            if done:
                path.discard(key)
                depths[key] = 1 + max((depths.get(k, 0) for k in element.requires), default=0)
            elif key in path:
                _note(graph, element, "it requires itself, by way of others or directly")
            elif key not in depths and element.role is Role.DECISION:
                path.add(key)
                waiting.append((key, True))
                waiting.extend((k, False) for k in element.requires)
        if depths.get(start, 0) > DEPTH_MAX:
            _note(graph, graph.elements[start], "it stands on too many decisions in a row")


def _note(graph: Graph, element: Element, message: str) -> None:
    fault = Fault(element.variable, "", message)
    if fault not in graph.faults:
        graph.faults.append(fault)
