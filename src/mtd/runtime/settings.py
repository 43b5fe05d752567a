"""Settings: a customer's TOML and the environment, checked before anything starts."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from mtd.connectors.settings import LegacySettings
from mtd.core.process.definition import Retry

CUSTOMERS = "customers"
"""The folder of customers' files, in the checkout or in the working folder."""


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
    attempts_max: int = 10
    attempt_backoff: str = "PT1S"
    attempt_backoff_max: str = "PT5M"
    settle: str = "PT0.2S"
    """A file is complete when its size and time have not changed for this long."""
    scan: str = "PT5S"
    """Between two looks at the folder when no event says that something changed."""


class ApiSettings(_Table, frozen=True, kw_only=True):
    """The REST door."""

    host: str = "127.0.0.1"
    port: int = 8080
    tls_certificate: str | None = None
    tls_key: str | None = None


class WorkerSettings(_Table, frozen=True, kw_only=True):
    """One worker's bounds."""

    count: int = 2
    """Worker processes that `mtd up` keeps running."""
    live_max: int = 20_000
    """Instances kept in memory."""
    batch_max: int = 500
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
    variable `MTD__<TABLE>__<KEY>` overrides one value. Raises BadSettings.
    """
    tables, path = _read(customer, folders, seen=())
    for name, value in environment.items():
        if name.startswith("MTD__"):
            _override(tables, name, value)
    tables.setdefault("customer", customer)
    try:
        return msgspec.convert(tables, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{path}: {error}") from error


def home(environment: Mapping[str, str]) -> Path:
    """Where MTD keeps what is its own: `MTD_HOME`, else `.mtd` in the working folder."""
    return Path(environment.get("MTD_HOME") or ".mtd").absolute()


def _read(customer: str, folders: list[Path], seen: tuple[str, ...]) -> tuple[dict[str, Any], Path]:
    if customer in seen:
        raise BadSettings(f"{customer}.toml: extends itself through {' → '.join(seen)}")
    for folder in folders:
        path = folder / f"{customer}.toml"
        if path.is_file():
            break
    else:
        places = ", ".join(str(folder) for folder in folders)
        raise BadSettings(f"customer {customer!r}: no {customer}.toml in {places}")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error
    parent = tables.pop("extends", None)
    if parent is None:
        return tables, path
    inherited, _ = _read(str(parent), folders, (*seen, customer))
    return _merged(inherited, tables), path


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = _merged(before, value)
        else:
            merged[key] = value
    return merged


def _override(tables: dict[str, Any], name: str, value: str) -> None:
    *path, key = name.removeprefix("MTD__").lower().split("__")
    table = tables
    for part in path:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise BadSettings(f"{name}: {part} is not a table")
    table[key] = value


def environ() -> Mapping[str, str]:
    """The process's environment; faces pass it on."""
    return os.environ
