"""The vault: what is sealed opens in its own place only, and tells nothing."""

import hashlib
import os
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.orders.json import write_json
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.vault import Broken, Vault

KEY = bytes(range(32))
VAULT = Vault(KEY, os.urandom)
(ORDER,) = generate(1, 1, datetime(2026, 11, 23, tzinfo=UTC))
SEALED = VAULT.seal(1, "order", "key", ORDER)


def test_it_opens_in_its_place() -> None:
    opened = VAULT.open(1, "order", "key", SEALED.wrapped_key, SEALED.ciphertext)
    assert opened == write_json(ORDER)
    again = Vault(KEY, os.urandom).open(1, "order", "key", SEALED.wrapped_key, SEALED.ciphertext)
    assert again == opened


@pytest.mark.parametrize(
    ("tenant", "order", "key"), [(2, "order", "key"), (1, "other", "key"), (1, "order", "other")]
)
def test_it_opens_nowhere_else(tenant: int, order: str, key: str) -> None:
    with pytest.raises(Broken):
        VAULT.open(tenant, order, key, SEALED.wrapped_key, SEALED.ciphertext)
    with pytest.raises(Broken):
        Vault(bytes(32), os.urandom).open(1, "order", "key", SEALED.wrapped_key, SEALED.ciphertext)


@given(st.data())
def test_no_byte_of_it_may_change(data: st.DataObject) -> None:
    wrapped, content = bytearray(SEALED.wrapped_key), bytearray(SEALED.ciphertext)
    changed = data.draw(st.sampled_from([wrapped, content]))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Broken):
        VAULT.open(1, "order", "key", bytes(wrapped), bytes(content))


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_rubbish_is_refused(wrapped: bytes, content: bytes) -> None:
    with pytest.raises(Broken):
        VAULT.open(1, "order", "key", wrapped, content)


def test_the_same_order_is_told_by_its_hash_and_never_by_its_bytes() -> None:
    again = VAULT.seal(1, "order", "key", ORDER)
    assert again.hash == SEALED.hash
    assert again.ciphertext != SEALED.ciphertext and again.wrapped_key != SEALED.wrapped_key
    name = ORDER.customer.name.encode()
    assert name not in SEALED.ciphertext


def test_a_secret_opens_as_what_it_was_sealed_as_and_as_nothing_else() -> None:
    sealed = VAULT.seal_secret(1, "folio key", "id", b"-----BEGIN")
    assert VAULT.open_secret(1, "folio key", "id", sealed) == b"-----BEGIN"
    assert b"BEGIN" not in sealed
    assert VAULT.seal_secret(1, "folio key", "id", b"-----BEGIN") != sealed
    for place in ((2, "folio key", "id"), (1, "signing key", "id"), (1, "folio key", "other")):
        with pytest.raises(Broken):
            VAULT.open_secret(*place, sealed)
    with pytest.raises(Broken):
        Vault(bytes(32), os.urandom).open_secret(1, "folio key", "id", sealed)
    for n in range(len(sealed)):
        changed = sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :]
        with pytest.raises(Broken):
            VAULT.open_secret(1, "folio key", "id", changed)
    with pytest.raises(Broken):
        VAULT.open_secret(1, "folio key", "id", b"")


def test_people_are_found_by_a_keyed_hash() -> None:
    mail = "Sofia@Example.cl"
    assert VAULT.blind(1, "email", mail) == VAULT.blind(1, "email", " sofia@example.cl ")
    assert VAULT.blind(1, "email", mail) != VAULT.blind(2, "email", mail)
    assert VAULT.blind(1, "email", mail) != VAULT.blind(1, "phone", mail)
    assert VAULT.blind(1, "email", mail) != Vault(bytes(32), os.urandom).blind(1, "email", mail)
    customer = msgspec.structs.replace(ORDER.customer, tax_id=None, email=None, phone=None)
    nobody = msgspec.structs.replace(ORDER, customer=customer)
    assert VAULT.person(1, nobody) == VAULT.blind(1, "person", ORDER.key)


def test_a_master_key_has_its_length() -> None:
    with pytest.raises(ValueError, match="31 bytes"):
        Vault(bytes(31), os.urandom)


def test_what_is_sealed_was_packed_before() -> None:
    content = write_json(ORDER)
    assert len(SEALED.ciphertext) < len(content) / 2
    assert SEALED.hash == hashlib.sha256(content).digest()
