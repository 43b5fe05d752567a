"""A drawing: what any modeller's file says, kept as one tool-neutral set of values.

The words are those of BPMN 2.0.2 (OMG formal/2013-12-09); clauses are cited where a rule comes
from one. Labels are trimmed and their inner blanks and newlines collapsed; an empty one is None.
Ids of references are those of the file without a QName's prefix, also when nothing bears them:
what is dangling is noted, never refused.
"""

from mtd.core.process.drawing.files import (
    CorrelationProperty,
    Drawing,
    MessageFlow,
    Named,
    Pool,
)
from mtd.core.process.drawing.nodes import EventDefinition, Loop, Node, Resource
from mtd.core.process.drawing.parameters import DataAssociation, DataObject, Parameter
from mtd.core.process.drawing.processes import Flow, Lane, Process

__all__ = [
    "CorrelationProperty",
    "DataAssociation",
    "DataObject",
    "Drawing",
    "EventDefinition",
    "Flow",
    "Lane",
    "Loop",
    "MessageFlow",
    "Named",
    "Node",
    "Parameter",
    "Pool",
    "Process",
    "Resource",
]
