"""Needs: which permission a route asks for; a route that names none lets nobody in."""

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


def page(path: str | list[str], needs: str, **more: Any) -> Route:
    """A GET route for whoever has the permission `needs`."""
    more.setdefault("media_type", MediaType.HTML)
    return get(path, needs=needs, **more)


def action(path: str, needs: str, **more: Any) -> Route:
    """A POST route for whoever has the permission `needs`; it answers by a redirect."""
    more.setdefault("status_code", 303)
    return post(path, needs=needs, **more)
