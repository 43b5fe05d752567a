"""Cases of the betsy format, read tolerantly: which model, started how, leaves which trace.

A file is YAML or JSON. It is a list of cases, or a mapping with one; a case may stand under what
it shares with others (a model with its cases, a group with its models), and inherits it. Keys
are compared without regard to case, blanks, `_` and `-`:

    model, file, path, bpmn, name   the model: a path below --models, or a file's name without end
    process, key                    the process to start; absent: the model's name, else the first
    case, number, id, test          what the case is called
    input, inputs, variables, data  a string is the variable `test`; a mapping, or a list of
                                    {name, value}, are the variables
    integer, integerVariable        the variable `integerVariable`
    delay, wait (ms)                time that passes before the trace is read; as delay_ms, delay_s.
                                    Absent: none, or until nothing more happens (`--patient`)
    parallel, parallelProcess       true, or the name: `ParallelProcess` is started beforehand
    expect, assertions, traces,     the tokens, in any order: a list, a string with commas,
    tokens, trace, log, result      or a mapping of token to count
    deployable, valid, refused      false, false or true: the model must not deploy
    steps, testSteps                a list of mappings with keys of a case, each adding to it
    cases, tests, models, processes what stands under this: a list, or a mapping by name
    description, feature, …         words, passed over: WORDS

What a key that is not known here says is not read; the result of its case names it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import yaml

INPUT = "test"
INTEGER = "integerVariable"
PARALLEL = "ParallelProcess"
DEPTH_MAX = 8
"""Levels at which cases stand under what they share."""


class BadCases(Exception):
    """A file that is no list of cases: where, and what is wrong."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case: a model is deployed and started, time passes, and its trace is read."""

    model: str
    name: str = ""
    process: str | None = None
    before: tuple[str, ...] = ()
    """Processes started before it."""
    variables: dict[str, Any] = {}
    delay_ms: int | None = None
    expected: tuple[str, ...] = ()
    refused: bool = False
    """The model must not deploy."""
    unread: tuple[str, ...] = ()
    """Keys that are not known."""


NESTED = frozenset(
    {"cases", "tests", "testcases", "models", "processes", "groups", "suite", "suites"}
)
STEPS = frozenset({"steps", "teststeps"})
WORDS = frozenset(
    (
        "group description feature features featureset construct source sources comment note "
        "notes title tags clause licence license url line language version count type suite "
        "origin format kind"
    ).split()
)
_MODEL = frozenset({"model", "file", "path", "bpmn", "modelfile", "bpmnfile"})
_PROCESS = frozenset({"process", "key", "processid", "processname", "start"})
_NAME = frozenset({"case", "number", "id", "test", "casenumber", "testcase", "testcasenumber"})
_INPUT = frozenset({"input", "inputs", "variables", "vars", "data", "with"})
_INTEGER = frozenset({"integer", "integervariable", "counter"})
_MILLISECONDS = frozenset({"delay", "wait", "delayms", "waitms", "milliseconds", "optiondelay"})
_SECONDS = frozenset({"delays", "waits", "delayseconds", "waitseconds", "seconds"})
_PARALLEL = frozenset(
    {"parallel", "parallelprocess", "useparallelprocess", "startparallel", "before", "isparallel"}
)
_EXPECTED = frozenset(
    (
        "expect expected expectation expectations assert asserts assertion assertions "
        "testassertions trace traces expectedtrace expectedtraces token tokens log result "
        "results output"
    ).split()
)
_DEPLOYS = frozenset({"deployable", "deploys", "deploy", "valid"})
_REFUSED = frozenset({"refused", "invalid", "mustberefused", "rejected"})


def read_cases(path: Path) -> list[Case]:
    """The cases in the file at `path`. Raises BadCases, naming the place at fault."""
    text = path.read_text(encoding="utf-8")
    try:
        content = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise BadCases(f"{path.name}: {error}") from error
    found = list(_cases(content, {}, path.name, DEPTH_MAX))
    if not found:
        raise BadCases(f"{path.name}: there are no cases in it")
    return found


def folded(key: object) -> str:
    """A key without what may be written otherwise."""
    return "".join(c for c in str(key).lower() if c.isalnum())


def _mapping(value: Any) -> dict[str, Any] | None:
    """`value` when it is a mapping, with its keys as text."""
    if not isinstance(value, dict):
        return None
    return {str(key): one for key, one in cast("dict[Any, Any]", value).items()}


