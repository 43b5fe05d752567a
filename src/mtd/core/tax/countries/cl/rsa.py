"""RSA with SHA-1 and PKCS#1 v1.5: the one signature algorithm of the SII."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1

_PADDING = PKCS1v15()
_HASH = SHA1()  # noqa: S303 the law's choice, not ours (xmldsignature_v10.xsd)


def signature(key: RSAPrivateKey, content: bytes) -> bytes:
    """The signature over `content`; deterministic. The interpreter is free meanwhile."""
    return key.sign(content, _PADDING, _HASH)


def verified(key: RSAPublicKey, signed: bytes, content: bytes) -> bool:
    """Whether `signed` is this key's signature over `content`."""
    try:
        key.verify(signed, content, _PADDING, _HASH)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
