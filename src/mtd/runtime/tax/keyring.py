"""The keyring: what stamps and signs, opened out of the vault and kept in memory alone."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mtd.connectors.desk import NoneLeft
from mtd.core.tax.certificate import BadCertificate, in_force
from mtd.core.tax.countries.cl.caf import BadCaf, caf_of, stamp_key
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.countries.cl.stamp import StampKey
from mtd.runtime.tax.authorising import FOLIO_KEY, SIGNING_KEY, signer_of
from mtd.runtime.vault import Broken, Vault
from mtd.store import folios
from mtd.store.folios import RangeKey
from mtd.store.sessions import Asker

FRESH = timedelta(seconds=30)
"""So long a certificate is used before it is asked whether there is a newer one."""


class Keyring:
    """The opened keys of one process."""

    def __init__(self, asker: Asker, vault: Vault, now: Callable[[], datetime]) -> None:
        self._asker = asker
        self._vault = vault
        self._now = now
        self._stamps: dict[tuple[int, str, str], list[StampKey]] = {}
        self._signers: dict[tuple[int, str], tuple[datetime, Signer]] = {}

    async def stamp(
        self, tenant: int, issuer: str, type_code: str, folio: int
    ) -> StampKey | NoneLeft:
        """What stamps this folio; NoneLeft, with why, where it cannot be opened."""
        known = self._stamps.setdefault((tenant, issuer, type_code), [])
        for one in known:
            if one.caf.first <= folio <= one.caf.last:
                return one
        row = await folios.range_key(self._asker, tenant, issuer, type_code, "", folio)
        if row is None or row.sealed_key is None:
            return NoneLeft(f"no range of type {type_code} of {issuer} holds the folio {folio}")
        stamp = self._opened(tenant, row, row.sealed_key)
        if isinstance(stamp, StampKey):
            known.append(stamp)
        return stamp

    async def signer(self, tenant: int, issuer: str) -> Signer | BadCertificate:
        """Whose certificate is in force and holds for the longest."""
        now = self._now()
        known = self._signers.get((tenant, issuer))
        if known is not None and now - known[0] < FRESH and in_force(known[1], now):
            return known[1]
        found: Signer | BadCertificate = BadCertificate(f"of {issuer} was never taken in")
        for row in reversed(await folios.certificates(self._asker, tenant)):
            if row.issuer != issuer:
                continue
            try:
                pem = self._vault.open_secret(tenant, SIGNING_KEY, row.id, row.sealed)
            except Broken as error:
                return BadCertificate(str(error))
            found = signer_of(pem)
            if isinstance(found, Signer) and in_force(found, now):
                self._signers[tenant, issuer] = (now, found)
                return found
            found = BadCertificate(f"of {issuer} is not in force")
        return found

    def _opened(self, tenant: int, row: RangeKey, sealed: bytes) -> StampKey | NoneLeft:
        try:
            pem = self._vault.open_secret(tenant, FOLIO_KEY, row.id, sealed)
        except Broken as error:
            return NoneLeft(str(error))
        caf, key = caf_of(row.authorisation), stamp_key(pem)
        if isinstance(caf, BadCaf):
            return NoneLeft(caf.reason)
        return StampKey(caf, key) if isinstance(key, RSAPrivateKey) else NoneLeft(key.reason)