def _list(value: Any) -> list[Any] | None:
    """`value` when it is a list."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def _cases(content: Any, shared: dict[str, Any], where: str, depth: int) -> Iterator[Case]:
    if depth == 0:
        raise BadCases(f"{where}: cases stand at most {DEPTH_MAX} levels deep")
    items, given = _list(content), _mapping(content)
    if items is not None:
        for number, item in enumerate(items, start=1):
            yield from _cases(item, {"case": number} | shared, f"{where}[{number}]", depth - 1)
        return
    if given is None:
        raise BadCases(f"{where}: expected a case or a list of cases, not {content!r}")
    own = {key: value for key, value in given.items() if folded(key) not in NESTED}
    nested = {key: value for key, value in given.items() if folded(key) in NESTED}
    if not nested and not any(_known(key) for key in own):
        nested, own = {"": own}, {}
    if not nested:
        yield _case(shared | own, where)
    for value in nested.values():
        yield from _below(value, shared | own, where, depth)


def _below(value: Any, shared: dict[str, Any], where: str, depth: int) -> Iterator[Case]:
    """What stands under a key: a list, one case, or a mapping by the name of each."""
    by_name = _mapping(value)
    if by_name is None or any(_known(key) for key in by_name):
        yield from _cases(value, shared, where, depth - 1)
        return
    has_model = any(folded(key) in _MODEL for key in shared)
    for name, one in by_name.items():
        key = "case" if has_model else "model"
        yield from _cases(one, shared | {key: name}, f"{where}.{name}", depth - 1)


def _known(key: object) -> bool:
    return folded(key) in KEYS or folded(key) in NESTED


def _case(given: dict[str, Any], where: str) -> Case:
    keys = {folded(key): value for key, value in given.items()}
    for step in _list(_first(keys, STEPS)) or []:
        keys |= {folded(key): value for key, value in (_mapping(step) or {}).items()}
    model = _first(keys, _MODEL) or keys.get("name") or _first(keys, _PROCESS)
    if not isinstance(model, str):
        raise BadCases(f"{where}: it names no model (a key such as `model` or `file`)")
    expected = _first(keys, _EXPECTED)
    refused = bool(_first(keys, _REFUSED)) or _first(keys, _DEPLOYS) is False
    if expected is None and not refused:
        raise BadCases(f"{where}: it expects nothing (a key such as `expect` or `assertions`)")
    process = _first(keys, _PROCESS)
    return Case(
        model=model,
        name=str(_first(keys, _NAME) or ""),
        process=process if isinstance(process, str) else None,
        before=_before(_first(keys, _PARALLEL)),
        variables=_variables(keys, where),
        delay_ms=_delay_ms(keys),
        expected=_tokens(expected, where),
        refused=refused,
        unread=tuple(sorted(str(key) for key in given if folded(key) not in KEYS | {"name"})),
    )


def _first(keys: dict[str, Any], names: frozenset[str]) -> Any:
    return next((keys[name] for name in keys if name in names), None)


def _before(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    names = _list(value)
    if names is not None:
        return tuple(str(name) for name in names)
    return (PARALLEL,) if value else ()


def _variables(keys: dict[str, Any], where: str) -> dict[str, Any]:
    variables: dict[str, Any] = {INTEGER: 0}
    given = _first(keys, _INPUT)
    if isinstance(given, str | int):
        variables[INPUT] = str(given)
    elif given is not None:
        variables |= _mapping(given) or _named(_list(given) or [], where)
    if (integer := _first(keys, _INTEGER)) is not None:
        variables[INTEGER] = int(integer)
    return variables


def _named(items: list[Any], where: str) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for item in items:
        one = _mapping(item)
        if one is None or "name" not in one:
            raise BadCases(f"{where}: a variable has a name and a value, not {item!r}")
        named[str(one["name"])] = _typed(one.get("value"), str(one.get("type", "")))
    return named


def _typed(value: Any, kind: str) -> Any:
    return int(value) if kind.lower() in ("integer", "int", "long") else value


def _delay_ms(keys: dict[str, Any]) -> int | None:
    if (seconds := _first(keys, _SECONDS)) is not None:
        return round(float(seconds) * 1000)
    milliseconds = _first(keys, _MILLISECONDS)
    return None if milliseconds is None else round(float(milliseconds))


def _tokens(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    items, given = _list(value), _mapping(value)
    if items is not None:
        return tuple(token for one in items for token in _tokens(one, where))
    if given is not None and all(isinstance(count, int) for count in given.values()):
        return tuple(token for token, count in given.items() for _ in range(count))
    inner = None if given is None else given.get("trace", given.get("token"))
    if inner is None:
        raise BadCases(f"{where}: it expects {value!r}, which are no tokens")
    return _tokens(inner, where)


KEYS = (
    _MODEL
    | _PROCESS
    | _NAME
    | _INPUT
    | _INTEGER
    | _MILLISECONDS
    | _SECONDS
    | _PARALLEL
    | _EXPECTED
    | _DEPLOYS
    | _REFUSED
    | STEPS
    | WORDS
)
"""Every key of a case that is known."""
