"""The SUNAT's answers as neutral nouns: nothing is guessed, and only exceptions are fixable."""

import pytest

from mtd.core.tax.countries.pe.answers import (
    fault_answer,
    fault_outcome,
    finding,
    receipt,
)
from mtd.core.tax.issuing import Known, OutcomeState, SubmissionState

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


OURS = (
    b"<Invoice><AccountingCustomerParty><Party><PartyIdentification><ID>45678901</ID>"
    b"</PartyIdentification></Party></AccountingCustomerParty></Invoice>"
)


def cdr(code: str, *notes: str, buyer: str = "") -> bytes:
    told = "".join(f"<b:Note>{note}</b:Note>" for note in notes)
    party = f"<c:PartyIdentification><b:ID>{buyer}</b:ID></c:PartyIdentification>"
    named = f"<c:RecipientParty>{party}</c:RecipientParty>" if buyer else ""
    return (
        f'<a:ApplicationResponse xmlns:a="x" xmlns:b="{CBC}" xmlns:c="{CAC}">{told}'
        "<c:DocumentResponse><c:Response><b:ReferenceID>F001-7</b:ReferenceID>"
        f"<b:ResponseCode>{code}</b:ResponseCode><b:Description>Dicho</b:Description>"
        f"</c:Response>{named}</c:DocumentResponse></a:ApplicationResponse>"
    ).encode()


@pytest.mark.parametrize(
    ("code", "notes", "state", "codes"),
    [
        ("0", (), OutcomeState.ACCEPTED, ("0000",)),
        ("0", ("4252 - El dato",), OutcomeState.ACCEPTED_WITH_OBJECTIONS, ("4252",)),
        ("4252", (), OutcomeState.ACCEPTED_WITH_OBJECTIONS, ("4252",)),
        ("2335", (), OutcomeState.REJECTED, ("2335",)),
        ("3271", ("3271 - linea 2",), OutcomeState.REJECTED, ("3271", "3271")),
    ],
)
def test_a_receipt_accepts_objects_or_rejects(
    code: str, notes: tuple[str, ...], state: OutcomeState, codes: tuple[str, ...]
) -> None:
    found = receipt(cdr(code, *notes))
    assert found is not None
    assert found.document == "F001-7"
    assert (found.outcome.state, found.outcome.codes) == (state, codes)
    assert not found.outcome.fixable


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html/>",
        cdr("ninguno"),
        b"<!DOCTYPE a><ApplicationResponse/>",
        b"<ApplicationResponse/>",
    ],
)
def test_what_is_no_receipt_says_nothing(content: bytes) -> None:
    assert receipt(content) is None


@pytest.mark.parametrize(
    ("code", "string", "state"),
    [
        ("soap-env:Client.0102", "Usuario o contraseña incorrectos", SubmissionState.NOT_SENT),
        ("soap-env:Server", "0100 - El sistema no puede responder", SubmissionState.NOT_SENT),
        ("soap-env:Client.1033", "registrado previamente", SubmissionState.UNKNOWN),
        ("soap-env:Client.0140", "igual en proceso", SubmissionState.UNKNOWN),
        ("soap-env:Client.0161", "nombre del archivo", SubmissionState.REJECTED),
        ("soap-env:Client.2335", "alterado", SubmissionState.REJECTED),
        ("soap-env:Server", "java.lang.NullPointerException", SubmissionState.UNKNOWN),
    ],
)
def test_a_fault_says_whether_anything_arrived(
    code: str, string: str, state: SubmissionState
) -> None:
    assert fault_answer(code, string).state is state


@pytest.mark.parametrize(
    ("code", "fixable"), [("0161", True), ("1034", True), ("1032", False), ("2335", False)]
)
def test_only_what_was_not_stored_keeps_its_number(code: str, fixable: bool) -> None:
    assert fault_outcome((code,), "").fixable is fixable


def test_what_is_held_is_told_by_the_receipt() -> None:
    held = receipt(cdr("0"))
    assert finding("0004", "", held, OURS).known is Known.FOUND
    assert finding("0001", "", None, OURS).known is Known.FOUND
    assert finding("0011", "", None, OURS).known is Known.NOT_FOUND
    assert finding("0004", "", None, OURS).known is Known.CANNOT_TELL
    assert finding("", "", None, OURS).known is Known.CANNOT_TELL
    voided = finding("0003", "", None, OURS).outcome
    assert voided is not None
    assert voided.state is OutcomeState.REJECTED


@pytest.mark.parametrize(
    ("buyer", "known"),
    [
        ("", OutcomeState.ACCEPTED),
        ("45678901", OutcomeState.ACCEPTED),
        ("1-45678901", OutcomeState.ACCEPTED),
        ("6-20131312955", OutcomeState.REJECTED),
        ("-", OutcomeState.REJECTED),
    ],
)
def test_a_receipt_of_another_buyer_s_document_is_not_ours(buyer: str, known: OutcomeState) -> None:
    found = finding("0004", "", receipt(cdr("0", buyer=buyer)), OURS)
    assert found.outcome is not None
    assert (found.outcome.state, found.outcome.fixable) == (known, False)


def test_what_names_nobody_is_known_by_that_too() -> None:
    nobody = OURS.replace(b"45678901", b"-")
    found = finding("0004", "", receipt(cdr("0", buyer="-")), nobody)
    assert found.outcome is not None
    assert found.outcome.state is OutcomeState.ACCEPTED
