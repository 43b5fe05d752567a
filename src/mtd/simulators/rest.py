"""How the systems that speak JSON read requests and honour idempotency keys."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from mtd.simulators.ledger import Outcome
from mtd.simulators.system import Asked, Incoming, Malformed, Reply, encoded

KEY_MAX = 255


class Context(msgspec.Struct, frozen=True):
    """What an operation is told besides the request's own fields."""

    key: str
    verdict: str | None


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of a JSON system."""

    name: str
    shape: type[msgspec.Struct]
    """What the body, or the query of a GET, must be; its `order_id` is the order."""
    act: Callable[[Any, Context], Reply]
    keyed: bool = True
    """Changes something: an `Idempotency-Key` is required and honoured."""


def positive(**amounts: Decimal | None) -> None:
    """Raises ValueError for an amount that is not finite or not more than zero."""
    for name, amount in amounts.items():
        if amount is not None and not (amount.is_finite() and amount > 0):
            raise ValueError(f"{name}: must be more than zero")


class RestDesk:
    """Reads requests for a table of operations; the same key and bytes get the same answer.

    The same key with other bytes is refused with 422 (IETF draft-ietf-httpapi-idempotency-key-
    header-07 §2.6). A refusal is remembered like an effect, except where it says otherwise.
    """

    def __init__(self, operations: Mapping[tuple[str, str], Operation]) -> None:
        self._operations = operations
        self._decoders = {
            operation.name: msgspec.json.Decoder(operation.shape)
            for operation in operations.values()
        }
        self._answers: dict[tuple[str, str], tuple[bytes, Reply]] = {}

    def read(self, incoming: Incoming) -> Asked:
        """The operation that is asked for; raises Malformed with 404, 400 or 422."""
        operation = self._operations.get((incoming.method, incoming.path))
        if operation is None:
            raise Malformed(404, f"no operation {incoming.method} {incoming.path}")
        body = self._body(operation, incoming)
        order = str(getattr(body, "order_id", ""))
        key = incoming.headers.get("Idempotency-Key", "")
        if operation.keyed and not 0 < len(key) <= KEY_MAX:
            raise Malformed(400, "Idempotency-Key: required, at most 255 characters", order)
        act = self._keyed if operation.keyed else self._plain
        return Asked(
            operation=operation.name,
            order=order,
            key=key,
            payload=incoming.body,
            act=partial(act, operation, body, key, incoming.body),
        )

    def _body(self, operation: Operation, incoming: Incoming) -> Any:
        try:
            if incoming.method == "GET":
                return msgspec.convert(dict(incoming.query), operation.shape, strict=False)
            return self._decoders[operation.name].decode(incoming.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Malformed(400, str(error)) from error

    def _keyed(
        self, operation: Operation, body: Any, key: str, payload: bytes, verdict: str | None
    ) -> Reply:
        place = (operation.name, key)
        if place in self._answers:
            before, reply = self._answers[place]
            if before != payload:
                return _malformed(422, "Idempotency-Key: was used for another payload")
            return msgspec.structs.replace(reply, outcome=Outcome.REPEATED, undoes=())
        reply = operation.act(body, Context(key, verdict))
        if reply.remembered:
            self._answers[place] = (payload, reply)
        return reply

    def _plain(
        self, operation: Operation, body: Any, key: str, _payload: bytes, verdict: str | None
    ) -> Reply:
        return operation.act(body, Context(key, verdict))


def say_malformed(malformed: Malformed) -> Reply:
    """How a JSON system says that it does not understand."""
    return _malformed(malformed.status, malformed.message)


def _malformed(status: int, message: str) -> Reply:
    body = encoded({"code": "MALFORMED", "message": message})
    return Reply(status=status, body=body, outcome=Outcome.MALFORMED)
