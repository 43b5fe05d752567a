"""The vault: what is personal or secret is sealed with a key of its own, and that with ours.

AES-256-GCM throughout. Erasing a person deletes their keys: every copy of their data, in
backups too, is noise from then on. People are found by a keyed hash, never by their data.
"""

import hashlib
import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.store.arriving.arrival import Sealed
from mtd.store.packing import pack, unpack

KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16
"""A wrapped key with its nonce and tag."""
BLIND_BYTES = 16
"""Of a keyed hash that people are searched by."""


class Broken(Exception):
    """What was sealed does not open: another key, or other bytes, than those it was sealed with."""


class Vault:
    """Seals and opens orders' contents; `chance` gives random bytes."""

    def __init__(self, master_key: bytes, chance: Callable[[int], bytes]) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"the master key has {len(master_key)} bytes, not {KEY_BYTES}")
        self._wrapping = AESGCM(_derived(master_key, b"wrap person keys"))
        self._guarding = AESGCM(_derived(master_key, b"wrap secrets"))
        self._blinding = _derived(master_key, b"blind index")
        self._chance = chance

    def seal(self, tenant: int, order_id: str, key_id: str, order: PurchaseOrder) -> Sealed:
        """`order` sealed with a fresh key of its buyer, as version 1 of order `order_id`."""
        content = write_json(order)
        key = self._chance(KEY_BYTES)
        wrapped = self._locked(self._wrapping, key, _bound(tenant, key_id))
        return Sealed(
            person=self.person(tenant, order),
            key_id=key_id,
            wrapped_key=wrapped,
            ciphertext=self._locked(AESGCM(key), pack(content), _bound(tenant, order_id)),
            hash=hashlib.sha256(content).digest(),
        )

    def open(
        self, tenant: int, order_id: str, key_id: str, wrapped_key: bytes, ciphertext: bytes
    ) -> bytes:
        """The content of an order. Raises Broken."""
        try:
            key = _unlocked(self._wrapping, wrapped_key, _bound(tenant, key_id))
            return unpack(_unlocked(AESGCM(key), ciphertext, _bound(tenant, order_id)))
        except (InvalidTag, ValueError) as error:
            raise Broken(f"the content of order {order_id} does not open") from error

    def seal_document(
        self, tenant: int, order_id: str, key_id: str, wrapped_key: bytes, content: bytes
    ) -> bytes:
        """A document of an order, sealed with the key of its content; `open` opens it.

        Raises Broken.
        """
        try:
            key = _unlocked(self._wrapping, wrapped_key, _bound(tenant, key_id))
        except (InvalidTag, ValueError) as error:
            raise Broken(f"the key of order {order_id} does not open") from error
        return self._locked(AESGCM(key), pack(content), _bound(tenant, order_id))

    def new_key(self, tenant: int, key_id: str) -> bytes:
        """A fresh key for documents that come with no order, wrapped; `seal_document` takes it."""
        return self._locked(self._wrapping, self._chance(KEY_BYTES), _bound(tenant, key_id))

    def seal_secret(self, tenant: int, kind: str, id_: str, content: bytes) -> bytes:
        """A private key or the like, sealed with a fresh key; it opens as this one alone."""
        key, bound = self._chance(KEY_BYTES), _bound(tenant, f"{kind}|{id_}")
        return self._locked(self._guarding, key, bound) + self._locked(AESGCM(key), content, bound)

    def open_secret(self, tenant: int, kind: str, id_: str, sealed: bytes) -> bytes:
        """What `seal_secret` sealed as this. Raises Broken."""
        bound = _bound(tenant, f"{kind}|{id_}")
        try:
            key = _unlocked(self._guarding, sealed[:WRAPPED_BYTES], bound)
            return _unlocked(AESGCM(key), sealed[WRAPPED_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise Broken(f"the {kind} {id_} does not open") from error

    def person(self, tenant: int, order: PurchaseOrder) -> bytes:
        """Who the order is about: the tax id, else the mail, the phone, or the order itself."""
        customer = order.customer
        known = customer.tax_id or customer.email or customer.phone or order.key
        return self.blind(tenant, "person", known)

    def blind(self, tenant: int, kind: str, value: str) -> bytes:
        """A keyed hash of `value`, equal for equal values and telling nothing of them."""
        text = f"{tenant}\0{kind}\0{value.strip().casefold()}".encode()
        return hmac.digest(self._blinding, text, "sha256")[:BLIND_BYTES]

    def _locked(self, key: AESGCM, content: bytes, bound: bytes) -> bytes:
        nonce = self._chance(NONCE_BYTES)
        return nonce + key.encrypt(nonce, content, bound)


def _unlocked(key: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)


def _bound(tenant: int, id_: str) -> bytes:
    """What the ciphertext is tied to, so that it opens in its own place only."""
    return f"{tenant}|{id_}".encode()


def _derived(master_key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, purpose).derive(master_key)
