"""Decisions: a model made ready to decide, from requirements up (DMN 1.5 §6.2, §10.4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mtd.core.decision.compiling import Element, Graph, Knowledge, compile_graph
from mtd.core.decision.feel import FeelError
from mtd.core.decision.feel.coercion import coerced
from mtd.core.decision.feel.evaluation import Frame, Run, check_size
from mtd.core.decision.feel.values import Function, admitted
from mtd.core.decision.model import Fault, Model
from mtd.core.decision.place import DecisionError

STEPS_MAX = 100_000
"""Steps of all expressions of one evaluation together."""


class Decisions:
    """The decisions and services of a model."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.names = tuple(graph.decisions)
        """Of the decisions, in the order of the file."""
        self.services = tuple(graph.services)
        """Names of the decision services."""
        self.faults = graph.faults

    def inputs(self, name: str) -> frozenset[str]:
        """The variables of the context that the decision `name` is made upon."""
        found: set[str] = set()
        waiting = [self._element(name)]
        seen: set[str] = set()
        while waiting:
            element = waiting.pop()
            if element.key not in seen:
                seen.add(element.key)
                found |= {element.variable} if element.is_input else set()
                waiting.extend(self._graph.elements[key] for key in element.requires)
        return frozenset(found)

    def evaluate(self, name: str, context: Mapping[str, Any], now: datetime) -> Any:
        """What the decision or service `name` gives over the variables of `context`, at `now`.

        Raises DecisionError, a FeelError, when the table contradicts itself, the element has a
        fault, or a budget is exceeded; KeyError when there is no such decision.
        """
        run = Run(now, STEPS_MAX)
        element = self._element(name)
        try:
            if element.parameters is None:
                value = _Evaluation(self._graph, context, run).value(element)
            else:
                value = _serve(self._graph, element, context, run)
        except RecursionError:
            raise DecisionError(f"{name}: expressions are nested too deeply") from None
        except DecisionError:
            raise
        except FeelError as error:
            raise DecisionError(f"{name}: {error}") from error
        check_size(value)
        return value

    def _element(self, name: str) -> Element:
        key = self._graph.decisions.get(name) or self._graph.services.get(name)
        if key is None:
            raise KeyError(name)
        return self._graph.elements[key]


def compile_model(model: Model, imports: Iterable[Model] = ()) -> Decisions:
    """`model` made ready; `imports` are the models whose namespaces it imports.

    What has a fault raises when it is evaluated; `faults` tells beforehand.
    """
    graph = compile_graph(model, tuple(imports))
    _bind_knowledge(graph)
    return Decisions(graph)


def faults(model: Model, imports: Iterable[Model] = ()) -> tuple[Fault, ...]:
    """What would keep decisions of `model` from being made, all of it at once."""
    return tuple(compile_graph(model, tuple(imports)).faults)


class _Evaluation:
    """One evaluation: each decision is made once."""

    def __init__(
        self,
        graph: Graph,
        context: Mapping[str, Any],
        run: Run,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self._graph = graph
        self._context = context
        self._run = run
        self._known: dict[str, Any] = dict(given or {})

    def value(self, element: Element) -> Any:
        """What `element` is worth: an input, a decision's result, or a function."""
        if element.key not in self._known:
            self._known[element.key] = self._found(element)
        return self._known[element.key]

    def _found(self, element: Element) -> Any:
        if element.is_input:
            return coerced(admitted(self._given(element)), element.type)
        if element.function is not None:
            return element.function.value
        frame = Frame(self._sight(element), None, self._run)
        return coerced(element.rule(frame), element.type)

    def _given(self, element: Element) -> Any:
        return self._context.get(element.variable)

    def _sight(self, element: Element) -> dict[str, Any]:
        """The values of what it requires, by name; of another model's, under the import's."""
        sight: dict[str, Any] = {}
        for key in element.requires:
            required = self._graph.elements[key]
            alias = element.aliases.get(required.namespace, "")
            names = sight.setdefault(alias, {}) if alias else sight
            names[required.variable] = self.value(required)
        return sight


def _serve(graph: Graph, element: Element, given: Mapping[str, Any], run: Run) -> Any:
    """A service's outputs, made upon its parameters only."""
    parameters = [graph.elements[key] for key in element.parameters or ()]
    known = {p.key: coerced(admitted(given.get(p.variable)), p.type) for p in parameters}
    evaluation = _Evaluation(graph, {}, run, known)
    outputs = [graph.elements[key] for key in element.requires]
    values = {output.variable: evaluation.value(output) for output in outputs}
    value = next(iter(values.values())) if len(outputs) == 1 else values
    return coerced(value, element.type)


def _bind_knowledge(graph: Graph) -> None:
    """Give each knowledge model and service its function, which may call the others'."""
    for element in graph.elements.values():
        holder = element.function
        if holder is None:
            continue
        if element.parameters is not None:
            holder.value = _service_function(graph, element)
        else:
            run = Run(_NO_TIME)
            names: dict[str, Any] = _KnowledgeNames(graph, element)
            holder.value = element.rule(Frame(names, None, run))
