"""The wires of a process: one pool of connections for each legacy system it is set up for."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from mtd.connectors.settings import BadLegacySettings, LegacySettings, resolved
from mtd.connectors.wire.legacy import Legacy
from mtd.connectors.wire.wire import Wire

DEPTH_MAX = 8


class Wires:
    """Gives each attempt its wire; `none` is for connectors that have no legacy system."""

    def __init__(
        self,
        legacy: Mapping[str, LegacySettings],
        *,
        environment: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        """Raises BadLegacySettings when a secret that is referred to is not there."""
        self._legacy = {
            name: Legacy(name, settings, _secrets(name, settings, environment), now)
            for name, settings in legacy.items()
        }
        self.none = Wire(None)

    def wire(self, legacy: str) -> Wire:
        """A wire for one attempt; KeyError when the legacy is not set up."""
        return Wire(self._legacy[legacy])

    async def close(self) -> None:
        """Let go of every connection."""
        for legacy in self._legacy.values():
            await legacy.close()


def _secrets(name: str, settings: LegacySettings, environment: Mapping[str, str]) -> dict[str, str]:
    """Every secret that the settings refer to, by its reference."""
    own = {"token": settings.token, "login": settings.login, "password": settings.password}
    found = {
        reference: resolved(reference, environment, f"legacy.{name}.{place}")
        for place, reference in own.items()
        if reference is not None
    }
    for place, reference in _references(f"legacy.{name}.options", settings.options, 0):
        found[reference] = resolved(reference, environment, place)
    return found


def _references(place: str, options: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEPTH_MAX:
        raise BadLegacySettings(f"{place}: nested deeper than {DEPTH_MAX}")
    for key, value in options.items():
        if isinstance(value, dict):
            yield from _references(f"{place}.{key}", cast("dict[str, Any]", value), depth + 1)
        elif isinstance(value, str) and value.startswith(("env:", "file:/")):
            yield f"{place}.{key}", value
