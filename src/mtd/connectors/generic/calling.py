"""One call of a JSON provider: the request from its expressions, and what the answer means."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import msgspec

from mtd.connectors.generic.settings import READ, Meaning, Operation, Rule, compiled
from mtd.connectors.wire import Response, Wire
from mtd.core.decision.feel import FeelError
from mtd.core.process.outcome import Failed, Unknown

MESSAGE_MAX = 500
CODES_MAX = 50
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer said, by the rule that fitted it."""

    meaning: Meaning
    fixable: bool = False
    read: dict[str, Any] = {}
    """By the names of `READ`; values of FEEL, null where the answer has none."""

    def text(self, name: str) -> str:
        """What was read under that name, as text; empty when there is nothing."""
        value = self.read.get(name)
        return "" if value is None else str(value)[:MESSAGE_MAX]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, one or several."""
        value = self.read.get("codes")
        several = cast("list[Any]", value) if isinstance(value, list) else [value]
        return tuple(str(code) for code in several if code is not None)[:CODES_MAX]


class BadRequest(msgspec.Struct, frozen=True):
    """An expression that gave nothing that could be sent: our settings are wrong, nothing went."""

    message: str


async def call(
    wire: Wire, operation: Operation, context: Mapping[str, Any], *, safe: bool
) -> Told | BadRequest | Failed | Unknown:
    """Make the call. An answer that no rule fits is Unknown, or Failed where it only asked."""
    made = _request(wire, operation, context)
    if isinstance(made, BadRequest):
        return made
    path, query, headers, body = made
    got = await wire.request(
        operation.method, path, query=query, headers=headers, body=body, safe=safe
    )
    if not isinstance(got, Response):
        return got
    told = _read(wire, operation, {**context, "status": got.status, "body": _body(got)})
    if told is not None:
        return told
    message = f"{got.status}: no rule of the settings fits the answer"
    return Failed(message) if safe else Unknown(message)


def _request(
    wire: Wire, operation: Operation, context: Mapping[str, Any]
) -> tuple[str, dict[str, str], dict[str, str], bytes] | BadRequest:
    try:
        path = _value(wire, operation.path, context)
        if not (isinstance(path, str) and path.startswith("/")):
            return BadRequest(f"path: {operation.path} gives no path")
        query = _texts(wire, operation.query, context)
        headers = _texts(wire, operation.headers, context)
        if operation.body is None:
            return path, query, headers, b""
        body = _without_nulls(_value(wire, operation.body, context))
        if not isinstance(body, dict | list):
            return BadRequest("body: the expression gives neither a context nor a list")
        headers.setdefault("Content-Type", "application/json")
        return path, query, headers, _ENCODER.encode(body)
    except (FeelError, TypeError) as error:
        return BadRequest(str(error))


def _texts(wire: Wire, texts: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, str]:
    values = {name: _value(wire, text, context) for name, text in texts.items()}
    return {name: str(value) for name, value in values.items() if value is not None}


def _read(wire: Wire, operation: Operation, context: Mapping[str, Any]) -> Told | None:
    for rule in operation.answers:
        if _holds(wire, rule, context):
            return Told(
                meaning=rule.state,
                fixable=rule.fixable,
                read={
                    name: _quietly(wire, text, context)
                    for name in READ
                    if (text := getattr(rule, name)) is not None
                },
            )
    return None


def _holds(wire: Wire, rule: Rule, context: Mapping[str, Any]) -> bool:
    return _quietly(wire, rule.when, context) is True


def _quietly(wire: Wire, text: str, context: Mapping[str, Any]) -> Any:
    """The value, or null when it is more than an answer may cost to be read."""
    try:
        return _value(wire, text, context)
    except FeelError:
        return None


def _value(wire: Wire, text: str, context: Mapping[str, Any]) -> Any:
    return compiled(text).evaluate(context, wire.legacy.now())


def _body(got: Response) -> Any:
    """The answer's JSON with exact numbers; null when it is none."""
    try:
        return _DECODER.decode(got.body)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError):
        return None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: _without_nulls(each) for name, each in members.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in cast("list[Any]", value)]
    return value
