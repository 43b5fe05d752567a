"""Static rules of event definitions: timers, conditions, codes (BPMN 2.0.2 §10.5.5)."""

import re

from mtd.core.process.rules.chart import Broken, Chart, Rule

THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
_LOOKS = {
    "date": re.compile(r"\d{4}-\d\d"),
    "duration": re.compile(r"-?P(?=[\dT])"),
    "cycle": re.compile(r"R(-1|\d*)/"),
}
"""How a literal of each kind begins (ISO 8601)."""


def _timer(chart: Chart) -> Broken:
    """A literal of another kind than its element says; the compiler reads the literal itself."""
    for node in chart.process.nodes:
        for event in node.events:
            text, kind = event.expression or "", event.timer_kind
            looks = next((k for k, looks in _LOOKS.items() if looks.match(text)), kind)
            if kind is not None and looks != kind:
                what = f"its time{kind.capitalize()} says {text!r}, a {looks}"
                yield node, f"{what}: write it as time{(looks or '').capitalize()}"


def _escalation(chart: Chart) -> Broken:
    """One without an escalation at all, as Bizagi draws them, is told where it is to execute."""
    for node in chart.of(*THROWING):
        for event in node.events:
            told = event.ref is not None or chart.process.executable is True
            if event.kind == "escalation" and told and not event.code:
                yield (
                    node,
                    "it throws an escalation without a code: write its escalationCode",
                )


def _message(chart: Chart) -> Broken:
    for node in chart.process.nodes:
        for event in node.events:
            known = event.ref or event.name or event.attributes or node.implementation
            if event.kind == "message" and not known:
                what = "it names no message, and no message flow does"
                yield node, f"{what}: write its messageRef"


RULES = (
    Rule("timer-value", "§10.5.5", _timer, harmless=True),
    Rule("escalation-code", "§8.4.4 p. 81", _escalation, harmless=True),
    Rule("message-named", "§10.5.5", _message, harmless=True),
)
