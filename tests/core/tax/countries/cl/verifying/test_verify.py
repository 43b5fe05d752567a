"""`verify`: what is right passes, and each way of being wrong fails in the row that names it."""

import re
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.tax.countries.cl.authority_keys import SII_KEYS
from mtd.core.tax.countries.cl.verifying import Report, Schemas, Verdict, verify
from mtd.core.tax.markup import BYTES_MAX, MARKS_MAX
from mtd.runtime.sii_schemas import load
from tests.core.tax.countries.cl.asking import EVERY_TYPE, line, receipt
from tests.core.tax.countries.cl.schemas import SCHEMAS, needs_schemas
from tests.core.tax.countries.cl.sealing import in_envelope, of_type, sealed, the_authority

INVOICES = ("33", "34", "52", "56", "61")
BOLETAS = ("39", "41")
CHECKS = ["fields", "totals", "stamp", "caf", "signature", "certificate"]


def checked(content: bytes, schemas: Schemas | None = None) -> Report:
    return verify(content, the_authority().keys, schemas)


def failed(content: bytes) -> dict[str, tuple[str, ...]]:
    """The failed rows by name."""
    rows = checked(content).checks
    return {row.name: row.told for row in rows if row.verdict is Verdict.FAILED}


def envelope(codes: tuple[str, ...]) -> bytes:
    return in_envelope(*(of_type(code).content for code in codes))


@needs_schemas
@pytest.mark.parametrize("code", EVERY_TYPE)
def test_every_type_passes_every_check(code: str) -> None:
    report = checked(of_type(code).content, load(SCHEMAS).schemas)
    assert report.passed, [row for row in report.checks if row.verdict is not Verdict.OK]
    assert [row.name for row in report.checks] == ["readable", "schema", *CHECKS]


@needs_schemas
@pytest.mark.parametrize("codes", [INVOICES, BOLETAS], ids=["EnvioDTE", "EnvioBOLETA"])
def test_an_envelope_passes_every_check(codes: tuple[str, ...]) -> None:
    report = checked(envelope(codes), load(SCHEMAS).schemas)
    assert report.passed, [row for row in report.checks if row.verdict is not Verdict.OK]
    assert len(report.checks) == 2 + 3 + len(CHECKS) * len(codes)


@needs_schemas
def test_the_schema_is_held_against_the_file() -> None:
    schemas = load(SCHEMAS).schemas
    report = checked(of_type("39").content.replace(b"IndServicio", b"IndServicia"), schemas)
    (row,) = [row for row in report.checks if row.name == "schema"]
    assert row.verdict is Verdict.FAILED
    assert "IndServicia" in row.told[0]


def test_without_schemas_nothing_says_that_it_passed() -> None:
    report = checked(of_type("39").content)
    (row,) = [row for row in report.checks if row.name == "schema"]
    assert row.verdict is Verdict.NOT_CHECKED
    assert not report.passed
    assert not report.failed


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        (rb"<MntTotal>20980", rb"<MntTotal>20981", {"totals", "stamp", "signature"}),
        (rb"<MontoItem>19980", rb"<MontoItem>19900", {"totals", "signature"}),
        (rb"<NmbItem>Zap", rb"<NmbItem>Cap", {"signature"}),
        (rb"<MNT>20980", rb"<MNT>20981", {"stamp", "signature"}),
        (rb"<IT1>Zap", rb"<IT1>Cap", {"stamp", "signature"}),
        (rb"<H>1000<", rb"<H>9999<", {"stamp", "caf", "signature"}),
        (rb"<Folio>5<", rb"<Folio>6<", {"stamp", "signature"}),
        (rb"<RUTRecep>66666666-6", rb"<RUTRecep>66666666-7", {"fields", "stamp", "signature"}),
        (rb"<TmstFirma>2026", rb"<TmstFirma>2046", {"caf", "signature", "certificate"}),
        (rb"<DigestValue>.", rb"<DigestValue>/", {"signature"}),
        (rb"<SignatureValue>..", rb"<SignatureValue>//", {"signature"}),
        (rb"<FRMT([^>]*)>..", rb"<FRMT\1>//", {"stamp", "signature"}),
        (rb"<Modulus>....", rb"<Modulus>AAAA", {"signature"}),
        (rb"<X509Certificate>....", rb"<X509Certificate>AAAA", {"signature", "certificate"}),
        (rb"#rsa-sha1", rb"#rsa-sha0", {"signature"}),
        (rb"<Signature .*</Signature>", rb"", {"signature", "certificate"}),
        (rb"<TED .*</TED>", rb"", {"stamp", "caf", "signature"}),
        (rb'ID="T39F5"', rb'ID="T39F6"', {"signature"}),
    ],
)
def test_what_was_changed_is_seen_where_it_matters(
    before: bytes, after: bytes, rows: set[str]
) -> None:
    changed = re.sub(before, after, of_type("39").content, count=1, flags=re.DOTALL)
    assert changed != of_type("39").content
    assert set(failed(changed)) == rows


def test_a_folio_beyond_its_range_or_its_time() -> None:
    elsewhere = verify(of_type("39").content, SII_KEYS)
    (row,) = [row for row in elsewhere.checks if row.verdict is Verdict.FAILED]
    assert row.told == ("no key of the authority with the number 999 (IDK) is known",)


