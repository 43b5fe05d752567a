"""The points system: credits points, and can neither be asked nor told twice."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mtd.simulators.rest import Context, Operation, RestDesk, say_malformed
from mtd.simulators.system import Reply, System, applied
from mtd.simulators.world import World

Name = Annotated[str, Meta(min_length=1, max_length=255)]


class Crediting(msgspec.Struct, frozen=True):
    """Points for an order; said twice, they are credited twice."""

    order_id: Name
    points: Annotated[int, Meta(gt=0)]


class Points:
    """All that was credited so far."""

    def __init__(self) -> None:
        self._total = 0

    def credit(self, body: Crediting, _context: Context) -> Reply:
        """Add the points, whoever asks and however often."""
        self._total += body.points
        return applied({"credited": body.points})


def loyalty(_world: World) -> System:
    """The points system: no idempotency key, no query, nothing to take back."""
    points = Points()
    crediting = Operation(name="credit", shape=Crediting, act=points.credit, keyed=False)
    return System(
        name="loyalty",
        median_ms=80,
        p99_ms=600,
        shares={},
        verdicts=frozenset(),
        read=RestDesk({("POST", "/points"): crediting}).read,
        malformed=say_malformed,
    )
