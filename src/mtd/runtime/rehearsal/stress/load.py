"""Load: what a stress run puts in, and the town that it is put into."""

from collections.abc import Iterator, Sequence
from typing import Any

from mtd.core.orders.mapping import Mapping
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.writing import write_xml
from mtd.runtime.rehearsal.orders.trouble import Arrival

FAULTS = {
    "error": 0.0030,
    "throttle": 0.0020,
    "reset": 0.0010,
    "error_after": 0.0010,
    "lost_reply": 0.0010,
    "half_body": 0.0010,
    "garbage": 0.0005,
    "timeout_after": 0.0001,
    "slow": 0.0004,
}
"""The mix: of a hundred requests to a legacy system, one suffers one of these."""
SYSTEMS = (
    "giftcard", "payment", "eom", "paperless", "pos", "salessupport", "logistics", "mail",
)  # fmt: skip
"""Whoever may suffer, and keeps a ledger."""
AUTHORITY = ("sii", "sii_api", "sii_upload")
"""The tax authority's hosts: they suffer too, and their documents are held against ours."""
TOLD_ONCE = "loyalty"
"""The system that can neither be asked nor told twice; `doubts` looks into its ledger."""
DOUBTS = {"lost_reply": 0.01, "error_after": 0.01, "reset": 0.01}
"""What befalls it: after each of these nobody knows whether the effect took place."""


def town(seed: int) -> dict[str, Any]:
    """A town that answers at once, but for FAULTS."""
    return {
        "seed": seed,
        "latency_scale": 0,
        "time_scale": 0,
        "default_faults": False,
        "systems": {
            **{name: {"shares": FAULTS} for name in (*SYSTEMS, *AUTHORITY)},
            TOLD_ONCE: {"shares": DOUBTS},
        },
    }


def files(orders: Sequence[PurchaseOrder], dialects: Sequence[Mapping]) -> Iterator[Arrival]:
    """One sound file for each order, in its store's dialect."""
    by_store = {dialect.file.store: dialect for dialect in dialects}
    for order in orders:
        name = f"{order.country}/{order.store}/{order.channel}/{order.external_id}.xml"
        body = write_xml(order, by_store[order.store])
        yield Arrival(name, body, order.key, None)
