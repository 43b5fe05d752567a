"""Whether a document's signature is one: digested and verified from the file's own elements."""

import binascii
from base64 import b64decode
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha1, sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_der_x509_certificate
from lxml import etree

from mtd.simulators.clock import now_s

Node = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it
DS = "http://www.w3.org/2000/09/xmldsig#"
_DIGESTS = {
    f"{DS}sha1": sha1,
    "http://www.w3.org/2001/04/xmlenc#sha256": sha256,
}
_SIGNATURES = {
    f"{DS}rsa-sha1": SHA1,
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": SHA256,
}
_PLACE = "{*}UBLExtensions/{*}UBLExtension/{*}ExtensionContent/"


def signature_fault(root: Node, known: frozenset[str]) -> str | None:
    """The code of what is wrong with the signature; `known` are SHA-256 of certificates, or none.

    None when the document is as it was signed, by a certificate in force.
    """
    signature = root.find(f"{_PLACE}{{{DS}}}Signature")
    if signature is None:
        return "1059"
    try:
        der = b64decode("".join(signature.findtext(f".//{{{DS}}}X509Certificate", "").split()))
        certificate = load_der_x509_certificate(der)
        proof = b64decode("".join(signature.findtext(f"{{{DS}}}SignatureValue", "").split()))
    except (binascii.Error, ValueError):
        return "2336"
    moment = datetime.fromtimestamp(now_s(), UTC)
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        return "2327"
    if known and sha256(der).hexdigest() not in known:
        return "2325"
    key = certificate.public_key()
    signed_info = signature.find(f"{{{DS}}}SignedInfo")
    if not isinstance(key, RSAPublicKey) or signed_info is None:
        return "2336"
    return _altered(root, signed_info, key, proof)


def _altered(
    root: Node,
    signed_info: Node,
    key: RSAPublicKey,
    proof: bytes,
) -> str | None:
    references = signed_info.findall(f"{{{DS}}}Reference")
    if len(references) != 1 or references[0].get("URI") != "":
        return "2336"
    method = _algorithm(signed_info, "SignatureMethod")
    digesting = _algorithm(references[0], "DigestMethod")
    if method not in _SIGNATURES or digesting not in _DIGESTS:
        return "2336"
    # Of a copy without its signature: the only thing that the transform takes out.
    bare = deepcopy(root)
    holder = bare.find(_PLACE.rstrip("/"))
    twin = bare.find(f"{_PLACE}{{{DS}}}Signature")
    assert holder is not None and twin is not None
    holder.remove(twin)
    digest = _DIGESTS[digesting](etree.tostring(bare, method="c14n")).digest()
    told = "".join(references[0].findtext(f"{{{DS}}}DigestValue", "").split())
    try:
        if b64decode(told) != digest:
            return "2335"
        key.verify(
            proof, etree.tostring(signed_info, method="c14n"), PKCS1v15(), _SIGNATURES[method]()
        )
    except (InvalidSignature, binascii.Error):
        return "2335"
    return None


def _algorithm(element: Node, name: str) -> str:
    child = element.find(f"{{{DS}}}{name}")
    return "" if child is None else child.get("Algorithm", "")
