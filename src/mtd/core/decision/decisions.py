"""Decisions: a model made ready to decide, from requirements up (DMN 1.5 §6.2, §10.4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from mtd.core.decision.feel import FeelError
from mtd.core.decision.feel.coercion import coerced
from mtd.core.decision.feel.evaluation import Frame, Run, check_size
from mtd.core.decision.feel.types import Kind
from mtd.core.decision.feel.values import Function, admitted
from mtd.core.decision.graph import DEPTH_MAX, Element, Graph, Role, compile_graph
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
        self.faults = tuple(graph.faults)

    def inputs(self, name: str) -> frozenset[str]:
        """The variables of the context that the decision or service `name` is made upon, as far
        as they are drawn.
        """
        start = self._element(name)
        elements = self._graph.elements
        if start.role is Role.SERVICE:
            return frozenset(elements[key].variable for key in start.parameters)
        found: set[str] = set()
        waiting, seen = [start], {start.key}
        while waiting:
            element = waiting.pop()
            found |= {element.variable} if element.role is Role.INPUT else set()
            fresh = [key for key in element.requires if key not in seen]
            seen.update(fresh)
            waiting.extend(elements[key] for key in fresh)
        return frozenset(found)

    def evaluate(self, name: str, context: Mapping[str, Any], now: datetime) -> Any:
        """What the decision or service `name` gives over the variables of `context`, at `now`.

        Functions of the context are in sight everywhere, variables where they are required.
        Raises DecisionError, a FeelError, when a table contradicts itself, an element has a
        fault or a budget is exceeded; KeyError when there is no such decision.
        """
        element = self._element(name)
        evaluation = _Evaluation(self._graph, context, Run(now, STEPS_MAX))
        try:
            if element.role is Role.SERVICE:
                value = evaluation.served(element, context)
            else:
                value = evaluation.value(element)
            check_size(value)
        except RecursionError:
            raise DecisionError(f"{name}: expressions are nested too deeply") from None
        except DecisionError:
            raise
        except FeelError as error:
            raise DecisionError(f"{name}: {error}") from error
        return value

    def _element(self, name: str) -> Element:
        key = self._graph.decisions.get(name) or self._graph.services.get(name)
        if key is None:
            raise KeyError(name)
        return self._graph.elements[key]


def compile_model(model: Model, imports: Iterable[Model] = ()) -> Decisions:
    """`model` made ready; `imports` are the models whose namespaces it imports, used ones first.

    What has a fault raises when it is evaluated; `faults` tells beforehand.
    """
    return Decisions(compile_graph(model, tuple(imports)))


def faults(model: Model, imports: Iterable[Model] = ()) -> tuple[Fault, ...]:
    """What would keep decisions of `model` from being made, all of it at once."""
    return tuple(compile_graph(model, tuple(imports)).faults)


class _Evaluation:
    """One evaluation: each decision is made once, when it is first asked for."""

    def __init__(
        self,
        graph: Graph,
        context: Mapping[str, Any],
        run: Run,
        known: dict[str, Any] | None = None,
    ) -> None:
        self._graph = graph
        self._context = context
        self._functions = {n: one for n, one in context.items() if isinstance(one, Function)}
        """What whoever asks lends to all expressions, as if it were the language's own."""
        self._run = run
        self._known = known or {}
        self._open: set[str] = set()
        self._admitted: dict[str, Any] | None = None

    def value(self, element: Element) -> Any:
        """What `element` is worth: an input, a decision's result, or a function."""
        key = element.key
        if key in self._known:
            return self._known[key]
        if key in self._open or len(self._open) > DEPTH_MAX:
            raise DecisionError(f"{element.variable}: it requires itself, or too many others")
        self._open.add(key)
        self._known[key] = value = self._found(element)
        self._open.discard(key)
        return value

    def served(self, service: Element, given: Mapping[str, Any]) -> Any:
        """A service's outputs, made upon its parameters only."""
        elements = self._graph.elements
        known = {
            p.key: coerced(admitted(given.get(p.variable)), p.type)
            for p in (elements[key] for key in service.parameters)
        }
        inner = _Evaluation(self._graph, self._functions, self._run, known)
        values = {e.variable: inner.value(e) for e in (elements[key] for key in service.requires)}
        value = next(iter(values.values())) if len(values) == 1 else values
        return coerced(value, service.type)

    def _found(self, element: Element) -> Any:
        match element.role:
            case Role.INPUT:
                return coerced(admitted(self._context.get(element.variable)), element.type)
            case Role.DECISION:
                seen = self._functions | self._given() | self._sight(element)
                frame = Frame(seen, None, self._run)
                return coerced(element.rule(frame), element.type)
            case Role.KNOWLEDGE:
                return self._knowledge(element)
            case Role.SERVICE:
                return self._service(element)

    def _given(self) -> dict[str, Any]:
        """What a model without input data has in sight: simple tables are drawn without any."""
        if not self._graph.is_open:
            return {}
        if self._admitted is None:
            self._admitted = {name: admitted(value) for name, value in self._context.items()}
        return self._admitted

    def _knowledge(self, element: Element) -> Any:
        """Its function. It sees itself and what it requires, which may require it in turn."""
        sight: dict[str, Any] = dict(self._functions)
        function = element.rule(Frame(sight, None, self._run))
        if isinstance(function, Function) and element.type.kind not in (Kind.ANY, Kind.FUNCTION):
            function = msgspec.structs.replace(function, result=element.type)
        self._known[element.key] = function
        sight.update(self._sight(element))
        sight[element.variable] = function
        return function

    def _service(self, element: Element) -> Function:
        parameters = [self._graph.elements[key] for key in element.parameters]
        names = tuple(p.variable for p in parameters)

        def call(run: Run, arguments: tuple[Any, ...]) -> Any:
            run.enter(DEPTH_MAX)
            caller = _Evaluation(self._graph, self._functions, run)
            value = caller.served(element, dict(zip(names, arguments, strict=True)))
            run.leave(DEPTH_MAX)
            return value

        return Function(names, tuple(p.type for p in parameters), None, call)

    def _sight(self, element: Element) -> dict[str, Any]:
        """The values of what it requires, by name; of another model's, under the import's."""
        sight: dict[str, Any] = {}
        for key in element.requires:
            required = self._graph.elements[key]
            alias = element.aliases.get(required.namespace)
            names = sight.setdefault(alias, {}) if alias else sight
            names[required.variable] = self.value(required)
        return sight
