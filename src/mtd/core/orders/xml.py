"""Orders as XML: read safely, translated from the store's dialect, held to the published schema."""

import re
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from typing import Any, cast

from lxml import etree

from mtd.core.orders.dialect import TAG, Translated, mapping_for, source_path, translate
from mtd.core.orders.flaw import Flaw, Unreadability, Unreadable, unreadable
from mtd.core.orders.mapping import Mapping
from mtd.core.orders.markup import Element, parse
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.reading import MESSAGE_MAX, order_of
from mtd.core.orders.shape import ORDER, Leaf, Repeated, Shape


def read_xml(
    body: bytes, mappings: Iterable[Mapping] = (), store: str | None = None
) -> PurchaseOrder | Unreadable:
    """The order in `body`: canonical order XML, or a dialect that one of `mappings` knows.

    `store`: whose mappings apply, where the file's place says it; None lets the root decide.
    Whatever the dialect, what it says is validated by `order-1.xsd`, and each flaw tells line
    and element of the file as it came. Not thread-safe: the schema keeps its last errors.
    """
    root = parse(body)
    if isinstance(root, Unreadable):
        return root
    canonical = translated(root, mappings, store)
    return canonical if isinstance(canonical, Unreadable) else validated(canonical)


def translated(
    root: Element, mappings: Iterable[Mapping] = (), store: str | None = None
) -> Translated | Unreadable:
    """The canonical tree of a file with this `root`, which may be canonical already."""
    if root.tag == TAG + "order":
        return Translated(root, root)
    mapping = mapping_for(root, mappings, store)
    if mapping is None:
        owner = f"store {store}" if store else "any store"
        words = f"no mapping of {owner} reads a file whose root is {source_path(root)}"
        flaw = Flaw("", words, root.sourceline, source_path(root))
        return unreadable(Unreadability.MAPPING_MISSING, [flaw])
    canonical = translate(root, mapping)
    if isinstance(canonical, Translated):
        return canonical
    return unreadable(Unreadability.XML_INVALID, canonical)


def validated(canonical: Translated) -> PurchaseOrder | Unreadable:
    """The order in a canonical tree, held to the published schema."""
    order, source_of = canonical.root, canonical.source_of
    if not _SCHEMA.validate(order):
        return unreadable(Unreadability.XML_INVALID, _violations(order, source_of))
    read = order_of(_plain(order, ORDER), strict=False)
    if isinstance(read, PurchaseOrder):
        return read
    return unreadable(Unreadability.XML_INVALID, _located(read, order, source_of))


_SCHEMA: Any = etree.XMLSchema(
    etree.fromstring(files("mtd.core.orders").joinpath("order-1.xsd").read_bytes())
)


def _plain(element: Element, shape: Shape) -> Any:
    """The dicts, lists and texts that a valid canonical element stands for."""
    if isinstance(shape, Leaf):
        return element.text or ""
    if isinstance(shape, Repeated):
        items = [_plain(child, shape.item) for child in element]
        return {item["name"]: item["value"] for item in items} if shape.keyed else items
    fields = shape.fields
    plain: dict[str, Any] = {}
    for child in element:
        name = str(child.tag)[len(TAG) :]
        plain[name] = _plain(child, fields[name])
    return plain


def _violations(order: Element, source_of: Callable[[Element], Element]) -> Iterator[Flaw]:
    """The schema's complaints in words, each at its place in the file."""
    for entry in _SCHEMA.error_log:
        element = _element_at(order, entry.path or "")
        source = source_of(element)
        yield Flaw(_field(element), _words(entry.message), source.sourceline, source_path(source))


def _words(message: str) -> str:
    """libxml2's words without namespaces, patterns and endless values."""
    told, pattern, _ = message.replace(TAG, "").partition(" is not accepted by the pattern")
    shortened = _LONG_VALUE.sub(r"'\1…'", told)
    return (f"{shortened} has a form that is not allowed" if pattern else shortened)[:MESSAGE_MAX]


_LONG_VALUE = re.compile(r"'([^']{50})[^']+'")


def _element_at(order: Element, path: str) -> Element:
    """The element that libxml2 calls `path`, whatever prefixes the file gave its namespaces."""
    found = cast("list[Element]", order.xpath(_PREFIXED.sub(r"*[local-name()='\1']", path) or "."))
    return found[0] if found else order


_PREFIXED = re.compile(r"[^/:\[\]]+:([^/:\[\]]+)")


def _field(element: Element) -> str:
    """The path in the canonical order, such as `lines[0].sku`."""
    parent = element.getparent()
    if parent is None:
        return ""
    above = _field(parent)
    name = etree.QName(element).localname
    shape = ORDER.fields.get(above)
    if isinstance(shape, Repeated):
        return f"{above}[{parent.index(element)}]"
    return f"{above}.{name}" if above else name


def _located(
    flaws: Iterable[Flaw], order: Element, source_of: Callable[[Element], Element]
) -> Iterator[Flaw]:
    """The flaws with their places in the file, found by their fields."""
    for flaw in flaws:
        element = order
        for name, index in _STEP.findall(flaw.field):
            below = element.find(TAG + name) if name else _child(element, int(index))
            if below is None:
                break
            element = below
        source = source_of(element)
        yield Flaw(flaw.field, flaw.message, source.sourceline, source_path(source))


_STEP = re.compile(r"([a-z_]+)|\[([0-9]+)\]")


def _child(element: Element, index: int) -> Element | None:
    return element[index] if index < len(element) else None
