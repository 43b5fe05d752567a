"""The states an order has besides its headline: payment, tax document and fulfilment."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A code for machines with a label for people, in Spanish and in English."""

    _value_: str
    es: str
    en: str

    def __new__(cls, code: str, es: str, en: str) -> Self:
        """Make the member `code` and keep its labels beside it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.es = es
        member.en = en
        return member


class PaymentState(Labelled):
    """How far the money of one payment has come (reference processes §5.1 b)."""

    PENDING = "PENDING", "Pendiente", "Pending"
    AUTHORIZED = "AUTHORIZED", "Autorizado", "Authorized"
    CAPTURED = "CAPTURED", "Capturado", "Captured"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED", "Reembolsado en parte", "Partially refunded"
    REFUNDED = "REFUNDED", "Reembolsado", "Refunded"
    VOIDED = "VOIDED", "Reversado", "Voided"
    FAILED = "FAILED", "Fallido", "Failed"


class TaxDocumentState(Labelled):
    """How far a tax document has come at the tax authority (reference processes §5.1 c)."""

    DRAFT = "DRAFT", "Borrador", "Draft"
    FOLIO_ASSIGNED = "FOLIO_ASSIGNED", "Folio asignado", "Folio assigned"
    SIGNED = "SIGNED", "Timbrado y firmado", "Stamped and signed"
    SENT = "SENT", "Enviado al SII", "Sent to the tax authority"
    ACCEPTED = "ACCEPTED", "Aceptado", "Accepted"
    ACCEPTED_WITH_OBJECTIONS = (
        "ACCEPTED_WITH_OBJECTIONS",
        "Aceptado con reparos",
        "Accepted with objections",
    )
    REJECTED = "REJECTED", "Rechazado", "Rejected"
    VOIDED = "VOIDED", "Folio anulado", "Folio voided"
    CANCELLED_BY_CREDIT_NOTE = (
        "CANCELLED_BY_CREDIT_NOTE",
        "Anulado por nota de crédito",
        "Cancelled by credit note",
    )
    CANCELLED_BY_DEBIT_NOTE = (
        "CANCELLED_BY_DEBIT_NOTE",
        "Anulada por nota de débito",
        "Cancelled by debit note",
    )


class FulfillmentState(Labelled):
    """How far the goods of one shipment have come (reference processes §5.1 d)."""

    ALLOCATED = "ALLOCATED", "Asignada", "Allocated"
    RESERVED = "RESERVED", "Stock reservado", "Stock reserved"
    BACKORDERED = "BACKORDERED", "Quiebre de stock", "Back-ordered"
    PICKING = "PICKING", "En picking", "Picking"
    PICKED = "PICKED", "Recolectada", "Picked"
    PACKED = "PACKED", "Embalada", "Packed"
    LABELLED = "LABELLED", "Etiquetada", "Labelled"
    DISPATCHED = "DISPATCHED", "Despachada", "Dispatched"
    IN_TRANSIT = "IN_TRANSIT", "En ruta", "In transit"
    DELIVERED = "DELIVERED", "Entregada", "Delivered"
    FAILED = "FAILED", "Entrega fallida", "Delivery failed"
    RETURNING = "RETURNING", "En devolución", "Returning"
    RETURNED = "RETURNED", "Devuelta", "Returned"
    CANCELLED = "CANCELLED", "Anulada", "Cancelled"
