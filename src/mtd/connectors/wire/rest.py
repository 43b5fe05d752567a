"""How a connector speaks JSON to a legacy system, and reads yes, no and perhaps from it."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from mtd.connectors.wire.wire import Response, Wire
from mtd.core.process.outcome import Failed, Refused, Unknown

MESSAGE_MAX = 500
_ENCODER = msgspec.json.Encoder(decimal_format="number")

Shape = TypeVar("Shape", bound="msgspec.Struct | list[dict[str, Any]]")


class No(msgspec.Struct, frozen=True):
    """The part of a refusal that all legacy systems share."""

    code: str = ""
    message: str = ""


async def post(
    wire: Wire,
    path: str,
    body: Mapping[str, Any],
    shape: type[Shape],
    *,
    key: str,
    refusals: Collection[str] = (),
) -> Shape | Refused | Failed | Unknown:
    """Ask for an effect, with `key` as Idempotency-Key; fields that are None are left out.

    A 4xx whose code is one of `refusals` is a business no, its other fields the outputs; any
    other 4xx certainly had no effect. A 2xx that is not of `shape` leaves the effect unknown.
    """
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    content = _ENCODER.encode({name: value for name, value in body.items() if value is not None})
    got = await wire.request("POST", path, headers=headers, body=content)
    if not isinstance(got, Response):
        return got
    if got.status >= 400:
        return _no(got, refusals)
    try:
        return msgspec.json.decode(got.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Unknown(f"{got.status}, but the answer is not readable: {error}")


async def get(
    wire: Wire,
    path: str,
    query: Mapping[str, str],
    shape: type[Shape],
    *,
    refusals: Collection[str] = (),
) -> Shape | Refused | Failed:
    """Ask what is the case, which changes nothing and may be asked again."""
    got = await wire.request("GET", path, query=query, safe=True)
    if not isinstance(got, Response):
        return Failed(got.message)
    if got.status >= 400:
        return _no(got, refusals)
    try:
        return msgspec.json.decode(got.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Failed(f"{got.status}, but the answer is not readable: {error}")


def _no(got: Response, refusals: Collection[str]) -> Refused | Failed:
    try:
        said = msgspec.json.decode(got.body, type=No)
        outputs = msgspec.json.decode(got.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Failed(f"{got.status}: the legacy refused without a reason", got.retry_after_s)
    if said.code in refusals:
        outputs.pop("code", None)
        outputs.pop("message", None)
        return Refused(said.code, said.message[:MESSAGE_MAX] or said.code, outputs)
    message = f"{got.status}: {said.code} {said.message}".strip()
    return Failed(message[:MESSAGE_MAX], got.retry_after_s)
