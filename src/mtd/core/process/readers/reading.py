"""A reading under way: the notes taken, and the ids that lead to elements."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from mtd.core.process.drawing import MessageFlow
from mtd.core.process.note import Note
from mtd.core.process.readers.words import label
from mtd.core.process.readers.xml import Element, Unreadable, line_of, local, text_of

NOTES_MAX = 1_000
"""Notes kept of one file; what comes after is counted in one more."""

ID_MAX = 500
"""Characters of an id: each row of the journal names elements by theirs."""


class Reading:
    """Takes notes and resolves ids while one file is read."""

    def __init__(self, elements: Iterable[Element], key: str, oddities: Iterable[str]) -> None:
        """`key` is the attribute that holds ids: `id` in BPMN, `Id` in XPDL."""
        self._key = key
        self._ids: dict[str, Element] = {}
        self._made: Counter[str] = Counter()
        self._notes = [Note(element=None, name=None, line=None, text=text) for text in oddities]
        self._beyond = 0
        self._carried: dict[tuple[str, bool], list[str]] = defaultdict(list)
        for element in elements:
            own = element.get(key)
            if not own:
                continue
            if len(own) > ID_MAX:
                reason = f"the id of a {local(element)} has {len(own):,} characters"
                raise Unreadable(f"{reason}; {ID_MAX} are the most", line_of(element))
            if own in self._ids:
                self.note(element, f"the id {own!r} is used a second time")
            else:
                self._ids[own] = element

    @property
    def notes(self) -> tuple[Note, ...]:
        """What has been noted so far."""
        if not self._beyond:
            return tuple(self._notes)
        more = Note(element=None, name=None, line=None, text=f"and {self._beyond} notes more")
        return (*self._notes, more)

    def note(self, element: Element, text: str) -> None:
        """Note `text` about `element`."""
        if len(self._notes) >= NOTES_MAX:
            self._beyond += 1
            return
        name = label(element.get("name") or element.get("Name"))
        own = element.get(self._key)
        self._notes.append(Note(element=own, name=name, line=line_of(element), text=text))

    def id_of(self, element: Element) -> str:
        """The element's id; where the tool wrote none, one made of its tag and place."""
        own = element.get(self._key)
        if own:
            return own
        stem = f"{local(element)}_{line_of(element) or 0}"
        made = stem
        while made in self._ids or (made == stem and self._made[stem]):
            self._made[stem] += 1
            made = f"{stem}_{self._made[stem]}"
        self._made[stem] = max(1, self._made[stem])
        return made

    def ref(self, raw: str | None) -> str | None:
        """The id that a reference means: a QName's prefix is taken off, unless ids bear it."""
        word = (raw or "").strip()
        if word in self._ids:
            return word
        return word.rpartition(":")[2] or None

    def find(self, raw: str | None) -> Element | None:
        """The element that a reference leads to; None when there is none."""
        key = self.ref(raw)
        return None if key is None else self._ids.get(key)

    def carry(self, flows: Iterable[MessageFlow]) -> None:
        """Remember what message flows carry, for `carried`."""
        for flow in flows:
            for end, thrown in ((flow.source, True), (flow.target, False)):
                name = flow.message or flow.name
                if name and name not in self._carried[end, thrown]:
                    self._carried[end, thrown].append(name)

    def carried(self, node: Element, *, thrown: bool) -> str | None:
        """The message, or else the name, of the message flow that leaves or reaches a node.

        None when there is none, or when several differ.
        """
        names = self._carried.get((node.get(self._key) or "", thrown), [])
        if len(names) > 1:
            self.note(node, f"its message flows carry different messages: {', '.join(names)}")
            return None
        return names[0] if names else None

    def name_at(self, raw: str | None) -> str | None:
        """The name of what a reference leads to; its id, or the dangling reference, for want."""
        found = self.find(raw)
        named = None if found is None else label(found.get("name"))
        return named or label(self.ref(raw))


def pointer(element: Element, name: str) -> str | None:
    """A reference, written as an attribute or as a child element."""
    for child in element:
        if local(child) == name:
            return element.get(name) or text_of(child)
    return element.get(name)
