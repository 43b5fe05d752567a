"""The keyring: what stamps and signs, opened out of the vault and kept in memory alone."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from mtd.connectors.desk import NoneLeft
from mtd.core.tax.certificate import BadCertificate, Signing, in_force
from mtd.core.tax.practice import BadStamp, Practice, Stamp
from mtd.runtime.tax.authorising import FOLIO_KEY, SIGNING_KEY, signer_of
from mtd.runtime.vault import Broken, Vault
from mtd.store.sessions import Asker
from mtd.store.tax import folios
from mtd.store.tax.folios import RangeKey

FRESH = timedelta(seconds=30)
"""So long a certificate is used before it is asked whether there is a newer one."""


class Keyring:
    """The opened keys of one process."""

    def __init__(self, asker: Asker, vault: Vault, now: Callable[[], datetime]) -> None:
        self._asker = asker
        self._vault = vault
        self._now = now
        self._stamps: dict[tuple[int, str, str], list[Stamp]] = {}
        self._signers: dict[tuple[int, str], tuple[datetime, Signing]] = {}
        self._asking = asyncio.Lock()
        """Whoever needs a certificate that is not fresh waits for the first who asks for it."""

    async def stamp(
        self, tenant: int, practice: Practice, type_code: str, folio: int
    ) -> Stamp | NoneLeft:
        """What stamps this folio; NoneLeft, with why, where it cannot be opened."""
        issuer = practice.tax_id
        known = self._stamps.setdefault((tenant, issuer, type_code), [])
        for one in known:
            if one.first <= folio <= one.last:
                return one
        row = await folios.range_key(self._asker, tenant, issuer, type_code, "", folio)
        if row is None or row.sealed_key is None:
            return NoneLeft(f"no range of type {type_code} of {issuer} holds the folio {folio}")
        stamp = self._opened(tenant, practice, row, row.sealed_key)
        if isinstance(stamp, Stamp):
            known.append(stamp)
        return stamp

    async def signer(self, tenant: int, practice: Practice) -> Signing | BadCertificate:
        """Whose certificate is in force and holds for the longest."""
        if (known := self._fresh(tenant, practice.tax_id)) is not None:
            return known
        async with self._asking:
            return self._fresh(tenant, practice.tax_id) or await self._asked(tenant, practice)

    def _fresh(self, tenant: int, issuer: str) -> Signing | None:
        """The certificate that was asked for lately."""
        now, known = self._now(), self._signers.get((tenant, issuer))
        if known is not None and now - known[0] < FRESH and in_force(known[1], now):
            return known[1]
        return None

    async def _asked(self, tenant: int, practice: Practice) -> Signing | BadCertificate:
        """The certificate as the database has it now."""
        now, issuer = self._now(), practice.tax_id
        found: Signing | BadCertificate = BadCertificate(f"of {issuer} was never taken in")
        for row in reversed(await folios.certificates(self._asker, tenant)):
            if row.issuer != issuer:
                continue
            try:
                pem = self._vault.open_secret(tenant, SIGNING_KEY, row.id, row.sealed)
            except Broken as error:
                return BadCertificate(str(error))
            found = signer_of(practice, pem)
            if isinstance(found, Signing) and in_force(found, now):
                self._signers[tenant, issuer] = (now, found)
                return found
            found = BadCertificate(f"of {issuer} is not in force")
        return found

    def _opened(
        self, tenant: int, practice: Practice, row: RangeKey, sealed: bytes
    ) -> Stamp | NoneLeft:
        if practice.stamp is None:
            return NoneLeft(f"documents of {practice.country} are not stamped")
        try:
            pem = self._vault.open_secret(tenant, FOLIO_KEY, row.id, sealed)
        except Broken as error:
            return NoneLeft(str(error))
        stamp = practice.stamp(row.authorisation, pem)
        return NoneLeft(stamp.reason) if isinstance(stamp, BadStamp) else stamp
