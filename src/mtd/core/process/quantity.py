"""Quantity: an activity that begins once several tokens have come (BPMN 2.0.2 §13.3.2)."""

import msgspec

from mtd.core.process.definition import Element
from mtd.core.process.instance import Token
from mtd.core.process.journal import Put
from mtd.core.process.step import Step

QUANTITY_MAX = 1_000
"""Tokens that an activity may take, or give; a drawing that says more is mistaken."""


def gathered(step: Step, element: Element, token: Token) -> bool:
    """Whether `token` completes a start quantity, or did before; by whichever flows they came.

    Those that completed it are consumed, and `token` is the activity's.
    """
    if token.inner or token.counted:
        return True
    here = [
        other
        for other in step.draft.tokens.values()
        if other.at == element.id and other.scope == token.scope and not other.counted
    ]
    if len(here) < element.start_quantity:
        return False
    others = [other for other in here if other.id != token.id]
    for other in others[: element.start_quantity - 1]:
        step.merge(other)
    step.record(Put(msgspec.structs.replace(token, counted=True)))
    return True
