"""Settings: a customer's TOML and the environment, checked before anything starts."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from mtd.connectors import OPTIONS
from mtd.connectors.settings import LegacySettings
from mtd.core.process.compiler.timing import duration
from mtd.core.process.definition import Retry

CUSTOMERS = "customers"
"""The folder of customers' files, in the checkout or in the working folder."""
OVERRIDE = "MTD__"
"""An environment variable `MTD__<TABLE>__<KEY>` overrides one value."""
EXTENDS_MAX = 8
"""Files that a customer's file may stand upon."""
LIVE_MIN = 100
"""Less memory than that could not turn."""

AtLeastOne = Annotated[int, Meta(ge=1)]


class BadSettings(Exception):
    """Settings that cannot be used: each line names the file and the key."""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A typing error in a key is an error, not silence."""


class StoreSettings(_Table, frozen=True, kw_only=True):
    """One of the customer's shops."""

    name: str
    country: str = "CL"
    mapping: str
    """Dialect of its order files: `customers/mappings/<mapping>.toml`."""
    language: str = "es"
    tax_id: str
    """Tax id of the company that issues its documents."""


class Route(_Table, frozen=True, kw_only=True):
    """Which process an order runs through (I9); the first that fits wins."""

    process: str
    """The definition's name."""
    country: str | None = None
    store: str | None = None
    channel: str | None = None

    def fits(self, country: str, store: str, channel: str) -> bool:
        """Whether an order of this country, store and channel takes this route."""
        mine = (self.country, self.store, self.channel)
        return all(
            m is None or m == o for m, o in zip(mine, (country, store, channel), strict=True)
        )


class IntakeSettings(_Table, frozen=True, kw_only=True):
    """The folder intake (I0-I9)."""

    folder: str = "intake"
    """Below MTD_HOME unless absolute: `{country}/{store}/{channel}/*.xml`."""
    attempt_backoff: str = "PT1S"
    attempt_backoff_max: str = "PT5M"
    settle: str = "PT0.2S"
    """A file is complete when its size and time have not changed for this long."""
    scan: str = "PT5S"
    """Between two looks at the folder when no event says that something changed."""


class ApiSettings(_Table, frozen=True, kw_only=True):
    """The REST door."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8080
    tls_certificate: str | None = None
    tls_key: str | None = None


class WorkerSettings(_Table, frozen=True, kw_only=True):
    """One worker's bounds."""

    count: AtLeastOne = 2
    """Worker processes that `mtd up` keeps running."""
    live_max: Annotated[int, Meta(ge=LIVE_MIN)] = 20_000
    """Instances kept in memory."""
    batch_max: Annotated[int, Meta(ge=1, le=5_000)] = 500
    """Instances in one turn."""


class Settings(_Table, frozen=True, kw_only=True):
    """Everything a customer's file says, after what it extends."""

    customer: str
    processes: list[str]
    """Drawings to deploy at start, below `processes/`."""
    routes: list[Route]
    stores: dict[str, StoreSettings]
    durations: dict[str, str] = {}
    """Every wait, poll, back-off and due time of a process, by name (ISO 8601)."""
    message_ttl: dict[str, str] = {}
    """How long an early message waits to be awaited (§6.4); PT0S: refused unless awaited."""
    message_key: dict[str, str] = {}
    """The payload's field that is the key of a message which its sender keys otherwise."""
    retry: dict[str, Retry] = {}
    legacy: dict[str, LegacySettings] = {}
    intake: IntakeSettings = IntakeSettings()
    api: ApiSettings = ApiSettings()
    worker: WorkerSettings = WorkerSettings()
    time_zone: str = "America/Santiago"
    simulated: bool = False
    """Whether `mtd up` starts simulated legacy systems and leads every connector to them."""


def load(customer: str, environment: Mapping[str, str], folders: list[Path]) -> Settings:
    """The settings of `customer`, its file found in the first of `folders` that has it.

    A file may say `extends = "other"`: tables are merged, its own values win. An environment
    variable `MTD__<TABLE>__<KEY>` overrides one value. Raises BadSettings, one line for each
    fault, naming the file (or variable) and the key.
    """
    layers = [*_files(customer, folders), *_overrides(environment)]
    tables: dict[str, Any] = {"customer": customer}
    for layer in layers:
        tables = _merged(tables, layer.tables)
    try:
        settings = msgspec.convert(tables, Settings, strict=False)
    except msgspec.ValidationError as error:
        words, _, key = str(error).partition(" - at `$")
        key = _named(tables, key.strip("`.")) or _quoted(words)
        raise BadSettings(_fault(layers, key, words)) from error
    faults = [_fault(layers, key, words) for key, words in _faults(settings)]
    if faults:
        raise BadSettings("\n".join(faults))
    return settings


