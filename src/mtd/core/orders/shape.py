"""The shape of an order as a tree of fields, taken from `PurchaseOrder` and never said twice."""

from enum import Enum
from typing import Any

from msgspec import Struct, inspect
from msgspec.structs import replace

from mtd.core.orders.purchase_order import Amount, PurchaseOrder

NAMESPACE = "urn:mtd:order:1"
"""Of the canonical order XML, whose schema is `order-1.xsd`."""


class Kind(Enum):
    """How the text of a field is written and read."""

    TEXT = "text"
    INTEGER = "integer"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    MOMENT = "moment"
    FLAG = "flag"


class Leaf(Struct, frozen=True):
    """A field that holds one value; `codes` are all its values where they are an enumeration."""

    kind: Kind
    codes: tuple[str, ...] = ()
    default: Any = None


class Record(Struct, frozen=True):
    """A field made of named fields, in the order in which `PurchaseOrder` declares them."""

    fields: "dict[str, Shape]"
    required: frozenset[str]


class Repeated(Struct, frozen=True):
    """A list; in XML its items are elements named in the singular.

    `keyed`: free names with text values, a JSON object whose items in XML have `name`, `value`.
    """

    item_name: str
    item: Record
    keyed: bool = False


Shape = Leaf | Record | Repeated


def _shape_of(name: str, declared: inspect.Type) -> Shape:
    match declared:
        case inspect.Metadata(type=inspect.DecimalType()):
            return Leaf(Kind.AMOUNT if declared == _AMOUNT else Kind.QUANTITY)
        case inspect.Metadata(type=inner):
            return _shape_of(name, inner)
        case inspect.UnionType(types=types):
            return _shape_of(name, next(t for t in types if not isinstance(t, inspect.NoneType)))
        case inspect.StructType(fields=fields):
            required = frozenset(field.name for field in fields if field.required)
            return Record({field.name: _field(field) for field in fields}, required)
        case inspect.VarTupleType(item_type=item_type):
            item = _shape_of(name, item_type)
            assert isinstance(item, Record)
            return Repeated(name.removesuffix("s"), item)
        case inspect.DictType():
            return Repeated(name.removesuffix("s"), _PAIR, keyed=True)
        case inspect.EnumType(cls=codes):
            return Leaf(Kind.TEXT, tuple(str(code.value) for code in codes))
        case _:
            return Leaf(_KINDS[type(declared)])


def _field(field: inspect.Field) -> Shape:
    shape = _shape_of(field.name, field.type)
    if isinstance(shape, Leaf) and not field.required:
        return replace(shape, default=field.default)
    return shape


_AMOUNT = inspect.type_info(Amount)
_PAIR = Record({"name": Leaf(Kind.TEXT), "value": Leaf(Kind.TEXT)}, frozenset({"name", "value"}))
_KINDS: dict[type[inspect.Type], Kind] = {
    inspect.StrType: Kind.TEXT,
    inspect.IntType: Kind.INTEGER,
    inspect.BoolType: Kind.FLAG,
    inspect.DateTimeType: Kind.MOMENT,
}


def _order_shape() -> Record:
    shape = _shape_of("order", inspect.type_info(PurchaseOrder))
    assert isinstance(shape, Record)
    return shape


ORDER = _order_shape()
