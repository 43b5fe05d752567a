"""The counter: a wire that leads to nobody, with a transactional connector's desk behind it."""

from mtd.connectors.desk import Desk
from mtd.connectors.wire.wire import Wire


class Counter(Wire):
    """One attempt's, of a connector that calls no legacy system."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(None)
        self.desk = desk


def desk_of(wire: Wire) -> Desk:
    """What a transactional connector works with; RuntimeError on the wire of any other."""
    if not isinstance(wire, Counter):
        raise RuntimeError("only a transactional connector has a desk")
    return wire.desk
