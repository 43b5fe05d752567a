"""Service task: one step of work by a service (BPMN 2.0.2 §10.3.3, §13.3.3)."""

from mtd.core.process.step import Behaviour
from mtd.core.process.work import begin, resume

BEHAVIOUR = Behaviour(begin, resume)
