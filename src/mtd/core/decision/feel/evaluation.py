"""An evaluation under way: the names in sight and what may still be spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mtd.core.decision.feel.errors import FeelError
from mtd.core.decision.feel.values import is_context, is_list

STEPS_MAX = 10_000
"""Turns of a loop and calls, each weighed with the size of its body, in one evaluation."""

NESTING_MAX = 450
"""Levels of expressions open at once, summed over the functions that are running."""

CALLS_MAX = 64
"""Functions open at once."""

CHARACTERS_A_STEP = 1_000
"""Of the texts that an evaluation makes on its way; those of a usual length cost nothing."""

SIZE_MAX = 1_000_000
"""Size of a result: characters of its texts, and 8 for anything else."""


class Run:
    """One evaluation: its time, and its budget."""

    __slots__ = ("calls", "nesting", "now", "steps")

    def __init__(self, now: datetime, steps: int = STEPS_MAX) -> None:
        self.now = now
        self.steps = steps
        self.calls = 0
        self.nesting = 0

    def spend(self, steps: int) -> None:
        """Take `steps` off the budget. Raises FeelError when it is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelError("the expression takes more steps than it may")

    def made(self, value: Any) -> Any:
        """`value`, which was just made: a long text is paid for, lest many fill the memory."""
        if type(value) is str:
            self.spend(len(value) // CHARACTERS_A_STEP)
        return value

    def enter(self, levels: int) -> None:
        """A function with a body `levels` deep begins. Raises FeelError when too many are open."""
        self.calls += 1
        self.nesting += levels
        if self.calls > CALLS_MAX or self.nesting > NESTING_MAX:
            raise FeelError("the expression calls functions within functions too deeply")

    def leave(self, levels: int) -> None:
        """The function that began with `enter(levels)` has ended."""
        self.calls -= 1
        self.nesting -= levels


class Frame:
    """Names in sight: the innermost first, then those around them."""

    __slots__ = ("names", "outer", "run")

    def __init__(self, names: Mapping[str, Any], outer: Frame | None, run: Run) -> None:
        self.names = names
        self.outer = outer
        self.run = run


Rule = Callable[[Frame], Any]
"""A compiled expression."""


def bounded(text: str) -> str:
    """`text`, unless it is longer than a result may be: then FeelError."""
    check_length(len(text))
    return text


def check_length(characters: int) -> None:
    """Raises FeelError when a text would be longer than a result may be."""
    if characters > SIZE_MAX:
        raise FeelError(f"the expression makes a text longer than {SIZE_MAX:,} characters")


def check_size(value: Any) -> None:
    """Raises FeelError when `value`, written out, would exceed SIZE_MAX."""
    left = SIZE_MAX
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            left -= len(item)
            continue
        left -= 8
        if is_list(item):
            waiting.extend(item)
        elif is_context(item):
            waiting.extend(item.values())
            left -= sum(len(str(key)) for key in item)
        if left < 0 or len(waiting) > SIZE_MAX:
            raise FeelError(f"the result is larger than {SIZE_MAX:,} characters")
