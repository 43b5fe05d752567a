"""What every connector talks through: wires, and how JSON, SOAP and mail go over them."""

from mtd.connectors.wire.counter import Counter, desk_of
from mtd.connectors.wire.exchange import Artifact, Exchange, Got, Sent
from mtd.connectors.wire.mailroom import Addressed, Enclosed, Mailroom
from mtd.connectors.wire.masking import personal
from mtd.connectors.wire.wire import Response, Wire
from mtd.connectors.wire.wires import Wires

__all__ = [
    "Addressed",
    "Artifact",
    "Counter",
    "Enclosed",
    "Exchange",
    "Got",
    "Mailroom",
    "Response",
    "Sent",
    "Wire",
    "Wires",
    "desk_of",
    "personal",
]
