"""The static rules of BPMN 2.0.2 that hold for an executable process, one table of them all.

Each rule is a row of docs/bpmn-rules.md, with its clause, and has a drawing in the tests that
breaks it. What they say is for whoever drew it: the element, and what to do.
"""

from collections.abc import Iterator

from mtd.core.process.drawing import Drawing, Process
from mtd.core.process.rules import (
    activities,
    collaboration,
    compensation,
    definitions,
    event_based,
    file,
    flows,
    gateways,
    intermediates,
    links,
    starts_and_ends,
    sub_processes,
)
from mtd.core.process.rules.chart import Chart, Rule, Subject

__all__ = ["RULES", "Rule", "broken"]

RULES: tuple[Rule, ...] = (
    *file.RULES,
    *flows.RULES,
    *starts_and_ends.RULES,
    *intermediates.RULES,
    *links.RULES,
    *gateways.RULES,
    *event_based.RULES,
    *sub_processes.RULES,
    *activities.RULES,
    *compensation.RULES,
    *definitions.RULES,
    *collaboration.RULES,
)


def broken(drawing: Drawing, process: Process) -> Iterator[tuple[Rule, Subject, str]]:
    """Every breach of a static rule in one process of `drawing`, and in what surrounds it."""
    chart = Chart(drawing, process)
    for rule in RULES:
        for subject, words in rule.broken(chart):
            yield rule, subject, words
