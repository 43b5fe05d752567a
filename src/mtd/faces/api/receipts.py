"""Receipts: the door's definite answers as HTTP."""

from typing import Any

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec

from mtd.faces.api.problems import problem
from mtd.store.arriving.arrival import (
    Accepted,
    Changed,
    Duplicate,
    KeyErased,
    Receipt,
    Refused,
    Unheard,
    UnknownInstance,
)


class Receipted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was let in, or had come before."""

    id: str
    outcome: str
    """`accepted`, or `duplicate`."""
    key: str = ""
    """Of an order."""


RECEIPTS = {
    200: ResponseSpec(Receipted, generate_examples=False, description="It came before"),
    202: ResponseSpec(Receipted, generate_examples=False, description="It was let in, durably"),
}
"""What every route that lets something in may answer with."""


def answer(receipt: Receipt) -> Response[Any]:
    """202 accepted, 200 known already, 409 when things stand otherwise, 404, 422."""
    match receipt:
        case Accepted(id=id_):
            return Response(Receipted(id=id_, outcome="accepted"), status_code=202)
        case Duplicate(id=id_):
            return Response(Receipted(id=id_, outcome="duplicate"), status_code=200)
        case Changed(id=id_):
            detail = f"{id_} came before under the same name with other content"
            return problem(409, "this is another", detail)
        case Unheard(id=id_):
            detail = f"and it is not of the kind that waits; GET /messages/{id_} says who was tried"
            return problem(409, "nobody awaits it", detail)
        case UnknownInstance(id=id_):
            return problem(404, "not found", f"there is no instance {id_}")
        case KeyErased():
            return problem(409, "the person was erased", "place the order again")
        case Refused(reason=message):
            return problem(422, "it cannot be stored", message)
