"""The house style as functions from a source text to what is wrong with it."""

import ast
import re
from collections.abc import Callable, Iterator

LINES_MAX = 300
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100

VAGUE = {"base", "common", "data", "helper", "impl", "info", "manager", "misc", "util"}
"""Words that name a kind of thing and not the thing."""

CLOCKS = ("src/mtd/runtime/clock.py", "src/mtd/simulators/clock.py")
"""Where the time of day is read; the simulators share nothing with us."""

STANDARD = {"InputData"}
"""Classes that a standard has named: DMN's own."""

UNFINISHED = ("TODO", "FIXME", "XXX", "HACK")

_SQL = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|(CREATE|ALTER|DROP) TABLE)\b")
_SENTENCE = re.compile(r"[^\n]+[.!?]")
_TIMES_OF_DAY = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}

# Spelled apart, so that this file does not break its own rule.
_ELSEWHERE = re.compile(
    "|".join(
        (
            "/" + "work/(main|shared)",
            "/" + r"root/\w",
            "/" + r"tmp/\w+/",
            r"\b(py" + "pi|python" + r"hosted)\.org\b",
            r"\bregistry\." + r"npmjs\b",
            r"\bdeb\." + r"debian\b",
        )
    )
)

Rule = Callable[[str, str], Iterator[str]]


def size(path: str, text: str) -> Iterator[str]:
    """A module fits in a head, a function on a screen, a line in a window."""
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        yield f"{path}: {len(lines)} lines; a module has at most {LINES_MAX}"
    for number, line in enumerate(lines, start=1):
        if len(line) > COLUMNS_MAX:
            yield f"{path}:{number}: {len(line)} columns; a line has at most {COLUMNS_MAX}"
    for function in _functions(text):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_LINES_MAX:
            yield f"{path}:{function.lineno}: {function.name} has {length} lines"


def opening(path: str, text: str) -> Iterator[str]:
    """A module opens with one sentence that says what it is, on one line."""
    if not text and path.endswith("__init__.py"):
        return
    docstring = ast.get_docstring(ast.parse(text))
    if docstring is None or not _SENTENCE.fullmatch(docstring.split("\n\n")[0]):
        yield f"{path}: does not open with one sentence on one line"


def names(path: str, text: str) -> Iterator[str]:
    """Things are called what they are, not what kind of thing they are."""
    for part in path.removesuffix(".py").split("/"):
        if VAGUE & {word.removesuffix("s") for word in part.split("_")}:
            yield f"{path}: {part!r} says the kind of thing"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            if node.name in STANDARD:
                continue
            words = [word.lower() for word in re.findall(r"[A-Z][a-z]*", node.name)] or [""]
            if words[-1].removesuffix("s") in VAGUE or words[0] == "base":
                yield f"{path}:{node.lineno}: class {node.name} says the kind of thing"


def imports(path: str, text: str) -> Iterator[str]:
    """Imports stand on top: a circle of modules is a fault, not a matter of syntax."""
    tree = ast.parse(text)
    for function in _functions(text):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{path}:{node.lineno}: import inside {function.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.alias | ast.Attribute):
            name = {"Name": "id", "alias": "name", "Attribute": "attr"}[type(node).__name__]
            if getattr(node, name) == "TYPE_CHECKING":
                yield f"{path}:{node.lineno}: TYPE_CHECKING"


def clock(path: str, text: str) -> Iterator[str]:
    """Time comes in as an argument, from the one clock."""
    if path in CLOCKS or not path.startswith("src/"):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if (name, node.attr) in _TIMES_OF_DAY:
                yield f"{path}:{node.lineno}: {name}.{node.attr} outside the clock"


def sql(path: str, text: str) -> Iterator[str]:
    """SQL lies in `.sql` files, named; the tests may say what they like."""
    if not path.startswith("src/"):
        return
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _SQL.match(node.value)
        ):
            yield f"{path}:{node.lineno}: SQL in a string"


def finished(path: str, text: str) -> Iterator[str]:
    """What is in the tree is done; what is not done is an issue."""
    for number, line in enumerate(text.splitlines(), start=1):
        for word in UNFINISHED:
            if re.search(rf"\b{word}\b", line):
                yield f"{path}:{number}: {word}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node):
            yield f"{path}:{node.lineno}: NotImplementedError"


def places(path: str, text: str) -> Iterator[str]:
    """No file knows the machine it was written on, nor a registry's host."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _ELSEWHERE.search(line):
            yield f"{path}:{number}: {found[0]!r} is of one machine or one registry"


PYTHON: tuple[Rule, ...] = (size, opening, names, imports, clock, sql, finished)
"""What holds for each module."""

TEXT: tuple[Rule, ...] = (places,)
"""What holds for each file that is text."""


def _functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
