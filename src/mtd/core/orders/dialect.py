"""From the elements of a store's own order XML to the canonical ones, as its mapping says."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from lxml import etree
from msgspec import Struct

from mtd.core.orders.flaw import FLAWS_MAX, Flaw
from mtd.core.orders.mapping import Mapping, Path, Place, Slot
from mtd.core.orders.markup import Element
from mtd.core.orders.shape import NAMESPACE, ORDER, Kind, Repeated

QUOTED_MAX = 50
TAG = f"{{{NAMESPACE}}}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class Translated(Struct, frozen=True):
    """The canonical tree of a file, and where in the file each of its elements stood."""

    file: Element
    """Root of the file as it came."""
    root: Element
    """Of the canonical tree: the same, of a file that was canonical already."""
    sources: dict[Element, Element] = {}

    def source_of(self, element: Element) -> Element:
        """The element of the file that `element` of the tree came from; the root where none is."""
        return element if self.root is self.file else self.sources.get(element, self.file)


def mapping_for(root: Element, mappings: Iterable[Mapping], store: str | None) -> Mapping | None:
    """The mapping that reads this root: of this store, or of any when `store` is None.

    Where the dialect writes its version on the root, that version; otherwise the newest.
    """
    fitting = [
        mapping
        for mapping in mappings
        if store in (None, mapping.file.store)
        and mapping.root_tag == root.tag
        and _version_fits(root, mapping)
    ]
    return max(fitting, key=lambda mapping: mapping.file.version, default=None)


def _version_fits(root: Element, mapping: Mapping) -> bool:
    attribute = mapping.file.version_attribute
    return attribute is None or root.get(attribute) == str(mapping.file.version)


def translate(root: Element, mapping: Mapping) -> Translated | Sequence[Flaw]:
    """The order in canonical elements, or what the mapping has no place for or cannot convert."""
    order = etree.Element(TAG + "order")
    translation = _Translation(mapping, order)
    scope: _Scope = {(): order}
    translation.take(root, mapping.tree, scope)
    for slot, text in mapping.constants:
        translation.put(scope, slot, text, root)
    return translation.flaws or Translated(root, order, translation.sources)


def source_path(element: Element) -> str:
    """The element's names from below the root of its file, such as `Detalle/Item/Precio`."""
    names = [etree.QName(element).localname]
    names += [etree.QName(above).localname for above in element.iterancestors()]
    return "/".join(reversed(names[:-1])) or names[0]


_Scope = dict[Path, Element]
"""The canonical elements made so far in the order, or in one item of a list, by path."""


class _Translation:
    """One file on its way into canonical elements."""

    def __init__(self, mapping: Mapping, order: Element) -> None:
        self.mapping = mapping
        self.order = order
        self.lists: dict[str, Element] = {}
        self.sources: dict[Element, Element] = {}
        self.flaws: list[Flaw] = []

    def take(self, source: Element, place: Place, scope: _Scope) -> None:
        """Put all that stands at and below `source` where it belongs."""
        if place.list_name:
            scope = {(): self.item(place.list_name, source)}
        for name, text in source.items():
            if name in place.attributes:
                self.put(scope, place.attributes[name], text, source)
            elif not name.startswith(XSI):
                self.flaw(source, f"has an attribute {name} that the mapping does not know")
        if place.slot:
            self.put(scope, place.slot, source.text or "", source)
        elif source.text and not source.text.isspace():
            self.flaw(source, "has text where only elements are expected")
        for child in source:
            below = place.children.get(str(child.tag))
            if below is None:
                self.flaw(child, "is an element that the mapping does not know")
            elif not below.ignored:
                self.take(child, below, scope)
            if child.tail and not child.tail.isspace():
                self.flaw(child, "is followed by text where only elements are expected")

    def item(self, list_name: str, source: Element) -> Element:
        """A new item of one of the order's lists."""
        shape = ORDER.fields[list_name]
        assert isinstance(shape, Repeated)
        parent = self.lists.get(list_name)
        if parent is None:
            parent = self.lists[list_name] = self.made(self.order, list_name, source)
        return self.made(parent, shape.item_name, source)

    def put(self, scope: _Scope, slot: Slot | None, text: str, source: Element) -> None:
        """Write one field; an empty one is taken as absent."""
        text = text.strip()
        if slot is None or not text:
            return
        value = _canonical(text, slot, self.mapping)
        if value is None:
            known = f" (known: {', '.join(slot.canonical)})" if slot.own else ""
            words = f"{text[:QUOTED_MAX]!r} cannot be read as {slot.kind.value}{known}"
            self.flaw(source, words, ".".join((*slot.parent, slot.name)))
            return
        parent = scope.get(slot.parent)
        if parent is None:
            parent = self.parent(scope, slot.parent, source)
        self.made(parent, slot.name, source).text = value

    def parent(self, scope: _Scope, path: Path, source: Element) -> Element:
        """The canonical element of a group of fields, made with those around it when needed."""
        for depth in range(len(path)):
            if path[: depth + 1] not in scope:
                made = self.made(scope[path[:depth]], path[depth], source)
                scope[path[: depth + 1]] = made
        return scope[path]

    def made(self, parent: Element, name: str, source: Element) -> Element:
        element = etree.SubElement(parent, TAG + name)
        self.sources[element] = source
        return element

    def flaw(self, source: Element, message: str, field: str = "") -> None:
        if len(self.flaws) < FLAWS_MAX:
            self.flaws.append(Flaw(field, message, source.sourceline, source_path(source)))


def _canonical(text: str, slot: Slot, mapping: Mapping) -> str | None:
    """What the dialect's text says in canonical words; None when it says nothing known."""
    if slot.own:
        return slot.canonical.get(text)
    if slot.kind in (Kind.AMOUNT, Kind.QUANTITY):
        numbers = mapping.file.numbers
        if not mapping.numbers.fullmatch(text):
            return None
        return text.replace(numbers.group_mark or " ", "").replace(numbers.decimal_mark, ".")
    if slot.kind is Kind.MOMENT and mapping.file.moments.format:
        return _moment(text, mapping)
    return text


def _moment(text: str, mapping: Mapping) -> str | None:
    """RFC 3339; None also for a local time that the zone's clocks skipped."""
    try:
        moment = datetime.strptime(text, mapping.file.moments.format)  # noqa: DTZ007 zoned below
    except ValueError:
        return None
    if moment.tzinfo is None:
        local = moment.replace(tzinfo=mapping.zone)
        if local.astimezone(UTC).astimezone(mapping.zone).replace(tzinfo=None) != moment:
            return None
        moment = local
    return moment.isoformat()
