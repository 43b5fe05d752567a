"""Signatures: what a built-in function takes, and arguments made to fit it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from mtd.core.decision.feel import numbers
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.values import (
    Builtin,
    Form,
    Function,
    Range,
    YearsMonthsDuration,
    admitted,
    is_list,
)


def form(name: str, signature: str, call: Callable[..., Any]) -> tuple[str, Form]:
    """A form of the function `name`.

    `signature` lists `parameter: kind`; a `?` after the parameter makes it optional, a `*` before
    it makes the last one take all arguments that are left.
    """
    parameters: list[str] = []
    kinds: list[str] = []
    required = 0
    for part in filter(None, signature.split(", ")):
        parameter, kind = part.split(": ")
        required += not parameter.endswith("?")
        parameters.append(parameter.strip("*?"))
        kinds.append(kind)
    return name, Form(tuple(parameters), tuple(kinds), required, "*" in signature, call)


def table(*modules: tuple[tuple[str, Form], ...]) -> dict[str, Builtin]:
    """Functions by name, each with its forms in order."""
    forms: dict[str, list[Form]] = {}
    for module in modules:
        for name, one in module:
            forms.setdefault(name, []).append(one)
    return {name: Builtin(name, tuple(found)) for name, found in forms.items()}


def call(function: Builtin, run: Run, arguments: list[Any], names: tuple[str, ...] | None) -> Any:
    """The result of the first form that the arguments fit; null if none (DMN 1.5 §10.3.2.13.4).

    A result beyond the range of numbers, dates or durations is null, too.
    """
    run.spend(1)
    for one in function.forms:
        fitted = _fitted(one, arguments, names)
        if fitted is not None:
            try:
                return run.made(one.call(run, *fitted))
            except (ArithmeticError, ValueError):
                return None
    return None


def _fitted(one: Form, arguments: list[Any], names: tuple[str, ...] | None) -> list[Any] | None:
    """The arguments in order, each of the kind asked for; None when they do not fit."""
    if names is not None:
        ordered = _ordered(one, dict(zip(names, arguments, strict=True)))
        if ordered is None:
            return None
        arguments = ordered
    last = len(one.parameters) - 1
    if one.variadic:
        if len(arguments) <= last:
            return None
        arguments = [*arguments[:last], arguments[last:]]
    if not one.required <= len(arguments) <= last + 1:
        return None
    fitted: list[Any] = []
    for place, argument in enumerate(arguments):
        value = admitted(argument)
        if value is not None or place < one.required:
            value = _KINDS[one.kinds[place]](value)
            if value is _UNFIT:
                return None
        fitted.append(value)
    return fitted


def _ordered(one: Form, named: Mapping[str, Any]) -> list[Any] | None:
    if not named.keys() <= set(one.parameters):
        return None
    if not named.keys() >= set(one.parameters[: one.required]):
        return None
    ordered = [named.get(parameter) for parameter in one.parameters]
    return [*ordered[:-1], *(ordered[-1] or ())] if one.variadic else ordered


_UNFIT: Any = object()


def _list(value: Any) -> Any:
    """A list; anything else but null is a list of one (DMN 1.5 §10.3.2.9.4)."""
    if is_list(value):
        return value
    return _UNFIT if value is None else [value]


def _number(value: Any) -> Any:
    found = numbers.number(_single(value))
    return _UNFIT if found is None else found


def _single(value: Any) -> Any:
    """The only item of a list of one; anything else as it is (DMN 1.5 §10.3.2.9.4)."""
    if is_list(value) and len(value) == 1:
        return admitted(value[0])
    return value


def _instance(*types: type) -> Callable[[Any], Any]:
    def fitted(value: Any) -> Any:
        single = _single(value)
        return single if isinstance(single, types) else _UNFIT

    return fitted


def _boolean(value: Any) -> Any:
    single = _single(value)
    return single if single is True or single is False else _UNFIT


_KINDS: dict[str, Callable[[Any], Any]] = {
    "any": lambda value: value,
    "list": _list,
    "number": _number,
    "boolean": _boolean,
    "string": _instance(str),
    "context": _instance(dict),
    "date": _instance(date),
    "date and time": _instance(datetime),
    "time": _instance(time),
    "days": _instance(timedelta),
    "duration": _instance(timedelta, YearsMonthsDuration),
    "range": _instance(Range),
    "function": _instance(Function, Builtin),
}
