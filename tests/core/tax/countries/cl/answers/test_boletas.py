"""The boleta service's answers: codes in three parts, uploads, one document."""

import msgspec

from mtd.core.tax.countries.cl.answers.boletas import (
    boleta_finding,
    boleta_outcomes,
    boleta_upload_answer,
)
from mtd.core.tax.issuing import Finding, Known, SubmissionState


def test_a_code_is_made_of_its_section_level_and_number() -> None:
    """As the service writes it: `CAF`, 3 and 517."""
    error = {"seccion": "CAF", "linea": 0, "nivel": 3, "codigo": 517, "descripcion": ""}
    judged = {"tipo": 39, "folio": 1, "estado": "RCH", "error": [error]}
    content = msgspec.json.encode({"estado": "EPR", "detalle_rep_rech": [judged]})
    (outcome,) = boleta_outcomes(content, [("39", "1")]).values()
    assert outcome.codes[0] == "CAF-3-517"
    assert not outcome.fixable


def test_an_upload_is_pending_only_with_a_track_id() -> None:
    said = boleta_upload_answer(b'{"trackid": 1014, "estado": "REC"}')
    assert (said.state, said.reference) == (SubmissionState.PENDING, "1014")
    for content in (b"", b"[]", b"<html></html>", b'{"estado": "REC"}', b'{"trackid": "x"}'):
        assert boleta_upload_answer(content).state is SubmissionState.UNKNOWN


def test_one_boleta_is_found_or_not_or_nobody_can_tell() -> None:
    assert boleta_finding(b'{"codigo": "FAU"}') == Finding(Known.NOT_FOUND)
    assert boleta_finding(b'{"codigo": "DOK"}').known is Known.FOUND
    for content in (b"", b"{}", b'{"codigo": "QQQ"}', b"<html/>"):
        assert boleta_finding(content).known is Known.CANNOT_TELL
