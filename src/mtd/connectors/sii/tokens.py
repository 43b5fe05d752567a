"""Tokens of the SII: one for each channel and person, renewed when it is old or refused."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

import msgspec

from mtd.core.process.outcome import Failed
from mtd.core.tax.countries.cl.certificate import Signer

LIFE_S = 3_000.0
"""A token is said to live an idle hour; it is renewed before."""


class Channel(StrEnum):
    """The authority's two doors; what is good at one is worth nothing at the other."""

    INVOICES = "dte"
    BOLETAS = "boleta"


class _Token(msgspec.Struct, frozen=True):
    value: str
    until_s: float


Fetch = Callable[[], Awaitable[str | Failed]]


class Tokens:
    """The tokens that a process has; two who need the same one wait for one fetching."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._tokens: dict[tuple[Channel, str], _Token] = {}
        self._fetching: dict[tuple[Channel, str], asyncio.Lock] = {}

    async def of(self, channel: Channel, signer: Signer, fetch: Fetch) -> str | Failed:
        """The person's token, fetched if there is none that lives."""
        place = (channel, signer.rut)
        async with self._fetching.setdefault(place, asyncio.Lock()):
            known = self._tokens.get(place)
            if known is not None and known.until_s > self._elapsed_s():
                return known.value
            got = await fetch()
            if isinstance(got, str):
                self._tokens[place] = _Token(got, self._elapsed_s() + LIFE_S)
            return got

    def refused(self, channel: Channel, signer: Signer, token: str) -> None:
        """It is dead: the next one who needs it fetches another."""
        place = (channel, signer.rut)
        known = self._tokens.get(place)
        if known is not None and known.value == token:
            del self._tokens[place]
