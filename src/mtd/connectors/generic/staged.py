"""Issuing in the stages that a process draws: the provider numbers, builds and sends all at once.

So planning says what would be asked for, there is no number before sending, and nothing to build.
"""

from decimal import Decimal

from mtd.connectors.contract import Attempt
from mtd.connectors.generic.issuing import request_total
from mtd.connectors.generic.settings import Options
from mtd.connectors.requests import Sale, kind_of, request_of
from mtd.connectors.wire import Wire
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Refused
from mtd.core.tax.country import issuing_fault
from mtd.core.tax.profiles import PROFILES
from mtd.core.tax.request import FiscalKind


async def plan(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """What would be issued: outputs `document_type` and `total`; nothing is sent.

    Refused with COUNTRY_UNSUPPORTED where nobody knows the country's documents, with BUYER_DATA
    where an invoice names nobody.
    """
    wrong = issuing_fault(PROFILES, order.country, order.currency, native=False)
    if wrong is not None:
        return Refused("COUNTRY_UNSUPPORTED", wrong)
    kind = kind_of(order, attempt.inputs.get("document_kind"))
    sale = Sale(order=order, issuer=order.store, at=order.placed_at)
    request = request_of(sale, kind, Decimal(attempt.inputs.get("by_voucher") or 0))
    if kind is FiscalKind.INVOICE and not (request.buyer and request.buyer.tax_id):
        message = "buyer_document.tax_id: is missing, and an invoice names its buyer"
        return Refused("BUYER_DATA", message, {"cause": "BUYER_DATA"})
    options = wire.legacy.options(Options)
    return Done(
        {"document_type": options.document_types.get(kind), "total": request_total(request)}
    )


async def number(_attempt: Attempt, _order: PurchaseOrder, _wire: Wire) -> Answer:
    """No number yet: the provider gives one with the document."""
    return Done({"folio": None})


async def build(_attempt: Attempt, _order: PurchaseOrder, _wire: Wire) -> Answer:
    """The provider builds and signs."""
    return Done()
