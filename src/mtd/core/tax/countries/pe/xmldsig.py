"""XMLDSig as the SUNAT takes it: enveloped, C14N 1.0, RSA with SHA-256, the certificate along."""

from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

from mtd.core.tax.countries.pe.signer import Signer
from mtd.core.tax.countries.pe.xml import DS, scope

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256_URI = "http://www.w3.org/2001/04/xmlenc#sha256"

_PADDING = PKCS1v15()
_HASH = SHA256()


class Seal(Struct, frozen=True):
    """A signature as it stands in the document, and the digest that is printed."""

    text: str
    digest: str
    """*Valor resumen*: the document's SHA-256 in base64."""


def sealed(root: str, canonical: str, identifier: str, signer: Signer) -> Seal:
    """The signature over the whole document, `canonical` without it.

    The SignedInfo is canonical where it stands: everything that the document element declares is
    in its scope (C14N 1.0 §2.4). PKCS#1 v1.5 is deterministic.
    """
    digest = b64encode(sha256(canonical.encode()).digest()).decode()
    inner = (
        f'<ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
        f'<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{ENVELOPED}">'
        f'</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{SHA256_URI}">'
        f"</ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        "</ds:SignedInfo>"
    )
    signed_info = f"<ds:SignedInfo{scope(root)}>{inner}".encode()
    value = b64encode(signer.key.sign(signed_info, _PADDING, _HASH)).decode()
    text = (
        f'<ds:Signature Id="{identifier}"><ds:SignedInfo>{inner}'
        f"<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"
        f"<ds:X509Certificate>{signer.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        "</ds:Signature>"
    )
    return Seal(text, digest)
