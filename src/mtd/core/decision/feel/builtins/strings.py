"""Built-in functions on strings (DMN 1.5 §10.3.4.3)."""

from typing import Any

from mtd.core.decision.feel import regex
from mtd.core.decision.feel.evaluation import Run, bounded, check_length
from mtd.core.decision.feel.signature import form
from mtd.core.decision.feel.values import Number


def _substring(run: Run, text: str, start: Number, length: Number | None = None) -> Any:
    first = int(start)
    if not first or abs(first) > len(text):
        return None
    begin = first - 1 if first > 0 else len(text) + first
    if length is None:
        return text[begin:]
    return text[begin : begin + int(length)] if length >= 1 else None


def _string_length(run: Run, text: str) -> Any:
    return len(text)


def _upper_case(run: Run, text: str) -> Any:
    return bounded(text.upper())


def _lower_case(run: Run, text: str) -> Any:
    return bounded(text.lower())


def _substring_before(run: Run, text: str, match: str) -> Any:
    return text.partition(match)[0] if match and match in text else ""


def _substring_after(run: Run, text: str, match: str) -> Any:
    return text.partition(match)[2] if match else text


def _contains(run: Run, text: str, match: str) -> Any:
    return match in text


def _starts_with(run: Run, text: str, match: str) -> Any:
    return text.startswith(match)


def _ends_with(run: Run, text: str, match: str) -> Any:
    return text.endswith(match)


def _matches(run: Run, text: str, pattern: str, flags: str | None = None) -> Any:
    program = regex.compiled(pattern, flags or "")
    return None if program is None else regex.search(program, text, 0, run) is not None


def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> Any:
    program = regex.compiled(pattern, flags or "")
    return None if program is None else regex.replaced(program, text, replacement, run)


def _split(run: Run, text: str, delimiter: str) -> Any:
    program = regex.compiled(delimiter, "")
    return None if program is None else regex.split(program, text, run)


def _string_join(run: Run, items: list[Any], delimiter: str | None = None) -> Any:
    run.spend(len(items))
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        return None
    between = delimiter or ""
    check_length(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


FUNCTIONS = (
    form("substring", "string: string, start position: number, length?: number", _substring),
    form("string length", "string: string", _string_length),
    form("upper case", "string: string", _upper_case),
    form("lower case", "string: string", _lower_case),
    form("substring before", "string: string, match: string", _substring_before),
    form("substring after", "string: string, match: string", _substring_after),
    form("contains", "string: string, match: string", _contains),
    form("starts with", "string: string, match: string", _starts_with),
    form("ends with", "string: string, match: string", _ends_with),
    form("matches", "input: string, pattern: string, flags?: string", _matches),
    form(
        "replace",
        "input: string, pattern: string, replacement: string, flags?: string",
        _replace,
    ),
    form("split", "string: string, delimiter: string", _split),
    form("string join", "list: list, delimiter?: string", _string_join),
)
