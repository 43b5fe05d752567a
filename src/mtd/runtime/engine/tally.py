"""The tally: what a turn adds to the meters."""

from collections.abc import Sequence

from mtd.runtime.engine.happening import Move
from mtd.runtime.memory.live import is_set_aside
from mtd.runtime.telemetry import Meters

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
    if troubled := sum(len(move.turned.troubled) for move in moves):
        meters.incidents.inc(troubled)
    if ignored := sum(move.ignored for move in moves):
        meters.ignored.inc(ignored)
