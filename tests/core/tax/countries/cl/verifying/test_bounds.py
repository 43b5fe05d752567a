"""`verify` of what no number, date, key or certificate can be: a failed row, no error of ours."""

import re
from base64 import b64decode, b64encode

import pytest

from tests.core.tax.countries.cl.sealing import of_type
from tests.core.tax.countries.cl.verifying.test_verify import BOLETAS, checked, envelope, failed

OUT_OF_BOUNDS = {
    "an exponent": (rb"<PrcItem>[^<]*", b"<PrcItem>1e999999999", "fields"),
    "a quantity's exponent": (rb"<QtyItem>[^<]*", b"<QtyItem>1E+999999999", "fields"),
    "a rate below nothing": (
        rb"<TasaIVA>[^<]*(.*?)<NroLinDet>",
        rb"<TasaIVA>-100\1<NroLinDet>",
        "totals",
    ),
    "a signature of the year 1": (
        rb"<TmstFirma>[^<]*",
        b"<TmstFirma>0001-01-01T00:00:00+14:00",
        "certificate",
    ),
    "of the year 9999": (rb"<TmstFirma>[^<]*", b"<TmstFirma>9999-12-31T23:59:59", "certificate"),
    "an authorisation of the year 9999": (rb"<FA>[^<]*", b"<FA>9999-12-31", "caf"),
    "no exponent": (rb"<E>[^<]*", b"<E>AA==", "stamp"),
    "an exponent beyond the modulus": (rb"<E>[^<]*", b"<E>" + b"/" * 2_000, "stamp"),
    "no modulus": (rb"<M>[^<]*", b"<M>AA==", "caf"),
    "a modulus without end": (rb"<M>[^<]*", b"<M>" + b"/" * 15_000, "caf"),
}


@pytest.mark.parametrize("what", OUT_OF_BOUNDS)
def test_what_no_number_or_date_can_be_fails_its_row(what: str) -> None:
    before, after, row = OUT_OF_BOUNDS[what]
    content = re.sub(before, after, of_type("33").content, count=1, flags=re.DOTALL)
    assert content != of_type("33").content
    assert row in failed(content)


CERTIFICATE = re.compile(rb"<X509Certificate>(.*)</X509Certificate>", re.DOTALL)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_certificate_with_any_byte_changed_is_read_or_refused() -> None:
    """Its parts are read when they are asked for, and each in its own way may be none."""
    content = of_type("39").content
    ((written, encoded),) = [(one[0], b64decode(one[1])) for one in CERTIFICATE.finditer(content)]
    for at, byte in enumerate(encoded):
        changed = encoded[:at] + bytes([byte ^ 0xFF]) + encoded[at + 1 :]
        inside = b"<X509Certificate>" + b64encode(changed) + b"</X509Certificate>"
        assert set(failed(content.replace(written, inside))) <= {"signature", "certificate"}, at


def test_a_certificate_that_issued_itself_did_so() -> None:
    """Of another issuer's nothing can be asked off line; of this one's own key it can."""
    content = of_type("39").content
    found = CERTIFICATE.search(content)
    assert found
    encoded = b64decode(found[1])
    changed = encoded[:-1] + bytes([encoded[-1] ^ 1])
    told = failed(content.replace(found[1], b64encode(changed)))
    assert set(told) == {"certificate"}
    assert "did not sign this" in told["certificate"][0]


def test_who_sends_an_envelope_signs_it() -> None:
    """Each could be right by itself: only together they say who answers for the sending."""
    told = failed(envelope(BOLETAS).replace(b"<RutEnvia>12345678-5", b"<RutEnvia>11111111-1", 1))
    assert told["certificate"] == ("is of 12345678-5, but RutEnvia is 11111111-1",)


def test_another_encoding_than_the_authority_s_is_told() -> None:
    content = of_type("33").content
    text = content.decode("iso-8859-1").replace("ISO-8859-1", "UTF-8", 1)
    (row,) = [row for row in checked(text.encode()).checks if row.name == "readable"]
    assert row.told == ("is in utf-8, where the SII asks for ISO-8859-1",)
    (row,) = [row for row in checked(content).checks if row.name == "readable"]
    assert not row.told
    assert "signature" in failed(text.replace("UTF-8", "ISO-8859-1", 1).encode())
