"""What was issued on a day, to be reconciled with what was sold."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mtd.connectors.contract import Attempt
from mtd.connectors.paperless.issuer import Service, listed_on
from mtd.connectors.paperless.settings import Options
from mtd.connectors.paperless.unit import SALES
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done, Failed


async def documents_of_day(attempt: Attempt, wire: Wire) -> Answer:
    """Documents of sales that the input `store` has of the input `day`, and of the next.

    Outputs `issued`: rows of `order`, `day`, `document` and `total`; needs no order.
    """
    store, day = (str(attempt.inputs.get(name) or "") for name in ("store", "day"))
    if not store or not day:
        return Failed("store, day: one is missing")
    options = wire.legacy.options(Options)
    issuer = options.issuer(store)
    if issuer is None:
        return Failed(f"legacy.paperless.options.issuers: none for the store {store}")
    service, rows = Service(wire, options, issuer), list[dict[str, Any]]()
    for one in (day, (date.fromisoformat(day) + timedelta(days=1)).isoformat()):
        for kind in SALES:
            listed = await listed_on(service, kind, one)
            if isinstance(listed, Failed):
                return listed
            rows += [
                {
                    "order": row.order,
                    "day": one,
                    "document": f"{kind}-{row.document.folio}",
                    "total": Decimal(row.total),
                }
                for row in listed
                if row.order.split("/")[1:2] == [store]
            ]
    return Done({"issued": rows})