def home(environment: Mapping[str, str]) -> Path:
    """Where MTD keeps what is its own: `MTD_HOME`, else `.mtd` in the working folder."""
    return Path(environment.get("MTD_HOME") or ".mtd").absolute()


def environ() -> Mapping[str, str]:
    """The process's environment; faces pass it on."""
    return os.environ


class _Layer(msgspec.Struct, frozen=True):
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


_ABSENT = object()


def _fault(layers: list[_Layer], key: str, words: str) -> str:
    """The line about a fault: the last place that says `key`, else the customer's own file."""
    own = [layer for layer in layers if not layer.place.startswith(OVERRIDE)][-1]
    place = next((layer.place for layer in reversed(layers) if layer.says(key)), own.place)
    return f"{place}: {key}: {words}" if key else f"{place}: {words}"


def _named(tables: Mapping[str, Any], key: str) -> str:
    """`key` with the name that msgspec leaves out of it: `legacy[...].token`."""
    table, unnamed, rest = key.partition("[...]")
    if not unnamed or table not in _NAMED:
        return key
    for name, value in tables[table].items():
        try:
            msgspec.convert(value, _NAMED[table], strict=False)
        except msgspec.ValidationError:
            return f"{table}.{name}{rest}"
    return key


_NAMED: dict[str, Any] = {
    "stores": StoreSettings,
    "legacy": LegacySettings,
    "retry": Retry,
    "durations": str,
    "message_ttl": str,
}
"""Of what the tables are whose keys are names."""


def _quoted(words: str) -> str:
    """The key that a message about the whole file quotes."""
    found = re.search(r"`(\w+)`", words.partition("field")[2])
    return found[1] if found else ""


def _faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is of the right type and still cannot be used: key and reason."""
    for name, text in settings.durations.items():
        yield from _unusable(f"durations.{name}", text, months=True)
    for name, text in settings.message_ttl.items():
        yield from _unusable(f"message_ttl.{name}", text)
    for name in ("attempt_backoff", "attempt_backoff_max", "settle", "scan"):
        yield from _unusable(f"intake.{name}", getattr(settings.intake, name))
    try:
        ZoneInfo(settings.time_zone)
    except (ValueError, OSError, LookupError):
        yield "time_zone", f"{settings.time_zone!r} is no time zone, such as America/Santiago"
    for name, legacy in settings.legacy.items():
        if name not in OPTIONS:
            yield f"legacy.{name}", f"unknown; there are {', '.join(sorted(OPTIONS))}"
            continue
        try:
            msgspec.convert(legacy.options, OPTIONS[name], strict=False)
        except msgspec.ValidationError as error:
            yield f"legacy.{name}.options", str(error)
    if bool(settings.api.tls_certificate) is not bool(settings.api.tls_key):
        yield "api", "tls_certificate and tls_key go together"


def _unusable(key: str, text: str, *, months: bool = False) -> Iterator[tuple[str, str]]:
    try:
        wait = duration(text)
    except (ValueError, OverflowError) as error:
        yield key, str(error)
        return
    if isinstance(wait, timedelta):
        if wait < timedelta(0):
            yield key, f"{text!r} is less than nothing"
    elif not months:
        yield key, f"{text!r} is of months, whose length differs; say days"


def _files(customer: str, folders: list[Path]) -> list[_Layer]:
    """The customer's file and those it extends, the deepest first."""
    layers: list[_Layer] = []
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


def _read(customer: str, folders: list[Path]) -> _Layer:
    path = next((p for f in folders if (p := f / f"{customer}.toml").is_file()), None)
    if path is None:
        places = ", ".join(str(folder) for folder in folders)
        raise BadSettings(f"customer {customer!r}: no {customer}.toml in {places}")
    try:
        return _Layer(str(path), tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error


def _overrides(environment: Mapping[str, str]) -> Iterator[_Layer]:
    for name, value in environment.items():
        if name.startswith(OVERRIDE):
            table: Any = value
            for part in reversed(name.removeprefix(OVERRIDE).lower().split("__")):
                table = {part: table}
            yield _Layer(name, table)


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = _merged(cast("dict[str, Any]", before), cast("dict[str, Any]", value))
        else:
            merged[key] = value
    return merged
