"""MTD itself plans, numbers, signs and hands over documents, as each issuer's country has it."""

from collections.abc import Awaitable, Callable

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.tax.issuers import Issuers
from mtd.connectors.tax.native.answering import error_control, fetch, find, status
from mtd.connectors.tax.native.case import DEBIT_NOTE, Case, with_kind
from mtd.connectors.tax.native.issuing import built, issued, numbered, planned, sent
from mtd.connectors.tax.native.noting import of_sale
from mtd.connectors.wire import Wire
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Failed

Operation = Callable[[Case], Awaitable[Answer]]


async def dispatch_guide(case: Case) -> Answer:
    """`tax.dispatch_guide`: the guide that goes with the goods; as `issue`."""
    return await issued(with_kind(case, "DISPATCH_GUIDE"))


async def credit_note(case: Case) -> Answer:
    """`tax.credit_note`: the note for the input `folio` of the sale; as `issue`.

    With `reason` 3 the input `amount`, tax included, is what is taken off the document.
    Every output is None where there is no document, or it does not count: nothing is to be undone.
    """
    return await issued(of_sale(case))


async def debit_note(case: Case) -> Answer:
    """`tax.debit_note`: the note by which the sale of `folio` comes to `amount` more; as `issue`.

    With `reason` 1 and `document_kind` CREDIT_NOTE it annuls the credit note of that folio.

    Every output is None where there is no document that counts.
    """
    return await issued(of_sale(case, DEBIT_NOTE))


OPERATIONS: dict[str, Operation] = {
    "plan": planned,
    "number": numbered,
    "build": built,
    "send": sent,
    "issue": issued,
    "status": status,
    "find": find,
    "fetch": fetch,
    "error_control": error_control,
    "credit_note": credit_note,
    "debit_note": debit_note,
    "dispatch_guide": dispatch_guide,
}
"""By the second half of the name that bindings use."""


def native(operation: str, issuers: Issuers) -> Connector:
    """`tax.<operation>` as the native issuer does it."""

    async def run(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
        case = await Case.opened(attempt, order, wire, issuers)
        return case if isinstance(case, Failed) else await OPERATIONS[operation](case)

    return Connector(f"tax.{operation}", for_order(run), Repeat.TRANSACTIONAL)
