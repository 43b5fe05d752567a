"""Embedded sub-process: a scope inside its parent (BPMN 2.0.2 §10.3.5, §13.3.4)."""

from mtd.core.process.embedding import done, enter
from mtd.core.process.step import Behaviour

BEHAVIOUR = Behaviour(enter, done=done)
