"""Correcting: what a person may put right in an order that was taken in already."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mtd.core.orders.flaw import Flaw
from mtd.core.orders.purchase_order import Address, PurchaseOrder
from mtd.core.orders.reading import order_of
from mtd.core.orders.validation import flaws_of

DOCUMENT = "buyer_document"
ADDRESS = f"{DOCUMENT}.address"
CORRECTABLE = frozenset(
    {
        "customer.email",
        "customer.phone",
        *(f"{DOCUMENT}.{name}" for name in ("tax_id", "legal_name", "business_line")),
        *(f"{ADDRESS}.{name}" for name in Address.__struct_fields__),
    }
)
"""Paths of the fields: where letters go, and to whom the tax document is made out. Goods, amounts,
payments and shipment are what the customer ordered, and what others act upon already."""


def corrected(order: PurchaseOrder, values: Mapping[str, str]) -> PurchaseOrder | tuple[Flaw, ...]:
    """`order` with these values, by the paths of CORRECTABLE fields, or what is wrong with them.

    A document without an address of its own begins with the one that it would show. What was
    wrong with the order before, elsewhere, stays as it is. KeyError for any other field.
    """
    if not values.keys() <= CORRECTABLE:
        raise KeyError(min(values.keys() - CORRECTABLE))
    tree = msgspec.to_builtins(order)
    if any(path.startswith(ADDRESS) for path in values):
        shown = tree[DOCUMENT]["address"] or tree["customer"]["address"]
        tree[DOCUMENT]["address"] = dict(shown or tree["shipment"]["address"] or {})
    for path, value in values.items():
        *above, name = path.split(".")
        place: dict[str, Any] = tree
        for step in above:
            place = place[step]
        place[name] = value.strip()
    read = order_of(tree, strict=False)
    if not isinstance(read, PurchaseOrder):
        return read
    before = set(flaws_of(order))
    flaws = (flaw for flaw in flaws_of(read) if flaw.field in values or flaw not in before)
    return tuple(flaws) or read
