"""Sabotage: the engine made wrong, played until somebody notices."""

from collections.abc import Callable, Sequence

import pytest

from mtd.runtime.simulation.campaign import OPERATORS, Campaign
from mtd.runtime.simulation.operating import Operators

DRAWINGS_MAX = 1_500
"""Within so many drawings a fault must show."""

Patch = pytest.MonkeyPatch
Fault = Callable[[Patch], None]
"""Makes the engine wrong, for as long as the patch lasts."""


def noticed(fault: Fault, patch: Patch, operators: Sequence[Operators] = OPERATORS) -> set[str]:
    """The promises that are seen broken first."""
    fault(patch)
    campaign = Campaign(1, operators)
    for number in range(DRAWINGS_MAX):
        campaign.play(f"1:{number}")
        if campaign.violations:
            break
    return {found.letter for found in campaign.violations}
