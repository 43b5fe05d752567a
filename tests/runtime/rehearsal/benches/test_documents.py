"""The benchmark of tax documents makes real ones, and says whether they verify."""

from mtd.runtime.rehearsal.benches.documents import measure


def test_what_is_measured_is_real() -> None:
    found = measure(boletas=12, pdfs=3)
    assert found.passed, found.checks
    assert [check.name for check in found.checks] == ["the last envelope verifies"]
    assert all(figure.value > 0 for figure in found.figures)
    assert len(found.figures) == 4
