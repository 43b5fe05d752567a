"""Blocks: pieces of drawings that are sound by construction, each entered and left at one node."""

from mtd.runtime.simulation.branching import again, choice, enough, fork, race, some
from mtd.runtime.simulation.containing import any_order, called, stage, stopped
from mtd.runtime.simulation.drafting import CALLED, PROCESS, Block, Draft
from mtd.runtime.simulation.marking import guarded, looped, many
from mtd.runtime.simulation.rows import inside
from mtd.runtime.simulation.undoing import deal, undone

DEPTH_MAX = 3

NESTED: tuple[Block, ...] = (
    choice, fork, some, enough, race, again, stage, stopped, any_order, called, many, looped,
    guarded, undone, deal,
)  # fmt: skip
"""What contains other blocks."""


def draw(draft: Draft) -> None:
    """A whole process; and the process that its call activities call."""
    draft.nested = NESTED
    inside(draft, PROCESS, DEPTH_MAX)
    if draft.called:
        inside(draft, CALLED, 1)
