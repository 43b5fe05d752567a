"""Sales Support: publishes an order's status and opens cases; it honours request ids."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.wire import Wire
from mtd.connectors.wire.soap import call, child_text
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Unknown

PUBLISHED = "INVOICED"
"""The status that is published where the binding names none (step R17)."""
SUBJECT_MAX = 200


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where its operations live, and how urgent a case is."""

    namespace: str = "urn:sales-support:v1"
    severity: Annotated[str, Meta(pattern="^(LOW|MEDIUM|HIGH)$")] = "MEDIUM"


async def publish(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Tell the input `status`, INVOICED if there is none, of the order."""
    fields = {
        "requestId": attempt.key,
        "orderId": order.key,
        "store": order.store,
        "channel": order.channel.value,
        "status": str(attempt.inputs.get("status") or PUBLISHED),
        "total": str(order.totals.grand_total),
        "promisedAt": order.promised_at.isoformat(),
    }
    answer = await _asked(wire, "publishOrder", fields)
    return answer if isinstance(answer, Failed | Unknown) else Done()


async def open_case(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Open a case about the inputs `reason`, `element` and `message`; outputs `case_id`."""
    inputs = attempt.inputs
    about = [str(inputs[name]) for name in ("reason", "element", "message") if inputs.get(name)]
    fields = {
        "requestId": attempt.key,
        "orderId": order.key,
        "severity": str(inputs.get("severity") or wire.legacy.options(Options).severity),
        "subject": " · ".join(about)[:SUBJECT_MAX] or "order needs a person",
    }
    answer = await _asked(wire, "openCase", fields)
    if isinstance(answer, Failed | Unknown):
        return answer
    return Done({"case_id": answer}) if answer else Unknown("a case without a number")


CONNECTORS = (
    Connector("salessupport.publish", for_order(publish), Repeat.BY_KEY),
    Connector("salessupport.open_case", for_order(open_case), Repeat.BY_KEY),
)


async def _asked(wire: Wire, operation: str, fields: dict[str, str]) -> str | Failed | Unknown:
    """The case number of the answer, empty if it has none."""
    answer = await call(wire, wire.legacy.options(Options).namespace, operation, fields)
    if isinstance(answer, Failed | Unknown):
        return answer
    if child_text(answer, "result") != "OK":
        return Unknown(f"{operation}: an answer without its result")
    return child_text(answer, "caseNumber")
