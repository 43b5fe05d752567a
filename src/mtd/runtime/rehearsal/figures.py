"""Figures: what was measured, and what was to be reached."""

from collections.abc import Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured figure."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    """What was to be reached; both None: nobody asked for more than to know it."""

    @property
    def reached(self) -> bool | None:
        """Whether it is what was to be reached; None: nothing was."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of them (0 to 1) do not exceed; NaN of none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-len(ordered) * share // 1) - 1))]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must hold, whatever the machine."""

    name: str
    passed: bool
    told: str = ""
    """What was found."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a run measured and what it checked."""

    figures: list[Figure]
    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return all(check.passed for check in self.checks)
