"""The tally: what a turn adds to the meters, and the incidents that it tells the log."""

from collections.abc import Sequence

import structlog

from mtd.core.process.instance import Incident
from mtd.runtime.engine.happening import Move
from mtd.runtime.memory.live import is_set_aside
from mtd.runtime.telemetry import Meters

LOG = structlog.get_logger()
ADVANCE = "turn.advance"
"""The handler that leads each instance on by its state."""


def advanced(meters: Meters, moves: Sequence[Move], took_s: float) -> None:
    """A turn led these instances on, and set those aside that could not be."""
    if moves:
        failed = sum(is_set_aside(move.instance) for move in moves)
        succeeded = len(moves) - failed
        meters.worked(ADVANCE, took_s / len(moves), successes=succeeded, errors=failed)


def written(meters: Meters, moves: Sequence[Move], took_s: float) -> None:
    """A turn committed the steps of these instances."""
    meters.turns.inc()
    meters.turn_s.observe(took_s)
    meters.steps.inc(sum(len(move.turned.entries) for move in moves))
    for move in moves:
        for incident in move.turned.troubled:
            meters.incidents.inc()
            _tell(move, incident)
    if ignored := sum(move.ignored for move in moves):
        meters.ignored.inc(ignored)


def _tell(move: Move, incident: Incident) -> None:
    """Where and of which kind; its words may be personal, and are in the trace."""
    LOG.warning(
        "an incident",
        order=move.instance.key,
        instance=move.instance.id,
        element=incident.element,
        code=incident.code,
    )
