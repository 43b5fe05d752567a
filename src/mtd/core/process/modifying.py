"""Modifying: an operator moves, adds and drops tokens of a running instance, all of it or none."""

from collections.abc import Iterable, Iterator

from mtd.core.process.definition import Element
from mtd.core.process.facts import Ignored
from mtd.core.process.instance import ROOT, Token
from mtd.core.process.step import Step
from mtd.core.process.trigger import Modified

JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
NO_TARGETS = frozenset({"boundaryEvent", "eventSubProcess", "process"})
"""What a token comes to by an event alone."""


def let_modify(step: Step, change: Modified) -> str:
    """Change the instance as the operator says; where anything of it may not be, nothing is."""
    problems = list(_problems(step, change))
    if problems:
        step.record(Ignored("; ".join(problems)))
        return ""
    if change.variables:
        step.assign(ROOT, change.variables)
    left: set[int] = set()
    for source, target in change.moves:
        for token in _outermost(step, source):
            step.put(target, token.scope)
            step.cancel(token)
    for target in change.adds:
        step.put(target, _scopes(step, target)[0])
    for source in change.drops:
        for token in _outermost(step, source):
            step.cancel(token)
            left.add(token.scope)
    for scope in left:
        if scope in step.draft.scopes:
            step.finish_if_empty(scope)
    return ""


def _problems(step: Step, change: Modified) -> Iterator[str]:
    """Why it may not be, in words; nothing: it may."""
    sources = [source for source, _ in change.moves] + list(change.drops)
    for source in sources:
        yield from _source_problem(step, source, sources)
        if source in change.drops and _is_stuck(step, source):
            continue  # nothing but this lets go of a gateway that cannot reset
        yield from _memory_problem(step, source)
    for source, _ in change.moves:
        if any(step.is_undoing(token) for token in _resting(step, source)):
            label = _called(step.definition.elements[source])
            yield f"{label} undoes something: it can be dropped, not moved"
    if len(set(sources)) < len(sources):
        yield "the tokens of one element can be moved or dropped once"
    for source, target in change.moves:
        yield from _move_problem(step, source, target)
    for target in change.adds:
        yield from _add_problem(step, target, sources)
    if not (sources or change.adds or change.variables):
        yield "nothing is asked for"


def _source_problem(step: Step, source: str, sources: Iterable[str]) -> Iterator[str]:
    element = step.definition.elements.get(source)
    if element is None:
        yield f"there is no element {source!r}"
    elif not _resting(step, source):
        yield f"no token rests at {_called(element)}"
    elif _is_inside(step, source, sources):
        yield f"{_called(element)} is inside of what is moved or dropped, too"


def _memory_problem(step: Step, source: str) -> Iterator[str]:
    """What a complex gateway took stands for a flow that went on already (BPMN 2.0.2 §13.4.5):
    moved it would be there twice; dropped, those that come later would let it go once more.
    """
    element = step.definition.elements.get(source)
    kept = any(token.counted for token in _resting(step, source))
    if kept and element is not None and element.kind == "complexGateway":
        yield f"{_called(element)} has gone on, and keeps what came to it until it resets"


def _is_stuck(step: Step, source: str) -> bool:
    stuck = {incident.token for incident in step.draft.incidents.values()}
    return any(token.id in stuck for token in _resting(step, source))


def _move_problem(step: Step, source: str, target: str) -> Iterator[str]:
    elements = step.definition.elements
    if (problem := _target_problem(step, target)) is not None:
        yield problem
    elif source in elements and elements[target].parent != elements[source].parent:
        here, there = _called(elements[source]), _called(elements[target])
        yield f"a token cannot be moved from {here} to {there}: they are not in the same process"


def _add_problem(step: Step, target: str, sources: Iterable[str]) -> Iterator[str]:
    elements = step.definition.elements
    if (problem := _target_problem(step, target)) is not None:
        yield problem
    elif len(scopes := _scopes(step, target)) != 1:
        inside = _called(elements[elements[target].parent])
        yield f"{_called(elements[target])} is in {inside}, which runs {len(scopes)} times"
    elif scopes[0] in _ending(step, sources):
        yield f"{_called(elements[target])} is inside of what is moved or dropped"


def _target_problem(step: Step, target: str) -> str | None:
    element = step.definition.elements.get(target)
    if element is None:
        return f"there is no element {target!r}"
    handler = element.kind == "subProcess" and any(
        start in step.definition.elements[element.parent].handlers for start in element.starts
    )
    if any(one.compensated_by == target for one in step.definition.elements.values()):
        return f"a token comes to {_called(element)} by compensation alone"
    if element.kind in NO_TARGETS or handler:
        return f"a token comes to {_called(element)} by its event alone"
    if element.kind in JOINS and len(element.incoming) > 1:
        return f"{_called(element)} waits for tokens by each way in: choose what follows it"
    return None


def _resting(step: Step, element: str) -> list[Token]:
    """The tokens at `element`; of a loop, the activity's own and not those of its bodies."""
    tokens = step.draft.tokens.values()
    return [token for token in tokens if token.at == element and not token.inner]


def _outermost(step: Step, element: str) -> list[Token]:
    """The tokens at `element`, save those inside of another at it: a process may call itself."""
    ending = _ending(step, (element,))
    return [token for token in _resting(step, element) if token.scope not in ending]


def _is_inside(step: Step, source: str, sources: Iterable[str]) -> bool:
    """Whether a token at `source` ends with those of another of `sources`."""
    ending = _ending(step, [one for one in sources if one != source])
    return any(token.scope in ending for token in _resting(step, source))


def _ending(step: Step, sources: Iterable[str]) -> set[int]:
    """The scopes that end when the tokens at `sources` go: what they hold, and what is inside."""
    holders = {token.id for source in sources for token in _resting(step, source)}
    ending = {scope.id for scope in step.draft.scopes.values() if scope.holder in holders}
    inner = ending
    while inner:
        inner = {scope.id for scope in step.draft.scopes.values() if scope.parent in inner} - ending
        ending |= inner
    return ending


def _scopes(step: Step, target: str) -> list[int]:
    """The running scopes that have `target` inside; of a loop the bodies, not their account."""
    parent = step.definition.elements[target].parent
    scopes = [scope for scope in step.draft.scopes.values() if scope.element == parent]
    return [scope.id for scope in scopes if step.is_heard(scope)]


def _called(element: Element) -> str:
    return repr(element.name or element.id)
