"""Guides: the document that goes with the goods, to the buyer or to the branch they wait at."""

from datetime import timedelta

from msgspec.structs import replace

from mtd.connectors.requests import place_of, request_of
from mtd.connectors.tax.native.case import Case
from mtd.core.orders.purchase_order import ShipmentMethod
from mtd.core.tax.request import Carriage, Dispatch, FiscalKind, FiscalRequest, Transfer

TRAVEL = timedelta(days=1)
"""A guide without another promise says that the goods arrive the day after."""


def guide(case: Case) -> FiscalRequest:
    """The guide of the order's goods."""
    order, issuer = case.order, case.issuer
    practice = issuer.practice
    request = practice.localised(request_of(case.sale, FiscalKind.DISPATCH))
    fetched = order.shipment.method is ShipmentMethod.PICKUP
    if fetched:
        place = issuer.branches.get(order.shipment.pickup_branch or "", practice.party.place)
        receiver = replace(practice.party, place=place)
    else:
        receiver, shipped_to = request.buyer, order.shipment.address
        known = practice.party.place if receiver is None else receiver.place
        place = known if shipped_to is None else place_of(shipped_to)
    promised = max(order.promised_at, case.desk.now() + TRAVEL)
    said = issuer.transport
    transport = replace(
        said,
        carrier_tax_id=said.carrier_tax_id or practice.tax_id,
        destination=place,
        departs_at=said.departs_at or case.sale.at,
        arrives_on=said.arrives_on or promised.astimezone(practice.zone).date(),
    )
    return replace(
        request,
        buyer=receiver,
        payments=(),
        dispatch=Dispatch(
            transfer=Transfer.INTERNAL if fetched else Transfer.SALE,
            carriage=Carriage.ISSUER_ELSEWHERE if fetched else Carriage.ISSUER_TO_BUYER,
            transport=transport,
        ),
    )
