"""AWS KMS as the service that wraps the master key, by its own client library."""

from typing import Any, Protocol, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mtd.runtime.keys.service import SERVICE, NoMasterKey

CONTEXT = {"purpose": "mtd master key"}
"""Bound to what is wrapped (`EncryptionContext`): nothing else of this key opens as one."""
CONNECT_S, READ_S = 5.0, 10.0
ATTEMPTS_MAX = 3
ARN_PARTS = 6
"""`arn:partition:kms:region:account:key/id`."""


class _Client(Protocol):
    """The two calls of botocore's client that are used; it makes them from AWS's model."""

    def encrypt(self, **given: Any) -> dict[str, Any]: ...

    def decrypt(self, **given: Any) -> dict[str, Any]: ...


class AwsService:
    """A key of AWS KMS: its ARN, its id, or `alias/name`.

    Credentials, region and endpoint are looked for where AWS's own tools look: variables
    (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT_URL_KMS` …), files, the machine's role.
    An ARN names its region itself.
    """

    def __init__(self, key: str) -> None:
        parts = key.split(":")
        if not key or (key.startswith("arn:") and (len(parts) != ARN_PARTS or parts[2] != "kms")):
            raise NoMasterKey(f"{SERVICE}: aws:{key} names no key: an ARN, an id, or alias/name")
        self._key = key
        self._region = parts[3] if key.startswith("arn:") else None

    def wrap(self, key: bytes) -> bytes:
        """What KMS makes of the key; it opens there alone."""
        return self._asked("encrypt", {"Plaintext": key}, "CiphertextBlob")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again."""
        return self._asked("decrypt", {"CiphertextBlob": wrapped}, "Plaintext")

    def _asked(self, verb: str, given: dict[str, bytes], wanted: str) -> bytes:
        """Raises NoMasterKey; it names what KMS said, and never what was sent."""
        place = f"{SERVICE}: aws:{self._key} {verb}"
        try:
            call = getattr(self._client(), verb)
            answer = call(KeyId=self._key, EncryptionContext=CONTEXT, **given)
        except ClientError as error:
            said = error.response.get("Error", {})
            words = f"{said.get('Code', 'unknown')}: {said.get('Message', '')}"
            raise NoMasterKey(f"{place}: {words}") from error
        except BotoCoreError as error:
            raise NoMasterKey(f"{place}: {type(error).__name__}: {error}") from error
        content = answer.get(wanted)
        if not isinstance(content, bytes):
            raise NoMasterKey(f"{place}: the answer has no {wanted}")
        return content

    def _client(self) -> _Client:
        waits = Config(
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS_MAX},
        )
        session = botocore.session.Session()
        made = session.create_client("kms", region_name=self._region, config=waits)
        return cast("_Client", made)
