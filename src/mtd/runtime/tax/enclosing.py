"""Enclosing: a letter takes its order's tax document along, as PDF and XML, the same each time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256

from mtd.connectors.tax.issuers import NativeIssuer
from mtd.connectors.wire import Addressed, Artifact, Enclosed
from mtd.core.process.outcome import Failed
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.practice import Format, Practice
from mtd.core.tax.request import FiscalKind
from mtd.runtime.tax.drawings import Drawings, NotDrawn
from mtd.runtime.tax.keyring import Keyring
from mtd.runtime.together import Together
from mtd.runtime.vault import Broken, Vault
from mtd.store.arriving import letters
from mtd.store.arriving.letters import Enclosable, Letter, Taken
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Asker

RECIPIENT = "mail recipient"
"""What addresses are blinded as."""
XML = "application/xml"
ENCLOSED_TOGETHER = 20
"""Letters whose documents are read at once: they may be large."""


class Mailrooms:
    """Lays out a mailroom for each attempt at a letter of one worker."""

    def __init__(
        self,
        worker: Worker,
        vault: Vault,
        issuers: Mapping[str, NativeIssuer],
        now: Callable[[], datetime],
    ) -> None:
        """`issuers`: by tax id."""
        asker: Asker = worker.asking.insisting()
        self.kept = Together[tuple[Letter, Sequence[str]], list[Enclosable]](
            lambda asked: letters.enclosable(asker, asked), round_max=ENCLOSED_TOGETHER
        )
        self.said = Together[Taken, None](partial(_noted, asker))
        self.vault = vault
        self.issuers = issuers
        self.drawings = Drawings()
        self.keyring = Keyring(asker, vault, now)

    def lay(self, tenant: int, instance: str) -> "Mailroom":
        """The mailroom for one attempt."""
        return Mailroom(self, tenant, instance)


class Mailroom:
    """One attempt's."""

    def __init__(self, of: Mailrooms, tenant: int, instance: str) -> None:
        self._of = of
        self._tenant = tenant
        self._instance = instance

    async def enclosed(self, letter: Addressed) -> Enclosed | Failed | None:
        """The letter's document; None: the order has no such document that can be read."""
        name = letter.document
        names = [f"dte-{name}.xml", f"{name}.pdf", f"{name}.xml"]
        rows = await self._of.kept.ask((self._blind(letter), names))
        signed = next((row for row in rows if row.issuer is not None), None)
        try:
            if signed is not None:
                return await self._signed(name, signed)
            provided = {row.name: row for row in reversed(rows) if row.name in names[1:]}
            return self._provided([provided[one] for one in names if one in provided])
        except Broken as error:
            return Failed(str(error))

    async def taken(
        self, letter: Addressed, mail_id: str, enclosures: int, refusal: str = ""
    ) -> None:
        """Note with the document that the provider took the letter, or why it never will."""
        await self._of.said.ask(
            Taken(
                letter=self._blind(letter), mail_id=mail_id, enclosures=enclosures, refusal=refusal
            )
        )

    async def _signed(self, name: str, row: Enclosable) -> Enclosed | Failed | None:
        content = self._opened(row)
        if content is None or row.issuer is None or row.issued_at is None:
            return None
        issuer = self._of.issuers.get(row.issuer)
        if issuer is None:
            return Failed(f"{row.issuer} is no native issuer in the settings")
        try:
            drawn = await self._of.drawings.drawn(issuer.practice, content, Format.LETTER)
        except NotDrawn as error:
            return Failed(str(error))
        of_type, at = row.type_code or "", row.issued_at
        exchanged = await self._exchanged(issuer.practice, of_type, content, at)
        if isinstance(exchanged, Failed):
            return exchanged
        told = f"{row.issuer.partition('-')[0]}-{name}"
        return Enclosed(
            artifacts=(
                Artifact(f"{told}.pdf", drawn.media_type, drawn.content),
                Artifact(f"{told}.xml", XML, content if exchanged is None else exchanged),
            ),
            dated=at,
            exchanged=exchanged is not None,
            bounced=row.bounced,
        )

    async def _exchanged(
        self, practice: Practice, type_code: str, content: bytes, at: datetime
    ) -> bytes | Failed | None:
        """The form in which taxpayers exchange it; None of a document that they do not."""
        if practice.exchanged is None or type_code in practice.types[FiscalKind.RECEIPT]:
            return None
        signer = await self._of.keyring.signer(self._tenant, practice)
        if isinstance(signer, BadCertificate):
            return Failed(f"the certificate {signer.reason}")
        return await asyncio.to_thread(practice.exchanged, content, signer, at)

    def _provided(self, rows: Sequence[Enclosable]) -> Enclosed | None:
        """As another provider sent it."""
        artifacts: list[Artifact] = []
        for row in rows:
            content = self._opened(row)
            if content is not None:
                artifacts.append(Artifact(row.name, row.media_type, content))
        if not artifacts:
            return None
        return Enclosed(
            artifacts=tuple(artifacts),
            dated=min(row.kept_at for row in rows),
            exchanged=False,
            bounced=rows[0].bounced,
        )

    def _opened(self, row: Enclosable) -> bytes | None:
        """In clear; None where the person was erased. Raises Broken."""
        if row.wrapped_key is None:
            return None
        content = self._of.vault.open(
            self._tenant, self._instance, row.key_id, row.wrapped_key, row.ciphertext
        )
        if sha256(content).digest() != row.hash:
            raise Broken(f"the bytes of {row.name} are not those that were kept")
        return content

    def _blind(self, letter: Addressed) -> Letter:
        return Letter(
            tenant=self._tenant,
            instance=self._instance,
            document=letter.document,
            kind=letter.kind,
            reference=letter.reference,
            recipient=self._of.vault.blind(self._tenant, RECIPIENT, letter.recipient),
        )


async def _noted(asker: Asker, said: Sequence[Taken]) -> list[None]:
    await letters.taken(asker, said)
    return [None for _ in said]
