"""The standard's library of functions (DMN 1.5 §10.3.4): one file per family, one table."""

from mtd.core.decision.feel.builtins import (
    arithmetic,
    contexts,
    lists,
    moments,
    ranges,
    strings,
)
from mtd.core.decision.feel.signature import table

BUILTINS = table(
    arithmetic.FUNCTIONS,
    contexts.FUNCTIONS,
    lists.FUNCTIONS,
    moments.FUNCTIONS,
    ranges.FUNCTIONS,
    strings.FUNCTIONS,
)
"""Functions by name."""
