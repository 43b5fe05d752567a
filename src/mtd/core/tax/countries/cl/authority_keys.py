"""The SII's public keys that authorise folios, so that a CAF is checked off line."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

# Public numbers, which the SII published in the certificates 100.cer and 300.cer. Those expired in
# 2004 and claim X.509 version 4, which libraries refuse; the keys still sign CAFs.

CERTIFICATION_IDK = 100
PRODUCTION_IDK = 300

_EXPONENT = 65537
_MODULI = {
    CERTIFICATION_IDK: (
        "C8FBF00DCB21A55000A585522C5DE528A73E0CE16CC03AB1E5EA7DE4B2A28111"
        "E352FAEF8DCB7D51E349ABD4B105DCD4F67CF9E13115058C9F0154291B8C7153"
    ),
    PRODUCTION_IDK: (
        "9DEEBFC5EEBD96DF4C7CF53F1BFA15D85D73EF04C6718F8C07B3F785EFEE75E7"
        "B4EF5A3AE079C3265A900E45F602890AF6FB4FAFA2B8D6938F7F011C3585B335"
    ),
}

SII_KEYS: dict[int, RSAPublicKey] = {
    idk: RSAPublicNumbers(_EXPONENT, int(modulus, 16)).public_key()
    for idk, modulus in _MODULI.items()
}
"""By IDK. RSA of 512 bits: what a CAF proves is no more than that."""
