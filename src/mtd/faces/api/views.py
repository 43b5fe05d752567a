"""Views: orders and their incidents as clients see them; nothing personal."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.core.orders.states import OrderState
from mtd.store.orders.incidents import Incident
from mtd.store.orders.orders import Order


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order as clients see it."""

    id: str
    key: str
    state: str
    state_es: str
    since: datetime
    resume: str | None
    history: list[str]
    """States it has been in, oldest first."""
    country: str
    store: str
    channel: str
    external_id: str
    branch: str
    currency: str
    amount: Decimal
    buyer_document: str
    placed_at: datetime
    promised_at: datetime | None
    received_at: datetime
    definition: str
    held_by: str | None
    """The pause for whose end it waits."""


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong with an order."""

    id: int
    element: str
    code: str
    message: str
    at: datetime
    settled_at: datetime | None


def view(order: Order) -> OrderView:
    """An order for clients."""
    return OrderView(
        key=order.key,
        state_es=OrderState(order.state).es,
        history=list(reversed(order.reached.split())),
        **{
            field: getattr(order, field)
            for field in OrderView.__struct_fields__
            if field not in ("key", "state_es", "history")
        },
    )


def incident(one: Incident) -> IncidentView:
    """An incident for clients."""
    fields = IncidentView.__struct_fields__
    return IncidentView(**{field: getattr(one, field) for field in fields})
