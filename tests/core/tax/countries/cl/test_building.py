"""Signed documents of all types, held against libxml2, xmlsec and the authority's schemas."""

import re
from base64 import b64decode
from datetime import timedelta

import pytest
import xmlsec
from lxml import etree

from mtd.core.tax.countries.cl.building import build
from mtd.core.tax.countries.cl.formats.transport import TAGS_2026
from mtd.core.tax.countries.cl.rsa import verified
from mtd.core.tax.countries.cl.xml import SII
from mtd.core.tax.countries.cl.xmldsig import token_request
from mtd.core.tax.issuing import Invalid
from tests.core.tax.countries.cl.asking import EVERY_TYPE, NOON, invoice, line, planned, receipt
from tests.core.tax.countries.cl.schemas import SCHEMAS, needs_schemas
from tests.core.tax.countries.cl.sealing import (
    folios,
    in_envelope,
    of_type,
    sealed,
    the_signer,
)

DS = "{http://www.w3.org/2000/09/xmldsig#}"
INVOICES = ("33", "34", "52", "56", "61")
BOLETAS = ("39", "41")


def verified_by_xmlsec(content: bytes) -> bool:
    """By the certificate and not by us: the document's own signature."""
    root = etree.fromstring(content)
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    signature = next(root.iterchildren(f"{DS}Signature"))
    der = b64decode("".join(signature.findtext(f".//{DS}X509Certificate", "").split()))
    context.key = xmlsec.Key.from_memory(der, xmlsec.constants.KeyDataFormatCertDer)
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


@pytest.mark.parametrize("code", EVERY_TYPE)
def test_a_document_verifies_by_itself(code: str) -> None:
    assert verified_by_xmlsec(of_type(code).content)


@pytest.mark.parametrize("code", EVERY_TYPE)
def test_a_changed_document_does_not(code: str) -> None:
    content = of_type(code).content
    assert not verified_by_xmlsec(content.replace(b"<MntTotal>", b"<MntTotal>1", 1))


@pytest.mark.parametrize("code", EVERY_TYPE)
def test_what_is_written_is_canonical(code: str) -> None:
    """libxml2's C14N of the file is the file, but for the CAF's quotation marks."""
    text = of_type(code).content.decode("iso-8859-1").partition("\n")[2]
    ours = text.replace("&apos;", "'").replace("&quot;", '"')
    assert etree.tostring(etree.fromstring(text), method="c14n").decode() == ours


@pytest.mark.parametrize("code", EVERY_TYPE)
def test_the_stamp_verifies_over_its_flattened_description(code: str) -> None:
    artifact = of_type(code)
    assert artifact.verification.encode("iso-8859-1") in artifact.content
    described = re.search("<DD>.*</DD>", artifact.verification)
    proof = re.search("<FRMT[^>]*>(.*)</FRMT>", artifact.verification)
    assert described is not None
    assert proof is not None
    key = folios(code).caf.public_key
    content = described[0].encode("iso-8859-1")
    assert verified(key, b64decode(proof[1]), content)
    assert not verified(key, b64decode(proof[1]), content.replace(b"<F>5<", b"<F>6<"))


def test_the_same_arguments_make_the_same_bytes() -> None:
    assert sealed(EVERY_TYPE["33"]) == sealed(EVERY_TYPE["33"])
    assert sealed(EVERY_TYPE["33"], 6).content != sealed(EVERY_TYPE["33"], 7).content


def test_a_folio_outside_its_range_is_refused() -> None:
    plan = planned(EVERY_TYPE["33"])
    found = build(plan, 1_001, folios("33"), the_signer(), NOON)
    assert isinstance(found, Invalid)
    assert str(found.faults[0]) == "TED/DD/CAF: holds the folios 1 to 1000, not 1001"
    other = build(plan, 1, folios("39"), the_signer(), NOON)
    assert isinstance(other, Invalid)
    assert "is for type 39, not 33" in str(other.faults[0])
    late = build(plan, 1, folios("33"), the_signer(), NOON + timedelta(days=155))
    assert isinstance(late, Invalid)
    assert "expired on 2027-05-01 (CAF-3-517)" in str(late.faults[0])
    later = build(plan, 1, folios("33"), the_signer(), NOON - timedelta(days=365, seconds=1))
    assert isinstance(later, Invalid)


def test_hostile_text_is_carried_as_text() -> None:
    name = "</NmbItem>&amp;<!--]]>&#0;'\"\r\n日本 👟"
    content = sealed(receipt(line(10, description=name))).content
    assert verified_by_xmlsec(content)
    item = etree.fromstring(content).findtext(f".//{{{SII}}}NmbItem")
    assert item == "</NmbItem>&amp;<!--]]>&#0;'\" ?? ?"


def _without_2026(content: bytes) -> etree._Element:  # pyright: ignore[reportPrivateUsage]
    root = etree.fromstring(content)
    for element in [e for e in root.iter() if etree.QName(e).localname in TAGS_2026]:
        element.getparent().remove(element)  # pyright: ignore[reportOptionalMemberAccess]
    return root


@needs_schemas
@pytest.mark.parametrize(
    ("codes", "schema"), [(INVOICES, "EnvioDTE_v10.xsd"), (BOLETAS, "EnvioBOLETA_v11.xsd")]
)
def test_every_type_passes_the_authority_s_schema(codes: tuple[str, ...], schema: str) -> None:
    """But for the four fields of 2026, which no public schema has."""
    envelope = in_envelope(*(of_type(code).content for code in codes))
    validator = etree.XMLSchema(etree.parse(SCHEMAS / schema))
    assert validator.validate(_without_2026(envelope)), validator.error_log


@pytest.mark.parametrize("codes", [INVOICES, BOLETAS], ids=["EnvioDTE", "EnvioBOLETA"])
def test_an_envelope_verifies_in_place_and_keeps_its_documents(codes: tuple[str, ...]) -> None:
    documents = [of_type(code).content for code in codes]
    envelope = in_envelope(*documents)
    assert verified_by_xmlsec(envelope)
    assert not verified_by_xmlsec(envelope.replace(b"<NroDTE>1<", b"<NroDTE>2<", 1))
    for document in documents:
        assert document.partition(b"\n")[2] in envelope


def test_an_envelope_holds_one_channel_s_documents_within_bounds() -> None:
    boleta, factura = of_type("39").content, of_type("33").content
    with pytest.raises(ValueError, match="not 1 boletas and 1 others"):
        in_envelope(boleta, factura)
    with pytest.raises(ValueError, match="1 to 500 boletas"):
        in_envelope(*[boleta] * 501)
    with pytest.raises(ValueError, match="not 0 boletas and 0 others"):
        in_envelope()
    assert in_envelope(*[boleta] * 500).count(b"<DTE ") == 500
    with pytest.raises(ValueError, match="`build` made"):
        in_envelope(b"<DTE/>")


def test_a_token_request_verifies() -> None:
    request = token_request("032817463521", the_signer())
    assert verified_by_xmlsec(request)
    assert not verified_by_xmlsec(request.replace(b"0328", b"0329"))
    with pytest.raises(ValueError, match="a seed is a number"):
        token_request("<x/>", the_signer())


def test_a_gross_invoice_with_its_rounding_verifies() -> None:
    assert verified_by_xmlsec(sealed(invoice(line(681))).content)
