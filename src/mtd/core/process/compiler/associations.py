"""Associations: drawn data to the variables that it is, and what is carried in and out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.definition import Datum, Evaluate
from mtd.core.process.drawing import DataAssociation, DataObject, Node, Process


class Associations:
    """Compiles the data of one process (BPMN 2.0.2 §10.4)."""

    def __init__(self, process: Process, expressions: Expressions) -> None:
        self._process = process
        self._expressions = expressions
        self._names = dict(_names(process))

    def declared(self, container: Process | Node) -> tuple[str, ...]:
        """The variables of a scope's own: its data objects, properties, inputs and outputs. What
        refers to an object drawn elsewhere is that object, and none of its own (§10.4.1).
        """
        parent = container.id if isinstance(container, Node) else None
        parts = (*container.properties, *container.inputs, *container.outputs)
        known = {one.id for one in self._process.data_objects}
        objects = (
            one
            for one in self._process.data_objects
            if one.parent == parent and one.ref not in known
        )
        names = [self._names[one.id] for one in (*parts, *objects) if one.id in self._names]
        return tuple(dict.fromkeys(names))

    def taken(self, node: Node) -> tuple[Datum, ...]:
        """What is carried into `node`."""
        return tuple(self._data(node, node.data_in, outward=False))

    def given(self, node: Node) -> tuple[Datum, ...]:
        """What is carried out of `node`."""
        return tuple(self._data(node, node.data_out, outward=True))

    def _data(
        self, node: Node, drawn: Iterable[DataAssociation], *, outward: bool
    ) -> Iterator[Datum]:
        """Those with a store at one end only label: stores are others' systems."""
        for one in drawn:
            if one.assignments:
                for rule, target in one.assignments:
                    name = self._names.get(target, target)
                    yield Datum(target=name, rule=self._expressions.drawn(node, rule))
                continue
            target = self._names.get(one.target or "")
            sources = [self._names[source] for source in one.sources if source in self._names]
            if target is None or not (sources or one.transformation):
                continue
            source = sources[0] if sources else None
            rule = (
                _variable(sources[0])
                if one.transformation is None
                else self._expressions.drawn(node, one.transformation)
            )
            yield Datum(target=target, rule=rule, source=source if outward else None)


def _names(process: Process) -> Iterator[tuple[str, str]]:
    """The variable that each datum is, by its id; a reference is what it refers to."""
    objects = {one.id: one for one in process.data_objects}
    for one in process.data_objects:
        if "Store" not in one.kind:
            yield one.id, _variable_of(one, objects)
    bearers: tuple[Process | Node, ...] = (process, *process.nodes)
    for bearer in bearers:
        for part in (*bearer.properties, *bearer.inputs, *bearer.outputs):
            yield part.id, part.name or part.id


def _variable_of(one: DataObject, objects: Mapping[str, DataObject]) -> str:
    referred = objects.get(one.ref or "")
    if referred is not None and referred.name:
        return referred.name
    return one.name or (referred.id if referred is not None else one.id)


def _variable(name: str) -> Evaluate:
    def value(variables: Mapping[str, Any], now: datetime) -> Any:
        return variables.get(name)

    return value
