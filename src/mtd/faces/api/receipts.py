"""Receipts: the door's definite answers as HTTP."""

from typing import Any

from litestar import Response

from mtd.faces.api.problems import problem
from mtd.store.arrival import (
    Accepted,
    Changed,
    Duplicate,
    KeyErased,
    Receipt,
    Refused,
    Unheard,
    UnknownInstance,
)


def answer(receipt: Receipt) -> Response[Any]:
    """202 accepted, 200 known already, 409 when things stand otherwise, 404, 422."""
    match receipt:
        case Accepted(id=id_):
            return Response({"id": id_, "outcome": "accepted"}, status_code=202)
        case Duplicate(id=id_):
            return Response({"id": id_, "outcome": "duplicate"}, status_code=200)
        case Changed(id=id_):
            detail = f"{id_} came before under the same name with other content"
            return problem(409, "this is another", detail)
        case Unheard():
            return problem(409, "nobody awaits it", "and it is not of the kind that waits")
        case UnknownInstance(id=id_):
            return problem(404, "not found", f"there is no instance {id_}")
        case KeyErased():
            return problem(409, "the person was erased", "place the order again")
        case Refused(reason=message):
            return problem(422, "it cannot be stored", message)
