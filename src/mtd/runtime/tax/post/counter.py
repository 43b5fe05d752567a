"""The counter: what every part of the post office works with, and how mail is paced."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec

from mtd.connectors.courier import Courier, Pace, Parcel
from mtd.connectors.tax.issuers import NativeIssuer
from mtd.connectors.wire import Wire, Wires
from mtd.core.tax.certificate import BadCertificate, Signing
from mtd.core.tax.document import DocumentKey
from mtd.runtime.folio_book import FolioBook
from mtd.runtime.tax.keyring import Keyring
from mtd.runtime.vault import Vault
from mtd.store.ids import SLOTS
from mtd.store.tax.envelopes import PostBook
from mtd.store.tax.mail import Envelope, Open

ENVELOPE = "envelope"
"""The kind of secret that an envelope's bytes are sealed as."""


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """What the post office of one worker works with, for one authority."""

    provider: str
    """Whose documents it sends, such as `cl.native`."""
    courier: Courier
    book: PostBook
    wires: Wires
    keyring: Keyring
    vault: Vault
    issuers: Mapping[str, NativeIssuer]
    """By tax id."""
    pace: Pace
    ledger: FolioBook | None
    """Where what is about to be sent is written down first."""
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    async def signer(self, tenant: int, issuer: str) -> Signing | BadCertificate:
        """Who signs for the issuer."""
        return await self.keyring.signer(tenant, self.issuers[issuer].practice)

    def wire(self) -> Wire:
        """A line to the authority, with evidence of its own."""
        return self.wires.wire(self.courier.legacy)

    def parcel(self, envelope: Envelope, members: Sequence[Open]) -> Parcel:
        """The envelope with its signed bytes, and these of its documents. Raises Broken."""
        return Parcel(
            id=envelope.id,
            issuer=envelope.issuer,
            channel=envelope.channel,
            track_id=envelope.track_id,
            content=self.vault.open_secret(envelope.tenant, ENVELOPE, envelope.id, envelope.sealed),
            documents=tuple(key_of(envelope, member) for member in members),
        )


def key_of(envelope: Envelope, member: Open) -> DocumentKey:
    """What a document of an envelope is found by."""
    return DocumentKey(
        tenant=envelope.tenant,
        issuer=envelope.issuer,
        type_code=member.type_code,
        series=member.series,
        folio=member.folio,
    )


def slot_of_issuer(issuer: str) -> int:
    """The slot whose owner is the issuer's post office."""
    return blake2b(issuer.encode(), digest_size=2).digest()[1] % SLOTS


def grown_s(first_s: float, times: int, factor: float, most_s: float) -> float:
    """A delay that has grown so often."""
    return min(first_s * factor ** min(times, 32), most_s)


def evidence(wire: Wire) -> list[bytes]:
    """What went over the wire, masked, as it is kept."""
    return [msgspec.json.encode(exchange) for exchange in wire.exchanges]
