"""Memory: the garbage collector told what kind of process this is."""

import gc

GENERATIONS = (100_000, 50, 100)
"""A part makes and drops up to a million small values a second, hardly any of them in circles."""


def calm_collector() -> None:
    """Look for circles rarely, and never among what was there from the start."""
    gc.freeze()
    gc.set_threshold(*GENERATIONS)
