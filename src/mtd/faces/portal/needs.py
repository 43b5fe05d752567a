"""Needs: which permissions a route asks for; a route that names none lets nobody in."""

from collections.abc import Callable
from typing import Any

from litestar import get, post
from litestar.enums import MediaType

OPEN = "open"
"""Anybody, signed in or not."""
SIGNED_IN = "signed in"
"""Whoever is signed in."""
POLLED = "polled"
"""Of a route that an open page asks by itself, which is no sign that somebody sits there."""
Route = Callable[[Any], Any]


def allows(needs: str, permissions: frozenset[str]) -> bool:
    """Whether who is signed in with these permissions may use a route that needs `needs`."""
    return needs in (OPEN, SIGNED_IN) or permissions.issuperset(needs.split())


def page(path: str | list[str], needs: str, **more: Any) -> Route:
    """A GET route for whoever has all permissions of `needs`, apart by spaces."""
    more.setdefault("media_type", MediaType.HTML)
    return get(path, needs=needs, **more)


def action(path: str, needs: str, **more: Any) -> Route:
    """A POST route for whoever has all permissions of `needs`; it answers by a redirect."""
    more.setdefault("status_code", 303)
    return post(path, needs=needs, **more)
