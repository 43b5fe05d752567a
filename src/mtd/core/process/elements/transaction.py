"""Transaction: a sub-process that can be cancelled as a whole (BPMN 2.0.2 §10.3.5, §13.5.3).

It completes and fails as a sub-process does; an error that leaves it is its hazard, and undoes
nothing. Cancelled by an end event inside, all in it stops, what completed is compensated, and
then the flow leaves by its cancel event.
"""

from mtd.core.process.embedding import done, enter
from mtd.core.process.step import Behaviour

BEHAVIOUR = Behaviour(enter, done=done)
