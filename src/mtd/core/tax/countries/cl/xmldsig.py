"""XMLDSig in the SII's restricted profile, written in canonical form from the first byte."""

from hashlib import sha1

from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.countries.cl.rsa import signature
from mtd.core.tax.countries.cl.xml import base64, base64_lines

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
RSA_SHA1 = f"{DS}rsa-sha1"
SHA1 = f"{DS}sha1"


def signed(canonical: str, uri: str, signer: Signer, scope: str = "") -> str:
    """The `Signature` element over `canonical`, which `uri` points to.

    `scope` is what the surroundings declare besides the default namespace, as canonical XML
    writes it: it enters the SignedInfo too (C14N 1.0 §2.3). Of a document by itself it is empty;
    of an envelope it is its `xmlns:xsi`.
    """
    digest = base64(sha1(canonical.encode()).digest())  # noqa: S324 the law's choice
    inner = (
        f'<CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{RSA_SHA1}"></SignatureMethod>'
        f'<Reference URI="{uri}">'
        f'<Transforms><Transform Algorithm="{C14N if uri else ENVELOPED}"></Transform></Transforms>'
        f'<DigestMethod Algorithm="{SHA1}"></DigestMethod><DigestValue>{digest}</DigestValue>'
        "</Reference></SignedInfo>"
    )
    value = signature(signer.key, f'<SignedInfo xmlns="{DS}"{scope}>{inner}'.encode())
    return (
        f'<Signature xmlns="{DS}">\n<SignedInfo>{inner}\n'
        f"<SignatureValue>{base64_lines(value)}</SignatureValue>\n{signer.key_info}\n</Signature>"
    )


def token_request(seed: str, signer: Signer) -> bytes:
    """What is exchanged for a token (autenticación automática v1.9, §4.1): enveloped, URI ""."""
    if not (seed.isdecimal() and seed.isascii()):
        raise ValueError("a seed is a number")
    inner = f"<item><Semilla>{seed}</Semilla></item>"
    signature_text = signed(f"<getToken>{inner}</getToken>", "", signer)
    return f'<?xml version="1.0"?>\n<getToken>{inner}{signature_text}</getToken>'.encode("ascii")
