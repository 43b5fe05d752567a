"""The rules of the standard that only the file can break: a drawing would not show it.

Each is found here and named; docs/bpmn-rules.md has them all, and `rules` decides what is made
of them. What Bizagi is known to write is not held against its users: its reader does not ask.
"""

from mtd.core.process.note import Breach
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.bpmn.strict import items, parts, references
from mtd.core.process.readers.bpmn.strict.finding import Finding
from mtd.core.process.readers.xml import Element

BREACHES_MAX = 1_000
"""Breaches told of one file."""


def breaches(source: Source, root: Element) -> tuple[Breach, ...]:
    """What the file says against the standard, in the order of the file's rules."""
    found = Finding(source, root)
    for look in (*references.LOOKS, *parts.LOOKS, *items.LOOKS):
        look(found)
    return tuple(found.breaches[:BREACHES_MAX])
