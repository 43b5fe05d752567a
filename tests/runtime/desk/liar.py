"""A provider of identities that says whatever a test wants it to say, right or wrong."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT = "mtd"
CODE = "the code"


class Liar:
    """The provider; change what it says before it is asked."""

    def __init__(self) -> None:
        self.url = ""
        self.keys: list[RSAKey | ECKey] = [key("one")]
        self.signs: Any = self.keys[0]
        self.header: dict[str, Any] = {}
        """Of the ID token, over what is right."""
        self.claims: dict[str, Any] = {}
        """Over what is right; None leaves a claim out."""
        self.about: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        """What it tells of the person beside the ID token."""
        self.token: str | None = None
        """Instead of a token that it signs."""
        self.status = 200
        self.nonce = ""
        self.asked: list[dict[str, str]] = []
        """Forms for codes, with what authorises them."""
        self.keys_asked = 0

    async def tell(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/auth",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "userinfo_endpoint": f"{self.url}/me",
                "end_session_endpoint": f"{self.url}/out",
                "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            }
            | self.about
        )

    async def list_keys(self, _: web.Request) -> web.Response:
        self.keys_asked += 1
        listed: list[Any] = [one.as_dict(private=False) for one in self.keys]
        unknown = {"kty": "XYZ", "kid": "another kind"}
        return web.json_response({"keys": [unknown, *listed]})

    async def exchange(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form | {"by": request.headers.get("Authorization", "")})
        body = {"access_token": "at", "token_type": "Bearer", "id_token": self._id_token()}
        return web.json_response(body, status=self.status)

    async def tell_of_person(self, _: web.Request) -> web.Response:
        told = {"sub": "ana-1", "preferred_username": "ana", "name": "Ana", "groups": ["agents"]}
        return web.json_response(told | self.told)

    def _id_token(self) -> str:
        if self.token is not None:
            return self.token
        now = int(time.time())
        right = {
            "iss": self.url, "aud": CLIENT, "sub": "ana-1", "exp": now + 300, "iat": now,
            "nonce": self.nonce,
        }  # fmt: skip
        claims = {name: one for name, one in (right | self.claims).items() if one is not None}
        header = {"alg": "RS256", "kid": str(getattr(self.signs, "kid", ""))} | self.header
        return jwt.encode(header, claims, self.signs, algorithms=[str(header["alg"])])


def key(kid: str) -> RSAKey:
    """A key of its own."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@asynccontextmanager
async def lying() -> AsyncGenerator[Liar]:
    """It listens while this is open."""
    liar = Liar()
    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", liar.tell),
            web.get("/jwks", liar.list_keys),
            web.post("/token", liar.exchange),
            web.get("/me", liar.tell_of_person),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    liar.url = f"http://127.0.0.1:{port}"
    try:
        yield liar
    finally:
        await runner.cleanup()


SHARED = OctKey.import_key("a secret that both know, long enough for HS256")
