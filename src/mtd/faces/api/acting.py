"""Acting: what a request does for somebody of the portal is checked and recorded as theirs.

The account that the request names says what it may do; the record names the client that said so.
"""

from dataclasses import dataclass
from typing import Annotated, Any, cast

import msgspec
from litestar.openapi.spec import Operation
from litestar.params import QueryParameter

from mtd.faces.api.guarding import CLIENT
from mtd.faces.api.naming import Asked
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.acting import acting_for
from mtd.runtime.desk.people.person import Person

ORIGIN = "api:"
"""How the origin of what came by the API begins in the record; the client's name follows."""
Login = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, description="An account of the portal.")
]
Actor = Annotated[
    str, QueryParameter(min_length=1, max_length=200, description="An account of the portal.")
]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class Reasoned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom, and why."""

    actor: Login
    reason: Reason


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom."""

    actor: Login


@dataclass
class ForSomebody(Operation):
    """An operation that is denied to an account whose roles do not allow it."""

    def to_schema(self) -> dict[str, Any]:
        """As for any operation, and the refusal."""
        schema = super().to_schema()
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        schema["responses"]["403"] = {
            "description": "No open account has this login, or no role of it allows that",
            "content": {"application/problem+json": problem},
        }
        return schema


async def somebody(request: Asked, desk: Desk, login: str) -> Person:
    """Whom the request acts for. Raises acting.Stranger: 403."""
    client = str(cast("dict[str, Any]", request.scope)[CLIENT])
    return await acting_for(desk.accounts, login, f"{ORIGIN}{client}")
