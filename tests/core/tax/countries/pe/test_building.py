"""Signed documents, held against libxml2 and xmlsec, which share nothing with us."""

from base64 import b64decode
from datetime import timedelta

import pytest
import xmlsec
from cryptography.x509 import load_der_x509_certificate
from lxml import etree

from mtd.core.tax.countries.pe.building import NUMBER_MAX, build, file_name
from mtd.core.tax.countries.pe.xml import DS
from mtd.core.tax.issuing import FiscalNumber, Invalid
from tests.core.tax.countries.pe.asking import (
    EVERY_SHAPE,
    NOON,
    planned,
    receipt,
    sealed,
    the_signer,
)

NUMBER = FiscalNumber("SUNAT", "B001", 7)


def verified_by_xmlsec(content: bytes) -> bool:
    """By the certificate, and the whole document but its signature."""
    root = etree.fromstring(content)
    signature = root.find(f".//{{{DS}}}Signature")
    assert signature is not None
    context = xmlsec.SignatureContext()
    der = b64decode(signature.findtext(f".//{{{DS}}}X509Certificate", ""))
    context.key = xmlsec.Key.from_memory(der, xmlsec.constants.KeyDataFormatCertDer)
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_a_document_verifies(shape: str) -> None:
    assert verified_by_xmlsec(sealed(EVERY_SHAPE[shape]).content)


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_a_changed_document_does_not(shape: str) -> None:
    content = sealed(EVERY_SHAPE[shape]).content
    for before, after in ((b"PayableAmount currencyID", b'PayableAmount x="" currencyID'),):
        assert not verified_by_xmlsec(content.replace(before, after))
    assert not verified_by_xmlsec(content.replace(b"CON ", b"con ", 1))


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_what_is_written_is_canonical(shape: str) -> None:
    text = sealed(EVERY_SHAPE[shape]).content.partition(b"\n")[2]
    assert etree.tostring(etree.fromstring(text), method="c14n") == text


def test_the_same_arguments_make_the_same_bytes() -> None:
    assert sealed(receipt()) == sealed(receipt())


def test_the_signature_stands_where_it_is_looked_for() -> None:
    root = etree.fromstring(sealed(receipt()).content)
    uri = root.findtext(".//{*}DigitalSignatureAttachment//{*}URI", "")
    signature = root.find(f"./{{*}}UBLExtensions/{{*}}UBLExtension/{{*}}ExtensionContent/{{{DS}}}*")
    assert signature is not None
    assert uri == f"#{signature.get('Id')}"
    der = b64decode(signature.findtext(f".//{{{DS}}}X509Certificate", ""))
    assert load_der_x509_certificate(der).not_valid_after_utc == the_signer().not_after


def test_the_code_says_what_the_document_says() -> None:
    artifact = sealed(EVERY_SHAPE["invoice"])
    digest = etree.fromstring(artifact.content).findtext(f".//{{{DS}}}DigestValue", "")
    assert artifact.verification == (
        f"20100070970|01|F001|7|19.40|127.17|2026-11-27|6|20131312955|{digest}"
    )


def test_nobody_in_particular_is_a_dash() -> None:
    assert sealed(receipt()).verification.split("|")[7:9] == ["-", "-"]


@pytest.mark.parametrize("number", [0, NUMBER_MAX + 1])
def test_a_number_has_one_to_eight_figures(number: int) -> None:
    taken = FiscalNumber("SUNAT", "B001", number)
    found = build(planned(receipt()), taken, the_signer(), NOON)
    assert isinstance(found, Invalid)
    assert found.faults[0].field == "ID"


def test_a_certificate_signs_only_while_it_is_in_force() -> None:
    late = NOON + timedelta(days=400)
    found = build(planned(receipt()), NUMBER, the_signer(), late)
    assert isinstance(found, Invalid)
    assert "is not in force" in str(found.faults[0])


def test_the_file_is_named_as_it_names_itself() -> None:
    assert file_name("20100070970", "03", NUMBER) == "20100070970-03-B001-7"


def test_no_key_is_shown() -> None:
    assert str(the_signer()) == f"Signer(until {the_signer().not_after:%Y-%m-%d})"
