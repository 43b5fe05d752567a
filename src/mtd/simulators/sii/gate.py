"""Who may come in: seeds that live two minutes, and the tokens that signed seeds are worth."""

import secrets
from collections.abc import Callable

import msgspec

from mtd.simulators.sii.sealed import Unreadable, parsed, rut_of, signature_fault, signer_of

SEED_S = 120.0
"""A seed's life (manual de autenticación automática v1.9, p. 9)."""
TOKEN_IDLE_S = 3_600.0
"""A token lives as long as nobody is idle with it for so long."""
KEPT_MAX = 100_000


class Denied(msgspec.Struct, frozen=True):
    """Why there is no token: ESTADO and GLOSA (manual v1.9, chapter 6)."""

    state: str
    message: str


class Token(msgspec.Struct):
    """Somebody who was let in."""

    rut: str
    used_s: float


class Gate:
    """The gate of one channel; the other channel's tokens are worth nothing here."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._seeds: dict[str, float] = {}
        self._tokens: dict[str, Token] = {}

    def seed(self) -> str:
        """A new one."""
        seed = f"{secrets.randbelow(10**12):012d}"
        self._seeds[seed] = self._now_s() + SEED_S
        while len(self._seeds) > KEPT_MAX:
            del self._seeds[next(iter(self._seeds))]
        return seed

    def token(self, content: bytes) -> str | Denied:
        """What a signed seed is worth; a seed is worth something once."""
        try:
            root = parsed(content)
        except Unreadable as error:
            return Denied("02", f"XML Invalido (SAXException): {error}")
        seed = root.findtext("item/Semilla")
        if root.tag != "getToken" or seed is None:
            return Denied("06", "XML Invalido, elemento Semilla no existe")
        certificate = signer_of(root)
        if certificate is None:
            return Denied("11", "XML Invalido, elemento Certificate no existe")
        if fault := signature_fault(root, None):
            return Denied("05", f"XML Invalido, firma invalida: {fault}")
        if self._seeds.pop(seed, 0.0) < self._now_s():
            return Denied("08", "TIME-OUT DEL SEED")
        rut = rut_of(certificate)
        if not rut:
            return Denied("-3", "Error en Autenticacion")
        token = secrets.token_hex(8).upper()
        self._tokens[token] = Token(rut, self._now_s())
        while len(self._tokens) > KEPT_MAX:
            del self._tokens[next(iter(self._tokens))]
        return token

    def holder(self, token: str) -> str | None:
        """Whose token it is, while it lives; asking keeps it alive."""
        found = self._tokens.get(token)
        if found is None or self._now_s() - found.used_s > TOKEN_IDLE_S:
            self._tokens.pop(token, None)
            return None
        found.used_s = self._now_s()
        return found.rut

    def expire(self, token: str) -> None:
        """It is worth nothing from now on."""
        self._tokens.pop(token, None)
