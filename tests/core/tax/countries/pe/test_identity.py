"""Who a buyer is: RUC, DNI and the others, or what is wrong with them."""

import pytest

from mtd.core.tax.countries.pe.identity import Identity, identity
from mtd.core.tax.request import Buyer


@pytest.mark.parametrize(
    ("tax_id", "scheme", "kind"),
    [
        ("20131312955", "", "6"),
        ("20131312955", "RUC", "6"),
        ("45678901", "", "1"),
        ("45678901", "dni", "1"),
        ("001234567", "CE", "4"),
        ("AB123456", "PASSPORT", "7"),
    ],
)
def test_a_document_is_told_by_its_kind(tax_id: str, scheme: str, kind: str) -> None:
    assert identity(Buyer(tax_id=tax_id, tax_id_scheme=scheme)) == Identity(kind, tax_id)


@pytest.mark.parametrize(
    ("tax_id", "scheme", "wrong"),
    [
        ("20131312954", "", "is no RUC"),
        ("4567890", "", "is no RUC"),
        ("4567890", "DNI", "is no DNI: eight figures"),
        ("12-3", "CE", "is no CE"),
        ("45678901", "RUT", "is a RUT, which is none of"),
    ],
)
def test_what_is_none_says_why(tax_id: str, scheme: str, wrong: str) -> None:
    found = identity(Buyer(tax_id=tax_id, tax_id_scheme=scheme))
    assert isinstance(found, str)
    assert found.startswith(wrong)
