"""Reasons: nothing that wants a reason is done without one."""

from mtd.runtime.operations.operations import Conflict

REASON_MAX = 500
"""Characters; what is beyond them is not kept."""


def given(reason: str) -> str:
    """The reason as it is kept. Raises Conflict: there is none."""
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise Conflict("a reason is needed")
    return reason
