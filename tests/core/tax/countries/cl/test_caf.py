"""CAFs: imported only when the authority's signature and the key's other half hold."""

from base64 import b64decode
from datetime import date
from itertools import count
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
)

from mtd.core.tax.countries.cl.authority_keys import SII_KEYS
from mtd.core.tax.countries.cl.caf import (
    BadCaf,
    CafFile,
    expires_on,
    imported,
    stamp_key,
    usage_fault,
)
from mtd.core.tax.countries.cl.rsa import signature, verified
from mtd.runtime.rehearsal.forging import Authority, caf_file, new_key
from tests.core.tax.countries.cl.schemas import SCHEMAS, needs_schemas
from tests.core.tax.countries.cl.sealing import NAME, the_authority

ISSUER = "76111111-6"
DAY = date(2026, 8, 31)


def _file(key: RSAPrivateKey | None = None) -> bytes:
    return caf_file(the_authority(), ISSUER, "39", (11, 20), DAY, name=NAME, key=key)


def _imported(content: bytes, keys: Authority | None = None) -> CafFile:
    found = imported(content, (keys or the_authority()).keys)
    assert isinstance(found, CafFile), found
    return found


def _reason(content: bytes) -> str:
    found = imported(content, the_authority().keys)
    assert isinstance(found, BadCaf)
    return found.reason


def test_a_caf_says_what_it_authorises() -> None:
    caf = _imported(_file()).caf
    assert (caf.issuer, caf.name, caf.type_code) == (ISSUER, NAME, "39")
    assert (caf.first, caf.last, caf.authorised_on) == (11, 20, DAY)
    assert caf.environment == "authority 999"


def test_a_key_is_never_shown() -> None:
    found = _imported(_file())
    assert b"PRIVATE KEY" in found.private_key
    assert "PRIVATE" not in repr(found)
    assert "RSASK" not in repr(found)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b"<H>20</H>", b"<H>99</H>", "its FRMA is not the signature"),
        (b"<IDK>999<", b"<IDK>300<", "no key of the authority with the number 300"),
        (b"<D>11</D>", b"<D>21</D>", "RNG: its folios run from 1 on, and not backwards"),
        (b"<D>11</D>", b"<D>0</D>", "RNG: its folios run from 1 on"),
        (b"<D>11</D>", b"", "no good D"),
        (b"<RE>76111111-6", b"<RE>76111111-5", "no good RE"),
        (b"<FA>2026-08-31", b"<FA>2026-02-31", "no good FA"),
        (b"AUTORIZACION>", b"OTHER>", "is a OTHER, not an AUTORIZACION"),
        (b"<?xml version", b"<!DOCTYPE a [<!ENTITY b 'c'>]><?xml version", "has a DOCTYPE"),
        (b"BEGIN RSA", b"BEGIN ZZZ", "RSASK) cannot be read"),
        (b"CAF", b"FAC", "has no CAF element"),
    ],
)
def test_what_is_no_caf(before: bytes, after: bytes, reason: str) -> None:
    assert reason in _reason(_file().replace(before, after))


def test_another_range_s_key_is_refused() -> None:
    one, other = _file(), _file(key=new_key(1024))
    swapped = one[: one.index(b"<RSASK>")] + other[other.index(b"<RSASK>") :]
    assert "is not that of its public key" in _reason(swapped)


@pytest.mark.parametrize(
    ("authorised", "expires"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2026, 6, 1), date(2026, 12, 1)),
        (date(2027, 8, 31), date(2028, 2, 29)),
    ],
)
def test_a_caf_expires_after_six_months(authorised: date, expires: date) -> None:
    file = caf_file(the_authority(), ISSUER, "33", (1, 2), authorised)
    caf = _imported(file).caf
    assert expires_on(caf) == expires
    assert usage_fault(caf, ISSUER, "33", 1, expires) == f"expired on {expires} (CAF-3-517)"
    assert usage_fault(caf, ISSUER, "33", 1, date(expires.year, expires.month, 1)) is None or (
        expires.day == 1
    )


def test_a_folio_is_used_as_it_was_authorised() -> None:
    caf = _imported(_file()).caf
    assert usage_fault(caf, ISSUER, "39", 11, DAY) is None
    assert usage_fault(caf, ISSUER, "39", 20, DAY) is None
    assert "not 21" in (usage_fault(caf, ISSUER, "39", 21, DAY) or "")
    assert "not of 60803000-K" in (usage_fault(caf, "60803000-K", "39", 11, DAY) or "")
    assert "after 2026-08-30" in (usage_fault(caf, ISSUER, "39", 11, date(2026, 8, 30)) or "")


def _small_key() -> RSAPrivateKey:
    """RSA of 512 bits, as the SII's CAFs have them; the library loads them and makes none."""
    random = Random(512)

    def prime() -> int:
        for _ in count():
            candidate = random.getrandbits(256) | (3 << 254) | 1
            if all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5, 7, 11)):
                return candidate
        raise AssertionError

    p, q = prime(), prime()
    d = pow(65537, -1, (p - 1) * (q - 1))
    crt = (rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q))
    return RSAPrivateNumbers(p, q, d, *crt, RSAPublicNumbers(65537, p * q)).private_key()


def test_keys_of_512_bits_are_accepted() -> None:
    """And checked by hand: the signature to the power of e is PKCS#1's padding of the digest."""
    found = _imported(_file(key=_small_key()))
    key = stamp_key(found.private_key)
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == 512
    signed = signature(key, b"<DD></DD>")
    assert verified(found.caf.public_key, signed, b"<DD></DD>")
    numbers = key.public_key().public_numbers()
    opened = pow(int.from_bytes(signed), numbers.e, numbers.n).to_bytes(64)
    assert opened.startswith(b"\x00\x01\xff\xff")


@needs_schemas
@pytest.mark.parametrize("idk", [100, 300])
def test_the_authority_s_own_keys_are_those_it_published(idk: int) -> None:
    pem = (SCHEMAS.parent / "sii-keys" / f"{idk}.cer").read_bytes()
    lines = [line for line in pem.splitlines() if line and not line.startswith(b"-")]
    numbers = SII_KEYS[idk].public_numbers()
    assert numbers.n.bit_length() == 512
    assert numbers.n.to_bytes(64) in b64decode(b"".join(lines))
