"""Program: a regular expression made ready to match."""

from enum import IntEnum
from typing import Any

import msgspec


class Op(IntEnum):
    """What an instruction of a pattern does."""

    SET = 1
    """Take a character that passes a test."""
    SPLIT = 2
    """Go on at the first offset, and if that fails at the second."""
    JUMP = 3
    SAVE = 4
    """Note where a group begins or ends."""
    SAME = 5
    """Take again what a group took."""
    CHECK = 6
    """Go on if the place in the text passes a test."""
    MATCH = 7


Instruction = tuple[Op, Any, int]


class Pattern(msgspec.Struct, frozen=True, eq=False):
    """A regular expression made ready."""

    program: list[Instruction]
    groups: int
    refers: bool
    """Whether it refers back to what a group took."""
    ignore_case: bool
