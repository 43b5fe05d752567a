"""Services of the engine to a drawing: what it asks for happens in the commit of the answer."""

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done

RETRY = "engine.retry"
"""Let the incident of input `incident` (absent: all) be tried again."""
CANCEL = "engine.cancel"
"""Ask this very process to cancel, as a person would."""


async def accept(_: Attempt, __: Wire) -> Answer:
    """The runtime does it, in the same turn."""
    return Done()


CONNECTORS = (
    Connector(RETRY, accept, Repeat.LOCAL),
    Connector(CANCEL, accept, Repeat.LOCAL),
)
