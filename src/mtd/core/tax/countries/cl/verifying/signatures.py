"""XMLDSig in the SII's restricted profile, verified over what is read and nothing else."""

from base64 import b64decode
from binascii import Error as NoBase64
from hashlib import sha1

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate
from lxml import etree
from msgspec import Struct

from mtd.core.tax.certificate import KEY_BITS_MAX
from mtd.core.tax.countries.cl.certificate import KEY_BITS_MIN
from mtd.core.tax.countries.cl.rsa import verified
from mtd.core.tax.countries.cl.verifying.certificates import certificate_of, key_of
from mtd.core.tax.countries.cl.verifying.filing import (
    Document,
    File,
    child_text,
    children,
    first,
    local,
    namespaced,
)
from mtd.core.tax.countries.cl.xmldsig import C14N, ENVELOPED, RSA_SHA1, SHA1
from mtd.core.tax.locating import apex, canonical, spans
from mtd.core.tax.markup import Element, Read, read


class Signature(Struct, frozen=True):
    """What came of one signature."""

    fault: str | None
    certificate: Certificate | None = None


def document_signature(document: Document) -> Signature:
    """The document's own, with the document taken out of any envelope.

    Some files hold a document whose namespace was lost when it was taken out of its envelope,
    and some one that never had any: where none is declared, both are tried.
    """
    found = _checked(document.root, document.body)
    if found.fault is None or etree.QName(document.root).namespace:
        return found
    again = read(namespaced(document.source))
    body = first(again.root, local(document.body)) if isinstance(again, Read) else None
    if not isinstance(again, Read) or body is None:
        return found
    named = _checked(again.root, body)
    return found if named.fault else named


def set_signature(file: File) -> Signature:
    """The envelope's, in its context."""
    body = first(file.root, "SetDTE")
    return Signature("there is no SetDTE") if body is None else _checked(file.root, body)


def _checked(root: Element, body: Element) -> Signature:
    found = list(children(root, "Signature"))
    if len(found) != 1:
        return Signature(f"there are {len(found)} signatures, not one")
    signature = found[0]
    certificate = _certificate(signature)
    if certificate is None:
        return Signature("its certificate cannot be read")
    return Signature(_fault(root, body, signature, certificate), certificate)


def _fault(root: Element, body: Element, signature: Element, holder: Certificate) -> str | None:
    info = first(signature, "SignedInfo")
    key = key_of(holder)
    if info is None or key is None:
        return "there is no SignedInfo, or its key is not RSA"
    if not KEY_BITS_MIN <= key.key_size <= KEY_BITS_MAX:
        return f"its key has {key.key_size} bits"
    if wrong := _profile_fault(root, body, info) or _key_value_fault(signature, key):
        return wrong
    whole = canonical(root)
    digest = sha1(_form(whole, root, body)).digest()  # noqa: S324 the law's choice
    if digest != _decoded(child_text(first(info, "Reference"), "DigestValue")):
        return "what was signed was changed: its digest is another"
    signed = _decoded(child_text(signature, "SignatureValue"))
    form = _form(whole, signature, info, local(root))
    if not signed or not form or not verified(key, signed, form):
        return "is not that of the certificate's key"
    return None


def _profile_fault(root: Element, body: Element, info: Element) -> str | None:
    """The algorithms the SII allows, and a reference to the very element that is read."""
    references = list(children(info, "Reference"))
    if len(references) != 1:
        return f"has {len(references)} references, not one"
    reference = references[0]
    transforms = [
        transform.get("Algorithm")
        for group in children(reference, "Transforms")
        for transform in children(group, "Transform")
    ]
    told = (
        _algorithm(info, "CanonicalizationMethod") == C14N,
        _algorithm(info, "SignatureMethod") == RSA_SHA1,
        _algorithm(reference, "DigestMethod") == SHA1,
        len(transforms) <= 1 and set(transforms) <= {C14N, ENVELOPED},
    )
    if not all(told):
        return "uses algorithms outside of the SII's profile"
    name = body.get("ID")
    if not name or reference.get("URI") != f"#{name}":
        return f"does not refer to the {local(body)} that is read"
    same = sum(element.get("ID") == name for element in root.iter())
    return None if same == 1 else f"refers to the ID {name!r:.60}, which {same} elements have"


def _key_value_fault(signature: Element, key: RSAPublicKey) -> str | None:
    told = first(first(first(signature, "KeyInfo"), "KeyValue"), "RSAKeyValue")
    modulus, exponent = (_decoded(child_text(told, tag)) for tag in ("Modulus", "Exponent"))
    numbers = key.public_numbers()
    same = (int.from_bytes(modulus), int.from_bytes(exponent)) == (numbers.n, numbers.e)
    return None if same else "its KeyValue is not the certificate's key"


def _form(whole: bytes, parent: Element, element: Element, *above: str) -> bytes:
    """The canonical form of the only element of that name under its parent."""
    places = spans(whole, (*above, local(parent), local(element)))
    if len(places) != 1:
        return b""
    return apex(whole, places[0], dict(parent.nsmap))


def _algorithm(element: Element, name: str) -> str | None:
    method = first(element, name)
    return None if method is None else method.get("Algorithm")


def _certificate(signature: Element) -> Certificate | None:
    told = first(first(signature, "KeyInfo"), "X509Data")
    return certificate_of(_decoded(child_text(told, "X509Certificate")))


def _decoded(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (NoBase64, ValueError):
        return b""
