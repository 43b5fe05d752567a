"""A key service that speaks as AWS KMS does, over real HTTP, and verifies who asks.

Signature Version 4 is computed here from its description alone (AWS, "Create a signed AWS API
request"), with no part of the client's library.
"""

import hashlib
import hmac
import json
import os
import re
import threading
from base64 import b64decode, b64encode
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE", "a secret of this test alone", "sa-east-1"
KEY = f"arn:aws:kms:{REGION}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<who>[^/]+)/(?P<scope>(?P<day>\d{8})/(?P<region>[^/]+)/kms"
    r"/aws4_request), SignedHeaders=(?P<names>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)


class Kms(ThreadingHTTPServer):
    """Two operations on the keys that it has."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.keys = {KEY: AESGCM(os.urandom(32))}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[tuple[int, str]] = []
        """The next answers, whatever is asked."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def encrypt(self, asked: dict[str, Any]) -> dict[str, Any]:
        nonce = os.urandom(12)
        sealed = self.keys[asked["KeyId"]].encrypt(nonce, b64decode(asked["Plaintext"]), _of(asked))
        return {"KeyId": asked["KeyId"], "CiphertextBlob": b64encode(nonce + sealed).decode()}

    def decrypt(self, asked: dict[str, Any]) -> dict[str, Any]:
        sealed = b64decode(asked["CiphertextBlob"])
        opened = self.keys[asked["KeyId"]].decrypt(sealed[:12], sealed[12:], _of(asked))
        return {"KeyId": asked["KeyId"], "Plaintext": b64encode(opened).decode()}


@contextmanager
def kms() -> Generator[Kms]:
    """A running one."""
    server = Kms()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Asked(BaseHTTPRequestHandler):
    @property
    def _kms(self) -> Kms:
        assert isinstance(self.server, Kms)
        return self.server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._kms.faults:
            self._say(*self._kms.faults.pop(0))
        elif not _verified(self, body):
            self._say(400, "InvalidSignatureException")
        else:
            self._do(json.loads(body))

    def _do(self, asked: dict[str, Any]) -> None:
        operation = self.headers["X-Amz-Target"]
        self._kms.calls.append((operation, asked))
        does = {
            "TrentService.Encrypt": self._kms.encrypt,
            "TrentService.Decrypt": self._kms.decrypt,
        }[operation]
        if asked["KeyId"] not in self._kms.keys:
            self._say(400, "NotFoundException")
            return
        try:
            self._answer(200, does(asked))
        except InvalidTag:
            self._say(400, "InvalidCiphertextException")

    def _say(self, status: int, code: str) -> None:
        self._answer(status, {"__type": code, "message": f"{code} of this server"})

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its name there
        """Nothing is told of single requests."""


def _of(asked: dict[str, Any]) -> bytes:
    """What is bound to a ciphertext: the key and the context, in a fixed order."""
    return json.dumps([asked["KeyId"], asked["EncryptionContext"]], sort_keys=True).encode()


def _verified(asked: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Whether the request is signed, whole, by who has the secret."""
    given = SIGNED.fullmatch(asked.headers["Authorization"] or "")
    if given is None or (given["who"], given["region"]) != (ACCESS_KEY, REGION):
        return False
    names = given["names"].split(";")
    if not {"host", "x-amz-date", "x-amz-target"} <= set(names):
        return False
    lines = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in names)
    request = "\n".join(
        ("POST", asked.path, "", lines, given["names"], hashlib.sha256(body).hexdigest())
    )
    told = "\n".join(
        (
            "AWS4-HMAC-SHA256",
            asked.headers["X-Amz-Date"],
            given["scope"],
            hashlib.sha256(request.encode()).hexdigest(),
        )
    )
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (given["day"], REGION, "kms", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.compare_digest(
        hmac.new(key, told.encode(), "sha256").hexdigest(), given["signature"]
    )