def test_a_signature_must_refer_to_what_is_read() -> None:
    """A second element of the same ID, signed, beside another that is read (wrapping)."""
    content = of_type("39").content
    twice = content.replace(b"<Encabezado>", b'<Encabezado ID="T39F5">', 1)
    assert "which 2 elements have" in failed(twice)["signature"][0]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b"<NroDTE>1<", b"<NroDTE>3<", "counts 3 documents of type 39; there are 1"),
        (b"<RutEmisor>7", b"<RutEmisor>8", "RutEmisor is no RUT"),
        (b"</SubTotDTE>", b"</SubTotDTE><SubTotDTE/>", ""),
    ],
)
def test_a_cover_that_says_otherwise(before: bytes, after: bytes, told: str) -> None:
    found = failed(envelope(BOLETAS).replace(before, after, 1))
    assert "signature" in found
    assert told in " ".join(found.get("cover", ()))


def test_an_envelope_with_a_folio_twice() -> None:
    twice = in_envelope(of_type("39").content, of_type("39").content)
    assert failed(twice) == {"cover": ("holds the folio 5 of type 39 2 times",)}


def test_a_document_changed_within_an_envelope_fails_by_its_name() -> None:
    content = envelope(BOLETAS).replace(b"<MntTotal>5000", b"<MntTotal>5001", 1)
    rows = [row for row in checked(content).checks if row.verdict is Verdict.FAILED]
    assert {(row.subject, row.name) for row in rows} == {
        ("envelope", "signature"),
        ("41/5 of 76111111-6", "totals"),
        ("41/5 of 76111111-6", "stamp"),
        ("41/5 of 76111111-6", "signature"),
    }


def test_a_comment_within_a_figure_changes_nothing_that_was_signed() -> None:
    content = of_type("39").content.replace(b"<MntTotal>20", b"<MntTotal>20<!-- x -->", 1)
    assert failed(content) == {}


def test_a_document_that_lost_its_namespace_is_still_its_own() -> None:
    content = of_type("39").content.replace(b' xmlns="http://www.sii.cl/SiiDte"', b"", 1)
    assert failed(content) == {}


def test_a_document_of_a_type_without_table_is_not_called_right() -> None:
    content = of_type("33").content.replace(b"<TipoDTE>33", b"<TipoDTE>46", 1)
    rows = {row.name: row.verdict for row in checked(content).checks}
    assert rows["fields"] is rows["totals"] is Verdict.NOT_CHECKED


BOMB = b"""<?xml version="1.0"?><!DOCTYPE DTE [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><DTE>&b;</DTE>"""
EXTERNAL = b'<!DOCTYPE DTE SYSTEM "file:///etc/passwd"><DTE/>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not well-formed"),
        (b"\x00\x01\x02", "is not well-formed"),
        (b"<DTE>", "is not well-formed"),
        (BOMB, "has a DOCTYPE"),
        (EXTERNAL, "has a DOCTYPE"),
        (EXTERNAL.decode().encode("utf-16"), "is not utf-8 as it claims"),
        (b'<?xml version="1.0" encoding="UTF-7"?><DTE/>', "declares the encoding utf-7"),
        (b'<?xml version="1.0" encoding="UTF-8"?><DTE>\xf1</DTE>', "is not utf-8 as it claims"),
        (b"<DTE>&undeclared;</DTE>", "is not well-formed"),
        (b"<a>" * 300 + b"</a>" * 300, "is not well-formed"),
        (b"<a>" + b"<b/>" * MARKS_MAX + b"</a>", "tags or attributes"),
        (b" " * (BYTES_MAX + 1), "is larger than 33,554,432 bytes"),
        (b"<html/>", "is a html, neither DTE"),
        (b"<DTE/>", "0 bodies"),
        (b"<EnvioDTE/>", "holds 0 documents"),
        (b"<EnvioDTE><SetDTE><DTE/></SetDTE></EnvioDTE>", "0 bodies"),
        (b"<EnvioBOLETA xmlns:x='y'><SetDTE><x:DTE/></SetDTE></EnvioBOLETA>", "stand by itself"),
    ],
    ids=range(17),
)
def test_hostile_files_are_refused_with_a_reason(content: bytes, reason: str) -> None:
    report = checked(content)
    assert [row.name for row in report.checks] == ["readable"]
    assert reason in report.checks[0].told[0]


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(content: bytes) -> None:
    assert not checked(content).passed
    assert not checked(b"<DTE>" + content + b"</DTE>").passed


@settings(max_examples=60)
@given(st.data())
def test_a_byte_changed_anywhere_is_seen(data: st.DataObject) -> None:
    """Anywhere in what is signed; around it the schema watches."""
    content = of_type("39").content
    begins = content.index(b"<Documento")
    ends = content.index(b"</Documento>")
    at = data.draw(st.integers(begins, ends - 1))
    other = data.draw(st.integers(0x21, 0x7E).filter(lambda byte: byte != content[at]))
    changed = content[:at] + bytes([other]) + content[at + 1 :]
    assert checked(changed).failed, (at, content[at - 20 : at + 20])


def test_a_large_envelope_is_checked_whole() -> None:
    documents = [sealed(receipt(line(990 + n)), n + 1).content for n in range(60)]
    report = checked(in_envelope(*documents))
    assert not report.failed
    assert len(report.checks) == 2 + 3 + len(CHECKS) * 60


def test_a_key_value_alone_proves_nothing() -> None:
    """The certificate is what names a person: another key's certificate must not pass."""
    from_other = b64encode(b"\x30\x03\x02\x01\x00")
    content = re.sub(
        rb"<X509Certificate>.*</X509Certificate>",
        b"<X509Certificate>" + from_other + b"</X509Certificate>",
        of_type("39").content,
        flags=re.DOTALL,
    )
    assert failed(content)["signature"] == ("its certificate cannot be read",)
