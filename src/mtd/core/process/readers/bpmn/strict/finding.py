"""Finding: one file looked over for breaches, its elements at hand by their tags."""

from collections import defaultdict
from collections.abc import Iterator

from mtd.core.process.note import Breach
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.words import label
from mtd.core.process.readers.xml import Element, line_of, local


class Finding:
    """Takes down the breaches of one file."""

    def __init__(self, source: Source, root: Element) -> None:
        self.source = source
        self.root = root
        self.breaches: list[Breach] = []
        self._by_tag: dict[str, list[Element]] = defaultdict(list)
        for element in root.iter("{*}*"):
            if not source.is_foreign(element):
                self._by_tag[local(element)].append(element)

    def of(self, *tags: str) -> Iterator[Element]:
        """The elements with these tags, in the order of the file."""
        return (element for tag in tags for element in self._by_tag[tag])

    def tags(self) -> tuple[str, ...]:
        """The tags in the file."""
        return tuple(self._by_tag)

    def say(self, rule: str, element: Element, text: str) -> None:
        """`element` breaks `rule`; of a part without an id, what contains it does."""
        bearer = element
        for above in element.iterancestors():
            if bearer.get("id"):
                break
            bearer = above
        self.breaches.append(
            Breach(
                rule=rule,
                id=bearer.get("id") or local(element),
                name=label(bearer.get("name")),
                line=line_of(element),
                text=text,
            )
        )
