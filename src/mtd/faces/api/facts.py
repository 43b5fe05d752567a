"""Facts over REST: what is so in the world, over which conditional start events watch."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Router, get, put
from litestar.params import JSONBody

from mtd.faces.api.provided import Served
from mtd.runtime.definitions.conditions import Begun
from mtd.runtime.operations import telling

CHANGES_MAX = 100
"""Facts of one request."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is so from now on."""

    name: Name
    value: Any
    """Any JSON."""


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is so from now on, and who says so."""

    facts: Annotated[list[Said], msgspec.Meta(min_length=1, max_length=CHANGES_MAX)]
    actor: Name = "rest"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What began by it."""

    begun: list[Begun]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact."""

    name: str
    value: msgspec.Raw
    changed_at: datetime
    changed_by: str


@put("/facts", status_code=200, summary="Say what is so in the world")
async def tell(operations: Served, data: JSONBody[Facts]) -> Told:
    """By name; of one that is said twice, the last. Where a condition at a start event becomes
    true by it, its process begins.

    To say the same again changes nothing; 409 when there would be too many facts.
    """
    changes = {one.name: one.value for one in data.facts}
    return Told(begun=await telling.tell(operations, changes, data.actor))


@get("/facts", summary="What is so in the world")
async def listing(operations: Served) -> list[Fact]:
    """By name, with who said so last and when."""
    return [
        Fact(
            name=one.name,
            value=msgspec.Raw(one.value),
            changed_at=one.changed_at,
            changed_by=one.changed_by,
        )
        for one in await telling.told(operations)
    ]


ROUTER = Router(path="/", route_handlers=[tell, listing], tags=["facts"])
