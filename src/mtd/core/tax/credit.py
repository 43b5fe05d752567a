"""The credit limit: what notes took back of a document never exceeds the document."""

from decimal import Decimal

from mtd.core.tax.issuing import FiscalFault


def credit_fault(
    field: str, original_total: Decimal, credited_before: Decimal, credited_now: Decimal
) -> FiscalFault | None:
    """Why a credit note of `credited_now` may not be issued; None when it may.

    `credited_before` counts every earlier note of the same document that is not rejected, and is
    less what debit notes gave back. Whoever calls this holds the document's lock: two notes at
    once would each see the other's part as free. `field`: what the country calls a total.
    """
    left = original_total - credited_before
    if credited_now <= left:
        return None
    message = f"is {credited_now}, but of the document's {original_total} only {left} is left"
    return FiscalFault(field, message)
