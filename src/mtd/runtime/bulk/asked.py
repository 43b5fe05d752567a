"""Asked: a bulk action in the words of who wants it, and how each of its items stood then."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mtd.core.process.trigger import Changed, Redefined, Retried, Trigger
from mtd.runtime.operations.following import Line
from mtd.runtime.operations.operations import Conflict
from mtd.store.operations.bulk import Action
from mtd.store.operations.standings import Filter, Trouble

ITEMS_MAX = 10_000
"""Orders or files of one bulk action; who has more narrows the filter."""
RATE_PER_S = 20.0
RATE_PER_S_MAX = 1_000.0

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Reason = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S")]


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the action takes beside its scope."""

    variables: dict[str, Any] = {}
    """`set`: these; `retry`: corrections, set first."""
    to: str = ""
    """`migrate`: the `name@version` to go on with."""
    mapping: dict[str, str] = {}
    """`migrate`: ids of elements that have another one there."""


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done to whom, how fast, by whose word and why."""

    name: Text
    action: Action
    actor: Text
    reason: Reason
    orders: Annotated[list[Text], Meta(max_length=ITEMS_MAX)] | None = None
    """Ids, keys or external ids; None: those that the filter fits."""
    files: Annotated[list[Text], Meta(max_length=ITEMS_MAX)] | None = None
    """`push`: ids; None: those that wait, of the filter's cause."""
    filter: Filter = Filter()
    arguments: Arguments = msgspec.field(default_factory=Arguments)
    rate_per_s: Annotated[float, Meta(gt=0, le=RATE_PER_S_MAX)] = RATE_PER_S


class Stood(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an item stood when the scope was fixed: it is not touched where it stands otherwise."""

    incidents: tuple[Trouble, ...] = ()
    """The open ones; `retry` is for them alone."""
    definition: str = ""
    """`migrate`: what it ran on."""
    pushes: int = 0
    """`push`: how often it had been pushed."""
    would: tuple[str, ...] = ()
    """Of a sample: what a dry run said would happen."""
    told: tuple[Line, ...] = ()
    """The same as keys and values."""


def checked(wish: Wish) -> Wish:
    """`wish`, if it makes sense. Raises Conflict."""
    if wish.action == "set" and not wish.arguments.variables:
        raise Conflict("to set variables takes `arguments.variables`")
    if wish.action == "migrate" and "@" not in wish.arguments.to:
        raise Conflict("to migrate takes `arguments.to`, a name@version")
    if wish.action == "push" and wish.orders is not None:
        raise Conflict("files are pushed, not orders: name them by `files`, or by `filter.cause`")
    if wish.action != "push" and wish.files is not None:
        raise Conflict("files can only be pushed: name orders by `orders`, or by `filter`")
    return wish


def triggers(
    action: Action, stood: Stood, arguments: Arguments, actor: str, reason: str, at: datetime
) -> list[Trigger]:
    """What comes in for an order `at` that time; of a retry, one for each incident it stood in."""
    said = {"actor": actor, "reason": reason}
    match action:
        case "retry":
            return [
                Retried(at=at, incident=one.id, variables=arguments.variables, **said)
                for one in stood.incidents
            ]
        case "set":
            return [Changed(at=at, variables=arguments.variables, **said)]
        case "migrate":
            return [Redefined(at=at, to=arguments.to, mapping=arguments.mapping, **said)]
        case _:
            return []
