"""Signatures as an independent library sees them: xmlsec for XMLDSig, X.509 for who signed."""

from base64 import b64decode
from binascii import Error as NoBase64

import xmlsec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    Certificate,
    ExtensionNotFound,
    NameOID,
    ObjectIdentifier,
    OtherName,
    SubjectAlternativeName,
    load_der_x509_certificate,
)
from lxml import etree

HOLDER_RUT = ObjectIdentifier("1.3.6.1.4.1.8321.1")
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
RSA_SHA1 = f"{DS}rsa-sha1"
SHA1 = f"{DS}sha1"
TRANSFORMS = frozenset({C14N, f"{DS}enveloped-signature"})

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it


class Unreadable(Exception):
    """What came is not XML that is read here."""


def parsed(content: bytes) -> Element:
    """The root of `content`; raises Unreadable. No DOCTYPE, entity or network."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
        raise Unreadable("a DOCTYPE is not read here")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(str(error)) from error


def signer_of(root: Element) -> Certificate | None:
    """The certificate in the root's own signature."""
    found = root.find(f"{{{DS}}}Signature//{{{DS}}}X509Certificate")
    try:
        text = "" if found is None else "".join((found.text or "").split())
        return load_der_x509_certificate(b64decode(text, validate=True)) if text else None
    except (ValueError, NoBase64):
        return None


def signature_fault(root: Element, target: Element | None) -> str | None:
    """Why the root's own signature does not hold over `target`; None: over the whole document."""
    signatures = root.findall(f"{{{DS}}}Signature")
    certificate = signer_of(root)
    if len(signatures) != 1 or certificate is None:
        return "there is not one signature with its certificate"
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < 1024:
        return "the certificate's key is no RSA of 1,024 bits or more"
    uri = "" if target is None else f"#{target.get('ID', '')}"
    if wrong := _profile_fault(root, signatures[0], uri):
        return wrong
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    der = certificate.public_bytes(Encoding.DER)
    try:
        context.key = xmlsec.Key.from_memory(der, xmlsec.constants.KeyDataFormatCertDer)
        context.verify(signatures[0])
    except xmlsec.Error as error:
        return f"it does not verify: {error}"
    return None


def rut_of(certificate: Certificate) -> str:
    """The holder's RUT, of the alternative names or the subject's serial number; else empty."""
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
        others = names.get_values_for_type(OtherName)
    except (ExtensionNotFound, ValueError):
        others = []
    for other in others:
        if other.type_id == HOLDER_RUT:
            return other.value[2:].decode("ascii", "replace").lstrip("0").upper()
    serials = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(serials[0].value).lstrip("0").upper() if serials else ""


def _profile_fault(root: Element, signature: Element, uri: str) -> str | None:
    """The restricted profile (xmldsignature_v10.xsd), over an element that no other can pose as."""
    info = signature.find(f"{{{DS}}}SignedInfo")
    references = [] if info is None else info.findall(f"{{{DS}}}Reference")
    if info is None or len(references) != 1 or references[0].get("URI") != uri:
        return f"it does not refer to {uri or 'the whole document'} alone"
    if uri and sum(each.get("ID") == uri[1:] for each in root.iter()) != 1:
        return f"there is not one element with the ID {uri[1:]}"
    transforms = references[0].findall(f"{{{DS}}}Transforms/{{{DS}}}Transform")
    algorithms = (
        _algorithm(info.find(f"{{{DS}}}CanonicalizationMethod")) == C14N,
        _algorithm(info.find(f"{{{DS}}}SignatureMethod")) == RSA_SHA1,
        _algorithm(references[0].find(f"{{{DS}}}DigestMethod")) == SHA1,
        len(transforms) == 1 and _algorithm(transforms[0]) in TRANSFORMS,
    )
    return None if all(algorithms) else "its algorithms are not those of the profile"


def _algorithm(element: Element | None) -> str | None:
    return None if element is None else element.get("Algorithm")
