"""Certificates: loaded from PKCS#12, and whose they are."""

from datetime import timedelta

import pytest

from mtd.core.tax.certificate import BadCertificate, in_force
from mtd.core.tax.countries.cl.certificate import Signer, from_pkcs12, holder_rut, signer
from mtd.runtime.rehearsal.forging import certificate, new_key, pkcs12_file
from tests.core.tax.countries.cl.asking import NOON
from tests.core.tax.countries.cl.sealing import SENDER, the_signer


@pytest.mark.parametrize("alternative", [True, False])
def test_the_holder_is_named_in_either_place(alternative: bool) -> None:
    made = certificate(the_signer().key, SENDER, NOON, alternative=alternative)
    assert holder_rut(made) == SENDER


def test_a_pkcs12_file_opens_with_its_password_only() -> None:
    key = the_signer().key
    file = pkcs12_file(key, certificate(key, SENDER, NOON), b"clave")
    found = from_pkcs12(file, b"clave")
    assert isinstance(found, Signer)
    assert found.rut == SENDER
    wrong = BadCertificate("is no PKCS#12 file, or the password is wrong")
    assert from_pkcs12(file, b"otra") == wrong
    assert from_pkcs12(b"\x30\x82", b"") == wrong


def test_a_certificate_belongs_to_its_key_and_names_a_rut() -> None:
    made = certificate(the_signer().key, SENDER, NOON)
    assert signer(new_key(1024), made) == BadCertificate("is not that of the key")
    nameless = certificate(the_signer().key, "1-1", NOON)
    assert signer(the_signer().key, nameless) == BadCertificate("names no RUT of its holder")


def test_a_certificate_signs_while_it_is_in_force() -> None:
    day = timedelta(days=1)
    assert in_force(the_signer(), NOON)
    assert not in_force(the_signer(), NOON + 366 * day)
    assert not in_force(the_signer(), NOON - 366 * day)


def test_a_key_is_never_shown() -> None:
    assert repr(the_signer()) == "Signer(12345678-5, until 2027-11-27)"
