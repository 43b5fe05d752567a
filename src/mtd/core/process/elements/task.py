"""Abstract task: whatever its label is bound to, a service or a person (BPMN 2.0.2 §10.3.3)."""

from mtd.core.process.step import Behaviour
from mtd.core.process.work import begin, resume

BEHAVIOUR = Behaviour(begin, resume)
