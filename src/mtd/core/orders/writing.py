"""Orders written as XML: canonical, or as a store's own mapping says."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from mtd.core.orders.mapping import (
    List,
    Mapping,
    MappingFile,
    Path,
    Place,
    Slot,
    leaves,
    mapping_of,
)
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.shape import NAMESPACE, ORDER, Kind, Repeated


def write_xml(order: PurchaseOrder, mapping: Mapping | None = None) -> bytes:
    """The order as canonical XML in UTF-8, or as the store of `mapping` would write it.

    ValueError when the mapping's dialect cannot say all that the order says: reading what is
    written always gives the same order again, to the precision of the dialect's moments.
    """
    dialect = mapping or CANONICAL
    _check(order, dialect)
    file = dialect.file
    attributes = f' xmlns="{file.namespace}"' if file.namespace else ""
    if file.version_attribute:
        attributes += f' {file.version_attribute}="{file.version}"'
    body = _Writing(dialect, order).element(file.root, dialect.tree, order, attributes)
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}\n'.encode()


class _Pair(Struct, frozen=True):
    """An item of a keyed list."""

    name: str
    value: str


class _Writing:
    """One order on its way into a dialect."""

    def __init__(self, mapping: Mapping, order: PurchaseOrder) -> None:
        self.mapping = mapping
        self.order = order

    def element(
        self, name: str, place: Place, scope: Any, attributes: str = "", indent: str = "\n"
    ) -> str:
        """The element with all that stands below it; nothing when the order has none of it."""
        for attribute, slot in place.attributes.items():
            text = self.text(scope, slot) if slot else None
            if text is not None:
                attributes += f" {attribute}={quoteattr(text)}"
        content = self.text(scope, place.slot) if place.slot else None
        if content is not None:
            return f"{indent}<{name}{attributes}>{escape(content)}</{name}>"
        inner = ""
        for tag, below in place.children.items():
            local = tag.rpartition("}")[2]
            inner += self.below(local, below, scope, indent + "  ")
        if inner:
            return f"{indent}<{name}{attributes}>{inner}{indent}</{name}>"
        return f"{indent}<{name}{attributes}/>" if attributes else ""

    def below(self, name: str, place: Place, scope: Any, indent: str) -> str:
        if place.list_name is None:
            return self.element(name, place, scope, indent=indent)
        items = _items(self.order, place.list_name)
        return "".join([self.element(name, place, item, indent=indent) for item in items])

    def text(self, scope: Any, slot: Slot) -> str | None:
        value = _value(scope, (*slot.parent, slot.name))
        if value is None:
            return None
        if slot.own:
            return self.code(slot, _canonical(value))
        if isinstance(value, Decimal):
            return self.number(value, slot.kind)
        if isinstance(value, datetime) and self.mapping.file.moments.format:
            return value.astimezone(self.mapping.zone).strftime(self.mapping.file.moments.format)
        return _canonical(value)

    def code(self, slot: Slot, code: str) -> str:
        if code not in slot.own:
            raise ValueError(f"mapping {self.mapping.name} has no code for {slot.name} {code}")
        return slot.own[code]

    def number(self, number: Decimal, kind: Kind) -> str:
        numbers = self.mapping.file.numbers
        if kind is Kind.QUANTITY:
            return f"{number:f}".replace(".", numbers.decimal_mark)
        needed = self.order.currency.decimals
        decimals = needed if numbers.decimals is None else numbers.decimals
        if decimals < needed:
            raise ValueError(f"mapping {self.mapping.name} writes amounts with {decimals} decimals")
        marks = {ord(","): numbers.group_mark, ord("."): numbers.decimal_mark}
        return f"{number:,.{decimals}f}".translate(marks)


def _check(order: PurchaseOrder, mapping: Mapping) -> None:
    """Refuse an order of which the dialect would lose something."""
    for slot, text in mapping.constants:
        if _canonical(_value(order, (*slot.parent, slot.name))) != text:
            raise ValueError(f"mapping {mapping.name} is only for {slot.name} = {text}")
    for path, leaf in mapping.unplaced:
        in_list = isinstance(ORDER.fields[path[0]], Repeated)
        scopes = _items(order, path[0]) if in_list else (order,)
        for scope in scopes:
            if _value(scope, path[in_list:]) not in (None, leaf.default):
                raise ValueError(f"mapping {mapping.name} has no place for {'.'.join(path)}")


def _items(order: PurchaseOrder, list_name: str) -> Iterable[Any]:
    items = getattr(order, list_name)
    return [_Pair(*pair) for pair in items.items()] if list_name == "attributes" else items


def _value(scope: Any, path: Path) -> Any:
    """The field at `path`; None where it or a group of fields around it is absent."""
    for name in path:
        if scope is None:
            return None
        scope = getattr(scope, name)
    return scope


def _canonical(value: Any) -> str:
    """A field's text in canonical XML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def _canonical_file() -> MappingFile:
    """The canonical form as a mapping like any other: each field stands where its path says."""
    fields = {
        ".".join(path): "/".join(path)
        for path, _ in leaves(ORDER)
        if not isinstance(ORDER.fields[path[0]], Repeated)
    }
    lists = {
        name: List(
            f"{name}/{shape.item_name}",
            {".".join(path): "/".join(path) for path, _ in leaves(shape)},
        )
        for name, shape in ORDER.fields.items()
        if isinstance(shape, Repeated)
    }
    return MappingFile(
        store="canonical", version=1, root="order", namespace=NAMESPACE, fields=fields, lists=lists
    )


CANONICAL = mapping_of(_canonical_file())
"""Every order can be written so, and `order-1.xsd` describes it."""
