"""Runs test cases of the DMN TCK, from a folder of its format, and lists what fails and why.

    python -m tests.conformance.dmn_tck --tck DIR [--json FILE]

`DIR` holds, at any depth, folders with `*.dmn` models and `*.xml` test cases. The exit code is 1
when less than 90 % of the results of compliance level 2 are as expected.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from mtd.core.decision import DecisionError, Decisions, DmnError, Model, compile_model, read_dmn
from mtd.core.decision.feel import temporal
from mtd.core.decision.feel.values import is_context, is_list

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
TOLERANCE = Decimal("0.00000001")
"""The TCK writes irrational results to eight places."""
SHARE_MIN = Decimal("0.9")
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


class Result(msgspec.Struct, frozen=True):
    """What became of one expected result."""

    level: str
    folder: str
    case: str
    node: str
    reason: str
    """Empty when it is as expected."""


def results(tck: Path) -> Iterator[Result]:
    """The result of each node of each test case under `tck`."""
    for file in sorted(tck.rglob("*.xml")):
        root = etree.parse(file).getroot()
        if etree.QName(root).localname == "testCases":
            yield from _file_results(file, root)


def _file_results(file: Path, root: Any) -> Iterator[Result]:
    model = (root.findtext("{*}modelName") or "").strip()
    level = next((part for part in file.parts if "compliance-level" in part), "other")
    try:
        decisions: Decisions | DmnError = _compiled(file.parent, model)
    except (DmnError, OSError) as error:
        decisions = DmnError(str(error))
    for case in root.iterfind("{*}testCase"):
        for node in case.iterfind("{*}resultNode"):
            reason = (
                f"the model is not read: {decisions}"
                if isinstance(decisions, DmnError)
                else _difference(decisions, case, node)
            )
            yield Result(level, file.parent.name, case.get("id", ""), node.get("name"), reason)


def _compiled(folder: Path, name: str) -> Decisions:
    """The model with what it imports from its folder, used ones first."""
    model = read_dmn((folder / name).read_bytes())
    others = [read_dmn(p.read_bytes()) for p in sorted(folder.glob("*.dmn")) if p.name != name]
    by_namespace = {other.namespace: other for other in others}
    ordered: list[Model] = []
    _collect(model, by_namespace, ordered)
    return compile_model(model, ordered[:-1])


def _collect(model: Model, known: dict[str, Model], ordered: list[Model]) -> None:
    for one in model.imports:
        imported = known.get(one.namespace)
        if imported is not None and imported not in ordered:
            _collect(imported, known, ordered)
    ordered.append(model)


def _difference(decisions: Decisions, case: Any, node: Any) -> str:
    context: dict[str, Any] = {}
    for given in case.iterfind("{*}inputNode"):
        context[given.get("name")] = _value(given)
    service = case.get("type") == "decisionService"
    name = case.get("invocableName") if service else node.get("name")
    failed = ""
    try:
        got = decisions.evaluate(name, context, NOW)
    except DecisionError as error:
        got, failed = None, str(error)
    except KeyError:
        return f"there is no decision {name!r}"
    if service and is_context(got) and node.get("name") in got:
        got = got[node.get("name")]
    if node.get("errorResult") == "true":
        return "" if got is None else f"expected an error, got {got!r}"
    expected = _value(node.find("{*}expected"))
    if failed:
        return f"expected {expected!r}, failed: {failed}"
    return "" if _equal(expected, got) else f"expected {expected!r}, got {got!r}"


def _value(element: Any) -> Any:
    """The value that a test case writes."""
    if element is None or element.get(_NIL) == "true":
        return None
    components = element.findall("{*}component")
    if components:
        return {component.get("name"): _value(component) for component in components}
    items = element.find("{*}list")
    if items is not None:
        return None if items.get(_NIL) == "true" else [_value(i) for i in items.iterfind("{*}item")]
    value = element.find("{*}value")
    if value is None or value.get(_NIL) == "true":
        return None
    return _simple(value.text or "", (value.get(_TYPE) or "string").rpartition(":")[2])


def _simple(text: str, kind: str) -> Any:
    match kind:
        case "decimal" | "double" | "integer" | "int" | "long" | "float":
            return Decimal(text)
        case "boolean":
            return text.strip() in ("true", "1")
        case "date":
            return temporal.parse_date(text) or f"no date of ours: {text}"
        case "time":
            return temporal.parse_time(text) or f"no time of ours: {text}"
        case "dateTime":
            return temporal.parse_date_and_time(text) or f"no date and time of ours: {text}"
        case "duration" | "dayTimeDuration" | "yearMonthDuration":
            return temporal.parse_duration(text)
        case _:
            return text


def _equal(expected: Any, got: Any) -> bool:
    if is_context(expected) and is_context(got):
        return expected.keys() == got.keys() and all(_equal(expected[k], got[k]) for k in expected)
    if is_list(expected) and is_list(got):
        return len(expected) == len(got) and all(map(_equal, expected, got))
    if isinstance(expected, Decimal) and isinstance(got, int | Decimal):
        return not isinstance(got, bool) and abs(expected - got) <= TOLERANCE
    if isinstance(expected, date | time):
        return type(expected) is type(got) and _offset(expected) == _offset(got) and expected == got
    return isinstance(got, bool) is isinstance(expected, bool) and bool(expected == got)


def _offset(value: Any) -> Any:
    return value.utcoffset() if isinstance(value, datetime | time) else None


def summary(found: list[Result]) -> dict[str, dict[str, int]]:
    """Per level: results, and those as expected."""
    total = Counter(result.level for result in found)
    passed = Counter(result.level for result in found if not result.reason)
    return {level: {"results": n, "passed": passed[level]} for level, n in sorted(total.items())}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--tck", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    found = list(results(options.tck))
    failures = [result for result in found if result.reason]
    for failure in failures:
        _say(f"{failure.folder} {failure.case} {failure.node}: {failure.reason}")
    counts = summary(found)
    for level, count in counts.items():
        share = 100 * count["passed"] / count["results"]
        _say(f"{level}: {count['passed']} of {count['results']} as expected ({share:.1f} %)")
    if options.json:
        report = {"levels": counts, "failures": msgspec.to_builtins(failures)}
        options.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    second = counts.get("compliance-level-2", {"results": 0, "passed": 0})
    return int(second["passed"] < SHARE_MIN * second["results"] or not found)


if __name__ == "__main__":
    sys.exit(main())
