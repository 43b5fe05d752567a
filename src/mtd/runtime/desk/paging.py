"""Paging: what of the rows that were found a page shows, and whether there are pages around it."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def paged(
    found: Sequence[T], rows: int, *, back: bool, is_first: bool
) -> tuple[Sequence[T], bool, bool]:
    """What is shown of `found`, which has one more than `rows` where there are more beyond.

    Then whether there is a page before it, and one after it. `back`: it was asked for from the
    page after it; `is_first`: it was asked for as the first.
    """
    more = len(found) > rows
    shown = (found[1:] if back else found[:-1]) if more else found
    before = more if back else not is_first
    return shown, bool(shown) and before, bool(shown) and (back or more)
