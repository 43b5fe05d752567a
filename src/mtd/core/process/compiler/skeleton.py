"""The skeleton: the bindings that a drawing lacks, as TOML to be filled in."""

from collections.abc import Iterable

from mtd.core.process.compiler.answers import Label

_LINES: dict[str, tuple[str, ...]] = {
    "service": ('connector = ""  # such as "payment.capture"', '# input = { amount = "amount" }'),
    "user": ('role = ""', '# due = "PT4H"'),
    "decision": ("answer = ''  # FEEL that gives one of: {ways}",),
    "rule": ('table = ""  # such as "order_rules.dmn"',),
    "script": ('set = {}  # such as { total = "net + tax" }',),
    "timer": ('duration = ""  # ISO 8601, such as "PT2H", or a named duration',),
    "message": ('name = ""', '# key = "order_key"'),
    "signal": ('name = ""',),
    "error": ('code = ""  # leave the line out to catch any code',),
    "escalation": ('code = ""',),
    "condition": ("condition = ''  # FEEL",),
    "activation": ("condition = ''  # FEEL, such as activationCount >= 2",),
    "lane": ('role = ""',),
    "call": ('process = ""  # name or id of the process',),
    "loop": ("# of a loop: condition = ''  # FEEL: go on while true", "collection = ''  # FEEL"),
}


def skeleton(labels: Iterable[Label]) -> str:
    """A table for each label that nothing answers to, each label once."""
    missing: dict[tuple[str, str], Label] = {}
    for label in labels:
        if label.answer is None:
            missing.setdefault((label.table, label.name or label.element), label)
    return "\n".join(_table(label) for label in missing.values())


def _table(label: Label) -> str:
    name = (label.name or label.element).replace("\\", "\\\\").replace('"', '\\"')
    ways = ", ".join(label.ways) or "the labels of its flows"
    lines = [f'[{label.table}."{name}"]  # {label.kind}, line {label.line}']
    lines += [line.replace("{ways}", ways) for line in _LINES[label.table]]
    return "\n".join(lines) + "\n"
