"""A credit note never exceeds what is left of its document."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mtd.core.tax.credit import credit_fault

FIELD = "Totales/MntTotal"
AMOUNTS = st.decimals(0, 10**9, places=2)


@given(AMOUNTS, st.lists(AMOUNTS, max_size=8))
def test_notes_never_sum_to_more_than_the_document(total: Decimal, notes: list[Decimal]) -> None:
    credited = Decimal(0)
    for amount in notes:
        if credit_fault(FIELD, total, credited, amount) is None:
            credited += amount
    assert credited <= total


def test_the_last_peso_may_be_credited_and_not_one_more() -> None:
    total, credited = Decimal(11_900), Decimal(11_899)
    assert credit_fault(FIELD, total, credited, Decimal(1)) is None
    fault = credit_fault(FIELD, total, credited, Decimal(2))
    assert str(fault) == ("Totales/MntTotal: is 2, but of the document's 11900 only 1 is left")
