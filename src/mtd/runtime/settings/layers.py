"""Layers: what each file and variable says, merged one upon the other, and who said what."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from mtd.runtime.settings.calendars import calendar_files

OVERRIDE = "MTD__"
"""An environment variable `MTD__<TABLE>__<KEY>` overrides one value."""
EXTENDS_MAX = 8
"""Files that a customer's file may stand upon."""


class BadSettings(Exception):
    """Settings that cannot be used: each line names the file and the key."""


class Layer(msgspec.Struct, frozen=True):
    """What one file, or one variable of the environment, says."""

    place: str
    tables: dict[str, Any]

    def says(self, key: str) -> bool:
        """Whether `key`, such as `legacy.eom.base_url`, is set here, or lies within what is."""
        value: Any = self.tables
        for part in re.split(r"[.\[\]]+", key.strip("]")):
            if not isinstance(value, dict):
                return True
            value = cast("dict[str, Any]", value).get(part, _ABSENT)
            if value is _ABSENT:
                return False
        return True


def layers(customer: str, environment: Mapping[str, str], folders: list[Path]) -> list[Layer]:
    """All that is said to `customer`: calendars, its files, the environment; the last one wins.

    Raises BadSettings for a file that is missing, cannot be read or extends itself.
    """
    return [*_calendars(folders), *_files(customer, folders), *_overrides(environment)]


def placed(layers: list[Layer], key: str, words: str) -> str:
    """The line about a fault: the last place that says `key`, else the customer's own file."""
    own = [layer for layer in layers if not layer.place.startswith(OVERRIDE)][-1]
    place = next((layer.place for layer in reversed(layers) if layer.says(key)), own.place)
    return f"{place}: {key}: {words}" if key else f"{place}: {words}"


def merged(layers: list[Layer]) -> dict[str, Any]:
    """What the layers say together."""
    tables: dict[str, Any] = {}
    for layer in layers:
        tables = _merged(tables, layer.tables)
    return tables


def _calendars(folders: list[Path]) -> Iterator[Layer]:
    for name, path in calendar_files(folders).items():
        yield Layer(str(path), {"calendars": {name: _parsed(path)}})


def _files(customer: str, folders: list[Path]) -> list[Layer]:
    """The customer's file and those it extends, the deepest first."""
    layers: list[Layer] = []
    names: list[str] = []
    name: Any = customer
    while name is not None:
        if name in names or len(names) == EXTENDS_MAX:
            way = " → ".join([*names, str(name)])
            raise BadSettings(f"{layers[0].place}: extends: it goes round, or too deep: {way}")
        layers.insert(0, _read(str(name), folders))
        names.append(str(name))
        name = layers[0].tables.pop("extends", None)
    return layers


def _read(customer: str, folders: list[Path]) -> Layer:
    path = next((p for f in folders if (p := f / f"{customer}.toml").is_file()), None)
    if path is None:
        places = ", ".join(str(folder) for folder in folders)
        raise BadSettings(f"customer {customer!r}: no {customer}.toml in {places}")
    return Layer(str(path), _parsed(path))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error


def _overrides(environment: Mapping[str, str]) -> Iterator[Layer]:
    for name, value in environment.items():
        if name.startswith(OVERRIDE):
            table: Any = value
            for part in reversed(name.removeprefix(OVERRIDE).lower().split("__")):
                table = {part: table}
            yield Layer(name, table)


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = _merged(cast("dict[str, Any]", before), cast("dict[str, Any]", value))
        else:
            merged[key] = value
    return merged


_ABSENT = object()
