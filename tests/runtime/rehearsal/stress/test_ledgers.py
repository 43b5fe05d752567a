"""The checks of the ledgers: what is missing, and what is there twice, is named."""

from mtd.runtime.rehearsal.stress.ledgers import CONFIRMATION, SALE, Entry, no_duplicates, once


def mail(order: str, kind: str = CONFIRMATION, outcome: str = "applied") -> Entry:
    """An attempt as the mail's ledger tells it."""
    return {"operation": "send", "order": order, "subject": f"{kind} 1", "outcome": outcome}


def test_each_exactly_once() -> None:
    entries = [mail("a"), mail("a", outcome="repeated"), mail("b"), mail("b", "ready_for_pickup")]
    assert once("mails", entries, CONFIRMATION, ["a", "b"]).passed


def test_one_that_is_missing_is_named() -> None:
    check = once("mails", [mail("a"), mail("b", outcome="failed")], CONFIRMATION, ["a", "b"])
    assert not check.passed
    assert check.told == "1 for 2 orders; none for 1: b"


def test_one_that_came_twice_is_named_even_if_nobody_asked_for_it() -> None:
    check = once("mails", [mail("a"), mail("c"), mail("c")], CONFIRMATION, ["a"])
    assert not check.passed
    assert "more than one for 1: c" in check.told


def test_a_document_is_known_by_its_operation() -> None:
    entry = {"operation": SALE, "order": "a", "outcome": "applied"}
    assert once("documents", [entry], SALE, ["a"]).passed
    assert not once("documents", [entry, entry], SALE, ["a"]).passed


def test_duplicates_are_told_by_system() -> None:
    assert no_duplicates({"eom": 0, "pos": 0}).passed
    check = no_duplicates({"eom": 0, "pos": 2})
    assert not check.passed
    assert check.told == "pos 2"
