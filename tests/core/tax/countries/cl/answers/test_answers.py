"""The SII's answers classified: nothing but acceptance counts as acceptance."""

import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.tax.countries.cl.answers.boletas import boleta_outcomes
from mtd.core.tax.countries.cl.answers.documents import document_finding, document_outcome
from mtd.core.tax.countries.cl.answers.envelopes import Counts, envelope_outcome
from mtd.core.tax.countries.cl.answers.upload import upload_answer
from mtd.core.tax.issuing import FiscalOutcome, Known, OutcomeState, SubmissionState

ACCEPTED = {OutcomeState.ACCEPTED, OutcomeState.ACCEPTED_WITH_OBJECTIONS}


def _reception(status: str, track: str = "") -> bytes:
    body = f"<RECEPCIONDTE><STATUS>{status}</STATUS><TRACKID>{track}</TRACKID></RECEPCIONDTE>"
    return f'<?xml version="1.0"?>\n{body}'.encode()


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (_reception("0", "1234567890"), SubmissionState.PENDING),
        (_reception("0"), SubmissionState.UNKNOWN),
        (_reception(""), SubmissionState.UNKNOWN),
        (_reception("1"), SubmissionState.REJECTED),
        (_reception("3"), SubmissionState.NOT_SENT),
        (_reception("5"), SubmissionState.NOT_SENT),
        (_reception("6"), SubmissionState.REJECTED),
        (_reception("7"), SubmissionState.REJECTED),
        (_reception("8"), SubmissionState.REJECTED),
        (_reception("9"), SubmissionState.UNKNOWN),
        (_reception("99"), SubmissionState.UNKNOWN),
        (_reception("42"), SubmissionState.UNKNOWN),
        (b"<html><body>En mantenimiento</body></html>", SubmissionState.UNKNOWN),
        (b"<!DOCTYPE html><html>", SubmissionState.UNKNOWN),
        (b"", SubmissionState.UNKNOWN),
        (_reception("0", "1234567890")[:-9], SubmissionState.UNKNOWN),
    ],
)
def test_an_upload_s_answer(content: bytes, state: SubmissionState) -> None:
    assert upload_answer(content).state is state


def test_a_track_id_is_the_reference() -> None:
    assert upload_answer(_reception("0", "1234567890")).reference == "1234567890"


def _counts(accepted: int = 0, rejected: int = 0, objected: int = 0, informed: int = 3) -> Counts:
    return Counts(informed=informed, accepted=accepted, rejected=rejected, objected=objected)


@pytest.mark.parametrize(
    ("code", "counts", "state"),
    [
        *(
            (code, None, OutcomeState.PENDING)
            for code in ("REC", "SOK", "CRT", "FOK", "PDR", "PRD")
        ),
        *((code, None, OutcomeState.REJECTED) for code in ("RSC", "RFR", "RCT", "RCH", "RCO")),
        *((code, None, OutcomeState.UNKNOWN) for code in ("RPT", "VOF", "EPR", "", "-11", "???")),
        ("EPR", _counts(accepted=3), OutcomeState.ACCEPTED),
        ("EPR", _counts(objected=3), OutcomeState.ACCEPTED_WITH_OBJECTIONS),
        ("EPR", _counts(rejected=3), OutcomeState.REJECTED),
        ("EPR", _counts(accepted=2, rejected=1), OutcomeState.UNKNOWN),
        ("EPR", _counts(accepted=2), OutcomeState.UNKNOWN),
        ("EPR", _counts(informed=0), OutcomeState.UNKNOWN),
    ],
)
def test_an_envelope_s_state(code: str, counts: Counts | None, state: OutcomeState) -> None:
    assert envelope_outcome(code, counts).state is state


