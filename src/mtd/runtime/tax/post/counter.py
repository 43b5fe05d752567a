"""The counter: what every part of the post office works with, and how mail is paced."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b

import msgspec

from mtd.connectors.sii import LEGACY, Channel, Pace, Tokens
from mtd.connectors.tax.issuers import NativeIssuer
from mtd.connectors.wire import Wire, Wires
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.runtime.tax.keyring import Keyring
from mtd.runtime.vault import Vault
from mtd.store.envelopes import PostBook
from mtd.store.ids import SLOTS
from mtd.store.mail import Envelope

ENVELOPE = "envelope"
"""The kind of secret that an envelope's bytes are sealed as."""


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """What the post office of one worker works with."""

    book: PostBook
    wires: Wires
    tokens: Tokens
    keyring: Keyring
    vault: Vault
    issuers: Mapping[str, NativeIssuer]
    """By RUT."""
    pace: Pace
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    async def signer(self, tenant: int, issuer: str) -> Signer | BadCertificate:
        """Who signs for the issuer."""
        return await self.keyring.signer(tenant, issuer)

    def wire(self) -> Wire:
        """A line to the authority, with evidence of its own."""
        return self.wires.wire(LEGACY)

    def content(self, envelope: Envelope) -> bytes:
        """The envelope's signed bytes. Raises Broken."""
        return self.vault.open_secret(envelope.tenant, ENVELOPE, envelope.id, envelope.sealed)


def channel_of(envelope: Envelope) -> Channel:
    """Its channel."""
    return Channel(envelope.channel)


def slot_of_issuer(issuer: str) -> int:
    """The slot whose owner is the issuer's post office."""
    return blake2b(issuer.encode(), digest_size=2).digest()[1] % SLOTS


def grown_s(first_s: float, times: int, factor: float, most_s: float) -> float:
    """A delay that has grown so often."""
    return min(first_s * factor ** min(times, 32), most_s)


def evidence(wire: Wire) -> list[bytes]:
    """What went over the wire, masked, as it is kept."""
    return [msgspec.json.encode(exchange) for exchange in wire.exchanges]
