"""A credit note never exceeds what is left of its document."""

from hypothesis import given
from hypothesis import strategies as st

from mtd.core.tax.countries.cl.credit import credit_fault


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=8))
def test_notes_never_sum_to_more_than_the_document(total: int, notes: list[int]) -> None:
    credited = 0
    for amount in notes:
        if credit_fault(total, credited, amount) is None:
            credited += amount
    assert credited <= total


def test_the_last_peso_may_be_credited_and_not_one_more() -> None:
    assert credit_fault(11_900, 11_899, 1) is None
    fault = credit_fault(11_900, 11_899, 2)
    assert str(fault) == ("Totales/MntTotal: is 2, but of the document's 11900 only 1 is left")
