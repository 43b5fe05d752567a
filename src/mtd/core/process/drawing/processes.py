"""Processes: nodes and the flows between them, in lanes."""

import msgspec

from mtd.core.process.drawing.nodes import Node
from mtd.core.process.drawing.parameters import DataObject, Parameter


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
