"""Hostile input at every door where a tax document, a CAF or an authority's answer is read.

Each is refused with a reason, or says nothing, within bounded time and memory.
"""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from mtd.core.tax.countries.cl.answers.boletas import (
    boleta_finding,
    boleta_outcomes,
    boleta_standing,
    boleta_upload_answer,
)
from mtd.core.tax.countries.cl.answers.replies import register_of, reply_of, seed_of, token_of
from mtd.core.tax.countries.cl.answers.upload import upload_answer
from mtd.core.tax.countries.cl.caf import BadCaf, imported
from mtd.core.tax.countries.cl.verifying import Schemas, verify
from mtd.core.tax.issuing import Known, OutcomeState, SubmissionState
from tests.core.tax.countries.cl.sealing import in_envelope, of_type, the_authority

MEBIBYTE = 1024 * 1024
SECONDS_MAX = 10.0
TIMES_MAX = 4
"""Memory that a reader may take, in sizes of what it is given, beside MEMORY_MIN."""
MEMORY_MIN = 200 * MEBIBYTE

LEVELS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
SOUND = in_envelope(of_type("39").content)


def wrapped(doctype: str, body: str = "&e9;") -> bytes:
    return f'<?xml version="1.0"?>{doctype}<DTE>{body}</DTE>'.encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "an entity bomb": lambda: wrapped(f'<!DOCTYPE DTE [<!ENTITY e0 "ha">{LEVELS}]>'),
    "a quadratic bomb": lambda: wrapped(
        f'<!DOCTYPE DTE [<!ENTITY e9 "{"a" * 50_000}">]>', "&e9;" * 50_000
    ),
    "an external entity": lambda: wrapped(
        '<!DOCTYPE DTE [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>'
    ),
    "an external DTD": lambda: wrapped('<!DOCTYPE DTE SYSTEM "http://127.0.0.1:9/x.dtd">', ""),
    "a parameter entity": lambda: wrapped(
        '<!DOCTYPE DTE [<!ENTITY % a SYSTEM "file:///x"> %a;]>', ""
    ),
    "a DOCTYPE in UTF-16": lambda: (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE DTE [<!ENTITY e9 "x">]><DTE>&e9;</DTE>'
    ).encode("utf-16"),
    "UTF-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?><DTE>+ADw-a/+AD4-</DTE>',
    "not what it claims": lambda: b'<?xml version="1.0" encoding="UTF-8"?><DTE>\xf1</DTE>',
    "NUL": lambda: SOUND.replace(b"<Folio>", b"<Folio>\0", 1),
    "100 MB of text": lambda: wrapped("", "a" * 100 * MEBIBYTE),
    "100 MB of tags": lambda: wrapped("", "<a/>" * (25 * MEBIBYTE)),
    "100 MB of nothing": lambda: b" " * 100 * MEBIBYTE,
    "deep nesting": lambda: wrapped("", "<a>" * 100_000 + "</a>" * 100_000),
    "many attributes": lambda: wrapped(
        "", "<a " + " ".join(f'b{n}=""' for n in range(300_000)) + "/>"
    ),
    "JSON, deeply nested": lambda: b"[" * 1_000_000,
    "a number without end": lambda: b'{"trackid": ' + b"9" * 2_000_000 + b"}",
    "half of it": lambda: SOUND[: len(SOUND) // 2],
    "empty": lambda: b"",
}


def _verify(content: bytes) -> bool:
    report = verify(content, the_authority().keys, Schemas())
    return not report.passed and any(check.told for check in report.checks)


def _boletas(content: bytes) -> bool:
    (outcome,) = boleta_outcomes(content, [("39", "5")]).values()
    silent = boleta_standing(content) is None
    return silent and outcome.state is OutcomeState.UNKNOWN


DOORS: dict[str, Callable[[bytes], bool]] = {
    "verify": _verify,
    "a CAF": lambda content: isinstance(imported(content, the_authority().keys), BadCaf),
    "an upload's answer": lambda content: upload_answer(content).state is SubmissionState.UNKNOWN,
    "a seed's answer": lambda content: seed_of(content) is None and token_of(content) is None,
    "a question's answer": lambda content: reply_of(content) is None,
    "the register's answer": lambda content: register_of(content) is None,
    "a boleta's upload": lambda content: (
        boleta_upload_answer(content).state is SubmissionState.UNKNOWN
    ),
    "boletas' standing": _boletas,
    "one boleta": lambda content: boleta_finding(content).known is Known.CANNOT_TELL,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_at_every_door_within_bounds(name: str) -> None:
    content = HOSTILE[name]()
    for door, refuses in DOORS.items():
        tracemalloc.start()
        began_s = time.perf_counter()
        assert refuses(content), (door, name)
        took_s = time.perf_counter() - began_s
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert took_s < SECONDS_MAX, (door, took_s)
        assert peak < MEMORY_MIN + TIMES_MAX * min(len(content), 40 * MEBIBYTE), (door, peak)


TAMPERED = {
    "an amount": (b"<MntTotal>", b"<MntTotal>9"),
    "a line": (b"<NmbItem>", b"<NmbItem>Otro "),
    "the stamp": (b"<IT1>", b"<IT1>Otro "),
    "the CAF": (b"<RNG><D>1<", b"<RNG><D>0<"),
    "the signature's digest": (b"<DigestValue>", b"<DigestValue>AA"),
    "the cover": (b"<RutReceptor>60803000-K", b"<RutReceptor>76111111-6"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_document_that_was_tampered_with_does_not_pass(what: str) -> None:
    before, after = TAMPERED[what]
    assert before in SOUND
    report = verify(SOUND.replace(before, after, 1), the_authority().keys, Schemas())
    assert report.failed
    assert any(check.told for check in report.checks)