@given(st.text(max_size=4), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_processed_with_a_rejection_is_never_acceptance(
    code: str, accepted: int, rejected: int, objected: int
) -> None:
    counts = _counts(accepted, rejected + 1, objected, accepted + rejected + objected + 1)
    assert envelope_outcome("EPR", counts).state not in ACCEPTED
    assert envelope_outcome(code).state not in ACCEPTED


@pytest.mark.parametrize(
    ("code", "reasons", "state", "fixable"),
    [
        ("DOK", (), OutcomeState.ACCEPTED, False),
        ("RLV", ("DTE-2-999",), OutcomeState.ACCEPTED_WITH_OBJECTIONS, False),
        ("RPR", (), OutcomeState.ACCEPTED_WITH_OBJECTIONS, False),
        ("RCH", ("DTE-3-505",), OutcomeState.REJECTED, True),
        ("RCH", (), OutcomeState.REJECTED, False),
        ("RCH", ("CAF-3-517",), OutcomeState.REJECTED, False),
        ("RCH", ("DTE-3-100",), OutcomeState.UNKNOWN, False),
        ("RCH", ("DTE-3-101", "DTE-3-505"), OutcomeState.UNKNOWN, False),
        ("DNK", (), OutcomeState.REJECTED, False),
        ("FNA", (), OutcomeState.REJECTED, False),
        ("FAN", (), OutcomeState.REJECTED, False),
        ("ANC", (), OutcomeState.ACCEPTED, False),
        ("XYZ", (), OutcomeState.UNKNOWN, False),
    ],
)
def test_a_document_s_state(
    code: str, reasons: tuple[str, ...], state: OutcomeState, fixable: bool
) -> None:
    outcome = document_outcome(code, reasons)
    assert (outcome.state, outcome.fixable) == (state, fixable)
    assert outcome.codes[: len(reasons)] == reasons


def test_not_received_is_an_answer_and_silence_is_none() -> None:
    assert document_finding("FAU").known is Known.NOT_FOUND
    assert document_finding("DOK").known is Known.FOUND
    assert document_finding("").known is Known.CANNOT_TELL
    assert document_finding("RCH", ["DTE-3-100"]).known is Known.CANNOT_TELL


def _standing(
    state: str, statistics: list[dict[str, int]], judged: Sequence[Mapping[str, object]]
) -> bytes:
    told = {"estado": state, "estadistica": statistics, "detalle_rep_rech": judged}
    return json.dumps(told).encode()


def _count(code: int, informed: int, accepted: int, rejected: int, objected: int) -> dict[str, int]:
    return {
        "tipo": code,
        "informados": informed,
        "aceptados": accepted,
        "rechazados": rejected,
        "reparos": objected,
    }


REJECTED = {
    "tipo": 39,
    "folio": 2,
    "estado": "RCH",
    "error": [{"seccion": "DTE", "nivel": 3, "codigo": "DTE-3-505", "descripcion": "Firma"}],
}
KEYS = [("39", "1"), ("39", "2"), ("39", "3")]


def _states(outcomes: dict[tuple[str, str], FiscalOutcome]) -> list[str]:
    return [outcomes[key].state.value for key in KEYS]


def test_each_boleta_has_its_own_fate() -> None:
    content = _standing("EPR", [_count(39, 3, 2, 1, 0)], [REJECTED])
    outcomes = boleta_outcomes(content, KEYS)
    assert _states(outcomes) == ["accepted", "rejected", "accepted"]
    assert outcomes["39", "2"].codes == ("DTE-3-505", "RCH")
    assert outcomes["39", "2"].fixable


@pytest.mark.parametrize(
    "content",
    [
        _standing("EPR", [_count(39, 3, 1, 2, 0)], [REJECTED]),  # one rejected is not named
        _standing("EPR", [_count(39, 3, 1, 1, 1)], [REJECTED]),  # nor is one objected to
        _standing("EPR", [_count(39, 3, 1, 1, 0)], [REJECTED]),  # one is not judged yet
        _standing("EPR", [], [REJECTED]),
        _standing("EPR", [_count(41, 3, 2, 1, 0)], [REJECTED]),
        _standing("EPR", [_count(39, 1, 0, 1, 0)], [REJECTED]),
    ],
)
def test_who_is_not_named_is_not_accepted_by_guessing(content: bytes) -> None:
    assert _states(boleta_outcomes(content, KEYS)) == ["unknown", "rejected", "unknown"]


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (_standing("REC", [], []), "pending"),
        (_standing("RSC", [], []), "rejected"),
        (b'{"estado":"CRT","estadistica":null,"detalle_rep_rech":null}', "pending"),
        (b"<html/>", "unknown"),
        (b"", "unknown"),
        (b"[]", "unknown"),
        (b'{"estado": 7}', "unknown"),
        (b"\xff\xfe", "unknown"),
        (b"[" * 100_000, "unknown"),
    ],
)
def test_the_whole_envelope_s_fate(content: bytes, state: str) -> None:
    assert _states(boleta_outcomes(content, KEYS)) == [state] * 3
