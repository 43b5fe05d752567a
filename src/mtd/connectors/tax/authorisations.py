"""Authorisations: files in which an authority grants a taxpayer a range of numbers."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from mtd.connectors.tax.issuers import SIMULATED, NativeIssuer
from mtd.core.tax.countries.cl.caf import BadCaf, Caf, expires_on, imported
from mtd.core.tax.countries.cl.content import ZONE
from mtd.core.tax.countries.cl.formats import TYPE_CODES


class Authorised(Struct, frozen=True, kw_only=True):
    """A genuine range that one of our issuers may use."""

    issuer: NativeIssuer
    type_code: str
    first: int
    last: int
    authorised_on: date
    expires_on: date
    """The first day on which it may not be used."""
    text: str
    """What the authority wrote, without its secret."""
    private_key: bytes
    """PEM; a secret."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Authorised({self.type_code}, {self.first}-{self.last})"


def authorised(
    content: bytes, issuers: Mapping[str, NativeIssuer], now: datetime
) -> Authorised | str:
    """The range of a file (Chile's CAF, so far the only kind), or why it is not ours to use.

    `issuers`: ours, by tax id.
    """
    keys = {idk: key for one in issuers.values() for idk, key in one.authority_keys.items()}
    file = imported(content, keys)
    if isinstance(file, BadCaf):
        return file.reason
    caf = file.caf
    issuer = issuers.get(caf.issuer)
    if issuer is None:
        return f"is of {caf.issuer}, who is no native issuer in the settings"
    if wrong := _fault(caf, issuer, now.astimezone(ZONE).date()):
        return wrong
    return Authorised(
        issuer=issuer,
        type_code=caf.type_code,
        first=caf.first,
        last=caf.last,
        authorised_on=caf.authorised_on,
        expires_on=expires_on(caf),
        text=caf.text,
        private_key=file.private_key,
    )


def _fault(caf: Caf, issuer: NativeIssuer, today: date) -> str | None:
    """Why a genuine range is not ours to use."""
    if caf.authority not in issuer.authority_keys:
        return f"is of {caf.environment}, whose folios {issuer.name} does not use"
    expected = issuer.environment
    if expected != SIMULATED and caf.environment != expected:
        return f"is of {caf.environment}, but {issuer.name} issues in {expected}"
    if caf.type_code not in TYPE_CODES:
        return f"is for type {caf.type_code}, which MTD does not issue"
    if today < caf.authorised_on:
        return f"was authorised on {caf.authorised_on}, which is still to come"
    if today >= expires_on(caf):
        return f"expired on {expires_on(caf)}"
    return None
