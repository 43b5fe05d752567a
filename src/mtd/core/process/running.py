"""Running: tokens arrive, one by one, until all of them rest."""

from collections import Counter

from mtd.core.process.catching import arm
from mtd.core.process.definition import Element
from mtd.core.process.holding import THROWERS
from mtd.core.process.instance import Token
from mtd.core.process.journal import Reached
from mtd.core.process.quantity import gathered
from mtd.core.process.step import Step
from mtd.core.process.weighing import WEIGHT_MAX

TOO_LARGE = "TOO_LARGE"
"""The incident of a flow that writes more in one step than a row of the journal should hold."""
ENDLESS = "ENDLESS"
"""The incident of a flow that goes round without ever waiting."""
MOVES_MAX = 10_000
"""Tokens that may arrive in one step; many bodies of a multi-instance may."""
VISITS_MAX = 1_000
"""Tokens that may arrive at one element of one scope in one step; a drawing that goes round
without waiting, or multiplies its tokens, meets it."""


def run(step: Step) -> None:
    """Let tokens arrive until all rest; those that never would get stuck."""
    visits: Counter[tuple[str, int]] = Counter()
    for _ in range(MOVES_MAX):
        if not step.agenda and not _released(step):
            return
        if not step.agenda:
            continue
        token = step.draft.tokens.get(_next(step))
        if token is None:
            continue
        place = (token.at, token.scope)
        visits[place] += 1
        if visits[place] > VISITS_MAX:
            step.agenda.append(token.id)
            break
        _arrive(step, step.element(token), token)
        if step.weight > WEIGHT_MAX:
            _halt(step, TOO_LARGE, f"more than {WEIGHT_MAX:,} characters in one step")
            return
    message = (
        f"{VISITS_MAX} tokens at one element, or {MOVES_MAX} moves, without a wait: "
        "the flow goes round"
    )
    _halt(step, ENDLESS, message)


def _halt(step: Step, code: str, message: str) -> None:
    """Whoever would still move gets stuck instead."""
    for token_id in dict.fromkeys(step.agenda):
        if token_id in step.draft.tokens:
            step.trouble(step.draft.tokens[token_id], code, message)
    step.agenda.clear()


def _next(step: Step) -> int:
    """Who throws a signal arrives last: what moves beside it listens by then."""
    agenda = step.agenda
    if len(agenda) > 1:
        for place, token_id in enumerate(agenda):
            token = step.draft.tokens.get(token_id)
            if token is None or not _throws_signal(step.element(token)):
                del agenda[place]
                return token_id
    return agenda.popleft()


def _throws_signal(element: Element) -> bool:
    return element.kind in THROWERS and any(event.kind == "signal" for event in element.events)


def _released(step: Step) -> bool:
    """Whether a token that waited for all others to rest goes on now that they do."""
    kinds = {step.element(token).kind for token in step.draft.tokens.values()}
    rules = [rule for kind in sorted(kinds) if (rule := step.table[kind].rest) is not None]
    return any(rule(step) for rule in rules)


def _arrive(step: Step, element: Element, token: Token) -> None:
    if element.entering is not None:
        step.record(Reached(element.entering))
    step.attempt(token, lambda: _let_in(step, element, token))


def _let_in(step: Step, element: Element, token: Token) -> None:
    if token.finished:
        step.leave(element, token)
        return
    if element.start_quantity > 1 and not gathered(step, element, token):
        return
    if token.id in step.unarmed:
        if element.attached and not token.inner:
            arm(step, element, token)
        step.unarmed.discard(token.id)
    step.rule(element, token).enter(step, element, token)
