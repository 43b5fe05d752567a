"""Calling a function value, whether the standard's, the text's or the model's."""

from typing import Any

from mtd.core.decision.feel.coercion import coerced
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.signature import call
from mtd.core.decision.feel.values import Builtin, Function


def invoke(function: Any, run: Run, arguments: list[Any], names: tuple[str, ...] | None) -> Any:
    """The result of `function`; null if it is none or the arguments do not fit.

    `names` are the parameters that the arguments are for; None: they are in order.
    """
    if isinstance(function, Builtin):
        return call(function, run, arguments, names)
    if not isinstance(function, Function) or len(arguments) != len(function.parameters):
        return None
    if names is not None:
        named = dict(zip(names, arguments, strict=True))
        if named.keys() != set(function.parameters):
            return None
        arguments = [named[parameter] for parameter in function.parameters]
    fitted: list[Any] = []
    for argument, wanted in zip(arguments, function.types, strict=True):
        value = coerced(argument, wanted)
        if value is None and argument is not None:
            return None
        fitted.append(value)
    value = function.call(run, tuple(fitted))
    return value if function.result is None else coerced(value, function.result)
