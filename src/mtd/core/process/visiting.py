"""Visiting: which of its instance's steps a call is, whatever moves beside it.

The visit is part of a call's idempotency key. After a restore the same story is told again, and
its parallel paths in another order: so nothing counts that all of them share. A call has its
number among those of its element in its scope; a scope has its number at the place where it
opened in the scope around it; and so on, up to the process (docs/decisions/0010).
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from mtd.core.process.instance import Instance, Scope, Wait
from mtd.core.process.journal import Draft

DIGEST_BYTES = 8
"""Of the way to a scope: an instance has thousands of them at the most."""


def visit(instance: Instance, wait: Wait) -> str:
    """Which call of its element this is: `v2`, and inside of something `v2-` and its digest.

    A call that an older version of this program asked for keeps the number that it went by.
    """
    if not wait.nth:
        return str(wait.id)
    way = "/".join(_way(instance.scopes, wait.scope))
    inside = f"-{blake2b(way.encode(), digest_size=DIGEST_BYTES).hexdigest()}" if way else ""
    return f"v{wait.nth}{inside}"


def following(draft: Draft, scope: int, place: str) -> int:
    """The number of what begins next at the element `place` in `scope`."""
    return draft.visits.get(scope, {}).get(place, 0) + 1


def _way(scopes: Mapping[int, Scope], inmost: int) -> Iterator[str]:
    """From a scope out to the process; an older scope, which has no number, goes by its id."""
    scope = scopes[inmost]
    while scope.parent is not None:
        yield f"{scope.place}#{scope.nth}" if scope.nth else str(scope.id)
        scope = scopes[scope.parent]
