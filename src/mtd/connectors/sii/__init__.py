"""The Chilean tax authority (SII): sending envelopes, following them, asking after documents.

What came of a sending is one of five things: accepted, pending, rejected, not sent, unknown. After
`unknown` only `find` is legal. Both channels look the same from here.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from mtd.connectors.sii import boletas, invoices, registry
from mtd.connectors.sii.form import Identity, Parcel
from mtd.connectors.sii.invoices import Standing, TokenRefused
from mtd.connectors.sii.settings import BadHosts, Hosts, Options, Pace, hosts_of
from mtd.connectors.sii.tokens import Channel, Tokens
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.countries.cl.answers.replies import Register
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.issuing import Finding, Submission, SubmissionState

__all__ = [
    "BadHosts",
    "Channel",
    "Identity",
    "Options",
    "Pace",
    "Parcel",
    "Standing",
    "Tokens",
    "events",
    "find",
    "standing",
    "submit",
]

LEGACY = "sii"
TOKENS_MAX = 2
"""Tokens tried for one question: one that turned out to be dead, and a fresh one."""

T = TypeVar("T")


async def submit(
    wire: Wire, tokens: Tokens, channel: Channel, signer: Signer, parcel: Parcel
) -> Submission:
    """Send a signed envelope, once; a token that was refused has certainly stored nothing."""
    send = boletas.upload if channel is Channel.BOLETAS else invoices.upload
    got = await _with_token(
        wire, tokens, channel, signer, lambda h, _, hosts: send(wire, hosts, h, parcel, signer.rut)
    )
    if isinstance(got, Failed):
        return Submission(state=SubmissionState.NOT_SENT, message=got.message)
    return got


async def standing(
    wire: Wire, tokens: Tokens, channel: Channel, signer: Signer, issuer: str, track: str
) -> Standing | Failed:
    """Where the envelope of that track id stands."""

    async def ask(
        headers: Mapping[str, str], token: str, hosts: Hosts
    ) -> Standing | Failed | TokenRefused:
        if channel is Channel.BOLETAS:
            return await boletas.standing(wire, hosts, headers, issuer, track)
        return await invoices.standing(wire, hosts, headers, token, issuer, track)

    return await _with_token(wire, tokens, channel, signer, ask)


async def find(
    wire: Wire, tokens: Tokens, channel: Channel, signer: Signer, document: Identity
) -> Finding | Failed:
    """What the authority holds of one document: the only legal step after an unknown outcome."""

    async def ask(
        headers: Mapping[str, str], token: str, hosts: Hosts
    ) -> Finding | Failed | TokenRefused:
        if channel is Channel.BOLETAS:
            return await boletas.find(wire, hosts, headers, document)
        return await invoices.find(wire, hosts, headers, token, document, signer.rut)

    return await _with_token(wire, tokens, channel, signer, ask)


async def events(
    wire: Wire, tokens: Tokens, signer: Signer, issuer: str, type_code: str, folio: int
) -> Register | Failed:
    """What the buyer said of an invoice."""
    return await _with_token(
        wire,
        tokens,
        Channel.INVOICES,
        signer,
        lambda h, _, hosts: registry.events(wire, hosts, h, issuer, type_code, folio),
    )


async def _with_token(
    wire: Wire,
    tokens: Tokens,
    channel: Channel,
    signer: Signer,
    ask: Callable[[Mapping[str, str], str, Hosts], Awaitable[T | Failed | TokenRefused]],
) -> T | Failed:
    """What `ask` answers, with a token that is renewed once if it turns out to be dead."""
    options = wire.legacy.options(Options)
    hosts = hosts_of(wire.legacy.settings.base_url, options)
    plain = {"User-Agent": options.user_agent}
    fetch_token = boletas.fetch_token if channel is Channel.BOLETAS else invoices.fetch_token
    for _ in range(TOKENS_MAX):
        token = await tokens.of(channel, signer, lambda: fetch_token(wire, hosts, plain, signer))
        if isinstance(token, Failed):
            return token
        got = await ask({**plain, "Cookie": f"TOKEN={token}"}, token, hosts)
        if not isinstance(got, TokenRefused):
            return got
        tokens.refused(channel, signer, token)
    return Failed("the token was refused twice")
