"""The provider of identities: asked to vouch for somebody, and its answer held to every rule.

OpenID Connect Core 1.0 with the code flow (§3.1) and PKCE (RFC 7636, S256); what has to be checked
of an ID token is §3.1.3.7 there, of the issuer in the answer RFC 9207.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mtd.runtime.clock import Clock, elapsed_s
from mtd.runtime.settings.portal import OidcSettings

ALGORITHMS = ("RS256", "ES256", "PS256", "RS384", "ES384", "PS384", "RS512", "ES512", "PS512")
"""Signatures by the provider's private key; never `none`, and none by a shared secret."""
SKEW_S = 60.0
"""How far the provider's clock may be from ours."""
ISSUED_MAX_S = 600.0
"""How old an ID token may be."""
TIMEOUT_S = 10.0
BODY_MAX = 1_000_000
"""Bytes of an answer."""
KNOWN_S = 3_600.0
"""How long what the provider says of itself, and its keys, are believed."""
AGAIN_S = 1.0
"""A token that no key fits has the keys fetched again at most this often."""
DISCOVERY = "/.well-known/openid-configuration"


class NotVouched(Exception):
    """Nobody vouches for this person; `key` is one of the catalogues' `oidc.*`."""

    def __init__(self, key: str, why: str = "") -> None:
        super().__init__(why or key)
        self.key = key


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of somebody who was sent to the provider."""

    state: str
    nonce: str
    verifier: str
    back: str
    """The page that they wanted."""


class Named(msgspec.Struct, frozen=True):
    """What the provider says of itself (OpenID Connect Discovery 1.0 §3), as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """One provider of identities."""

    def __init__(self, settings: OidcSettings, secret: str | None, clock: Clock) -> None:
        self.settings = settings
        self._secret = secret
        self._clock = clock
        self._named: tuple[float, Named] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._asking = asyncio.Lock()

    async def send(self, back: str) -> tuple[str, Started]:
        """Where to send somebody, and what to remember of it. Raises NotVouched."""
        named = await self._about()
        started = Started(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            back=back,
        )
        digest = hashlib.sha256(started.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.redirect,
            "scope": " ".join(self.settings.scopes),
            "state": started.state,
            "nonce": started.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return _joined(named.authorization_endpoint, query), started

    async def claims(self, started: Started, answer: Mapping[str, str]) -> dict[str, Any]:
        """What the provider says of who came back with this answer. Raises NotVouched."""
        named = await self._about()
        if not hmac.compare_digest(answer.get("state", "").encode(), started.state.encode()):
            raise NotVouched("expired", "the state is not the one that was sent")
        told = answer.get("iss")
        if told is None and named.authorization_response_iss_parameter_supported:
            raise NotVouched("invalid", "the answer names no issuer")
        if told is not None and told != self.settings.issuer:
            raise NotVouched("invalid", "the answer is another issuer's")
        if "error" in answer or not answer.get("code"):
            raise NotVouched("denied", answer.get("error", "no code"))
        tokens = await self._exchanged(named, answer["code"], started.verifier)
        claims = await self._checked(named, str(tokens.get("id_token", "")), started.nonce)
        return claims | await self._more(named, tokens, str(claims["sub"]))

    async def leave(self) -> str | None:
        """Where somebody ends their session with the provider; None: it has no such place."""
        named = await self._about()
        if named.end_session_endpoint is None:
            return None
        query = {
            "client_id": self.settings.client_id,
            "post_logout_redirect_uri": f"{self.settings.portal.rstrip('/')}/sign-in",
        }
        return _joined(named.end_session_endpoint, query)

    @property
    def redirect(self) -> str:
        """Where the provider sends people back to; it has to know it beforehand."""
        return f"{self.settings.portal.rstrip('/')}/sign-in/oidc/back"

    async def _about(self) -> Named:
        async with self._asking:
            if self._named is None or elapsed_s() - self._named[0] > KNOWN_S:
                place = self.settings.issuer.rstrip("/") + DISCOVERY
                try:
                    found = msgspec.convert(await self._asked("GET", place), Named)
                except msgspec.ValidationError as error:
                    raise NotVouched("unanswered", str(error)) from error
                if found.issuer != self.settings.issuer:
                    raise NotVouched("invalid", f"it calls itself {found.issuer!r}")
                self._named = elapsed_s(), found
            return self._named[1]

    async def _exchanged(self, named: Named, code: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        client = self.settings.client_id
        word = self._secret
        if word is None:
            form["client_id"] = client
        elif "client_secret_basic" in named.token_endpoint_auth_methods_supported:
            # RFC 6749 §2.3.1: both are form-encoded before they are put together.
            both = f"{quote(client, safe='')}:{quote(word, safe='')}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(both).decode()}"
        else:
            form |= {"client_id": client, "client_secret": word}
        return await self._asked("POST", named.token_endpoint, form, headers)

    async def _checked(self, named: Named, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is for us, now, and signed by the provider."""
        allowed = [one for one in ALGORITHMS if one in named.id_token_signing_alg_values_supported]
        claims = (await self._signed(named, token, allowed)).claims
        if wrong := _wrong(claims, self.settings, nonce, self._clock.now().timestamp()):
            raise NotVouched("invalid", f"of the ID token: {', '.join(wrong)}")
        return claims

    async def _signed(self, named: Named, token: str, allowed: list[str]) -> jwt.Token:
        """The token, if one of the provider's keys signed it; keys that are new are fetched."""
        for fresh in (False, True):
            keys = await self._known_keys(named, fresh=fresh)
            try:
                return jwt.decode(token, keys, algorithms=allowed)
            except (JoseError, ValueError) as error:
                problem = error
        raise NotVouched("invalid", f"the ID token: {problem}") from problem

    async def _known_keys(self, named: Named, *, fresh: bool) -> KeySet:
        async with self._asking:
            age_s = float("inf") if self._keys is None else elapsed_s() - self._keys[0]
            if self._keys is None or age_s > (AGAIN_S if fresh else KNOWN_S):
                found = await self._asked("GET", named.jwks_uri)
                try:
                    self._keys = elapsed_s(), _signing(found)
                except (JoseError, ValueError, TypeError) as error:
                    raise NotVouched("unanswered", f"its keys: {error}") from error
            return self._keys[1]

    async def _more(self, named: Named, tokens: Mapping[str, Any], subject: str) -> dict[str, Any]:
        """What the provider tells of the person beside the ID token (Core §5.3)."""
        if named.userinfo_endpoint is None or not isinstance(tokens.get("access_token"), str):
            return {}
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        found = await self._asked("GET", named.userinfo_endpoint, None, headers)
        if found.get("sub") != subject:
            raise NotVouched("invalid", "what it tells is of another subject")
        return {name: value for name, value in found.items() if name not in ("iss", "aud", "sub")}

    async def _asked(
        self,
        method: str,
        place: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON object that the provider answers. Raises NotVouched."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(
                    method, place, data=form, headers=headers, allow_redirects=False
                ) as answer,
            ):
                body, status = await _bounded(answer.content), answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotVouched("unanswered", f"{place}: {type(error).__name__}") from error
        try:
            found = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise NotVouched("unanswered", f"{place}: {status}, no JSON") from error
        if status != 200:
            kind = "denied" if status in (400, 401, 403) else "unanswered"
            raise NotVouched(kind, f"{place}: {status} {found.get('error', '')}")
        return found


def _wrong(
    claims: Mapping[str, Any], settings: OidcSettings, nonce: str, now_s: float
) -> list[str]:
    """The claims of an ID token that are not as they have to be (Core §3.1.3.7)."""
    client, audience = settings.client_id, claims.get("aud")
    to = cast("list[Any]", audience) if isinstance(audience, list) else [audience]
    until_s, at_s = _number(claims, "exp"), _number(claims, "iat")
    fine = {
        "iss": claims.get("iss") == settings.issuer,
        "aud": client in to,
        "azp": claims.get("azp", client if len(to) == 1 else None) == client,
        "exp": until_s is not None and until_s > now_s - SKEW_S,
        "iat": at_s is not None and now_s - ISSUED_MAX_S < at_s < now_s + SKEW_S,
        "nbf": "nbf" not in claims or (_number(claims, "nbf") or now_s + 1e9) < now_s + SKEW_S,
        "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "sub": isinstance(claims.get("sub"), str) and claims["sub"] != "",
    }
    return [name for name, is_fine in fine.items() if not is_fine]


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    """All of an answer, of which no more than BODY_MAX is read."""
    body = b""
    async for chunk in content.iter_chunked(65_536):
        body += chunk
        if len(body) > BODY_MAX:
            raise NotVouched("unanswered", "it answers too much")
    return body


def _signing(found: Mapping[str, Any]) -> KeySet:
    """The keys that sign, of the kinds that we know."""
    listed = cast("list[dict[str, Any]]", found.get("keys", []))
    mine = [
        one for one in listed
        if one.get("kty") in ("RSA", "EC", "OKP") and one.get("use", "sig") == "sig"
    ]  # fmt: skip
    return KeySet.import_key_set({"keys": mine})  # pyright: ignore[reportArgumentType]


def _joined(place: str, query: Mapping[str, str]) -> str:
    return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"


def _number(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else None
