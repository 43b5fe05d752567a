"""Associating: data carried into elements and out of them, as it is drawn (BPMN 2.0.2 §10.4.2).

A data object or a property is a variable of the scope that it is drawn in. What an association
fills are an element's inputs, by their names; what it empties are its outputs.
"""

from collections.abc import Mapping
from typing import Any

from mtd.core.process.definition import Element, Evaluate
from mtd.core.process.recording import plain
from mtd.core.process.step import Step


def taken(step: Step, element: Element, scope: int) -> dict[str, Any]:
    """What the associations carry into `element`, by the names of its inputs."""
    if not element.data_in:
        return {}
    seen = step.sight(scope)
    return {one.target: step.evaluated(one.rule, seen) for one in element.data_in}


def deliver(
    step: Step,
    element: Element,
    scope: int,
    rules: Mapping[str, Evaluate] | None,
    outputs: Mapping[str, Any],
) -> None:
    """`outputs` of `element` become variables, as `carried_out` says."""
    step.assign(scope, carried_out(step, element, scope, rules, outputs))


def carried_out(
    step: Step,
    element: Element,
    scope: int,
    rules: Mapping[str, Evaluate] | None,
    outputs: Mapping[str, Any],
) -> dict[str, Any]:
    """The variables that come of `outputs`: by `rules`, else under their own names; and, of
    those that an association carries out of `element`, where it leads.
    """
    if not element.data_out:
        return step.outputs(scope, rules, outputs)
    carried = {one.source for one in element.data_out}
    own = {name: value for name, value in outputs.items() if name not in carried}
    variables = step.outputs(scope, rules, own if rules is None else outputs)
    seen = {**step.sight(scope), **{name: plain(value) for name, value in outputs.items()}}
    for one in element.data_out:
        if one.source is None or one.source in outputs:
            variables[one.target] = step.evaluated(one.rule, seen)
    return variables
