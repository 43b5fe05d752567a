"""Static rules that a file breaks and a drawing cannot: its reader found them out."""

from collections.abc import Callable

from mtd.core.process.rules.chart import Broken, Chart, Rule


def _told(rule: str) -> Callable[[Chart], Broken]:
    def broken(chart: Chart) -> Broken:
        for breach in chart.drawing.breaches:
            if breach.rule == rule:
                yield breach, breach.text

    return broken


def _rule(name: str, clause: str, *, harmless: bool = False) -> Rule:
    return Rule(name, clause, _told(name), harmless=harmless)


RULES = (
    _rule("id-unique", "§8.3.1"),
    _rule("reference-resolves", "§15.3.2"),
    _rule("reference-kind", "§15.3.2"),
    _rule("timer-one-kind", "§10.5.5"),
    _rule("one-loop", "§10.3.8 p. 188"),
    _rule("participant-multiplicity", "§9.3", harmless=True),
    _rule("no-choreography-in-process", "§8.4.8 p. 87"),
    _rule("public-not-executable", "§10.2"),
    _rule("flow-immediate", "§8.4.13", harmless=True),
    _rule("formal-expression-body", "§8.4.6", harmless=True),
    _rule("formal-expression", "§8.4.6", harmless=True),
    _rule("complex-behavior", "§10.3.8"),
    _rule("condition-is-question", "§8.4.13"),
    _rule("event-definition-own", "§10.5.1"),
    _rule("part-in-place", "§15.3"),
    _rule("text-format", "§8.3.1", harmless=True),
    _rule("script-format", "§10.3.3", harmless=True),
    _rule("resource-one-way", "§10.3.1", harmless=True),
    _rule("data-collection", "§10.4.1 p. 204", harmless=True),
    _rule("data-association-ends", "§10.4.1", harmless=True),
    _rule("data-association-sources", "§10.4.1", harmless=True),
    _rule("data-association-items", "§10.4.1", harmless=True),
    _rule("data-association-direction", "§10.4.1", harmless=True),
    _rule("sub-process-no-io", "§10.4.1", harmless=True),
    _rule("operation-sets", "§10.3.3", harmless=True),
    _rule("message-sets", "§10.3.3 p. 157", harmless=True),
    _rule("message-items", "§10.3.3", harmless=True),
    _rule("call-parameters", "§10.3.6", harmless=True),
    _rule("service-bound", "§8.5", harmless=True),
    _rule("loop-item", "§10.3.8", harmless=True),
    _rule("event-data", "§10.5.1", harmless=True),
    _rule("event-items", "§10.5.1", harmless=True),
)
