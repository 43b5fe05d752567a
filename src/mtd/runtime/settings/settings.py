"""Settings: a customer's TOML and the environment, checked before anything starts."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from mtd.connectors import OPTIONS
from mtd.connectors.settings import LegacySettings
from mtd.connectors.tax.issuers import Issuers, issuer_faults, issuers_of
from mtd.connectors.tax.settings import OPTIONS as ISSUER_OPTIONS
from mtd.connectors.tax.settings import IssuerSettings
from mtd.core.decision.feel import YearsMonthsDuration
from mtd.core.process.compiler.timing import Place, cycle, duration
from mtd.core.process.definition import Retry
from mtd.core.time.business_calendar import BusinessCalendar
from mtd.core.time.business_duration import is_business
from mtd.runtime.settings.alerts import AlertSettings, alert_faults
from mtd.runtime.settings.calendars import FOLDER, CalendarSettings, faults, unfit, zone
from mtd.runtime.settings.layers import BadSettings, layers, merged, placed
from mtd.runtime.settings.parts import (
    ApiSettings,
    IntakeSettings,
    Route,
    StoreSettings,
    WorkerSettings,
)
from mtd.runtime.settings.portal import PortalSettings, portal_faults
from mtd.runtime.settings.reports import ReportSettings, report_faults

CUSTOMERS = "customers"
"""The folder of customers' files, in the checkout or in the working folder."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a customer's file says, after what it extends."""

    customer: str
    processes: list[str]
    """Drawings to deploy at start, below `processes/`."""
    routes: list[Route]
    stores: dict[str, StoreSettings]
    durations: dict[str, str] = {}
    """Every wait, poll, back-off and due time of a process, by name: ISO 8601, `4 bh`, `2 bd`."""
    cycles: dict[str, str] = {}
    """What comes again, by name: ISO 8601 (`R/PT1H`), or cron (`0 5 * * *`) in the time zone."""
    task_at_risk: str = "PT1H"
    """A task is at risk from so long before it is due: ISO 8601, or `1 bh`."""
    message_ttl: dict[str, str] = {}
    """How long an early message waits to be awaited (§6.4); PT0S: refused unless awaited."""
    message_broadcast: list[str] = []
    """Messages that all take who await their key; of any other, whoever has waited longest."""
    message_key: dict[str, str] = {}
    """The payload's field that is the key of a message which its sender keys otherwise."""
    retry: dict[str, Retry] = {}
    legacy: dict[str, LegacySettings] = {}
    issuers: dict[str, IssuerSettings] = {}
    """The taxpayers that issue documents."""
    intake: IntakeSettings = IntakeSettings()
    api: ApiSettings = ApiSettings()
    portal: PortalSettings = PortalSettings()
    alerts: AlertSettings = AlertSettings()
    reports: ReportSettings = ReportSettings()
    worker: WorkerSettings = WorkerSettings()
    time_zone: str = "America/Santiago"
    """Of dates without one, where an instance names no calendar."""
    calendar: str | None = None
    """What `bh` and `bd` count in where an instance names none: one of `calendars`."""
    calendars: dict[str, CalendarSettings] = {}
    """Those of `customers/calendars/`, and what this customer adds to them."""
    simulated: bool = False
    """Whether `mtd up` starts simulated legacy systems and leads every connector to them."""


def load(customer: str, environment: Mapping[str, str], folders: list[Path]) -> Settings:
    """The settings of `customer`, its file found in the first of `folders` that has it.

    A file may say `extends = "other"`: tables are merged, its own values win. An environment
    variable `MTD__<TABLE>__<KEY>` overrides one value. Raises BadSettings, one line for each
    fault, naming the file (or variable) and the key.
    """
    said = layers(customer, environment, folders)
    tables = {"customer": customer} | merged(said)
    try:
        settings = msgspec.convert(tables, Settings, strict=False)
    except msgspec.ValidationError as error:
        words, _, key = str(error).partition(" - at `$")
        key = _named(tables, key.strip("`.")) or _quoted(words)
        raise BadSettings(placed(said, key, words)) from error
    lines = [placed(said, key, words) for key, words in _faults(settings)]
    if lines:
        raise BadSettings("\n".join(lines))
    return settings


def issuers(settings: Settings) -> Issuers:
    """Who issues for which store."""
    named = {name: store.issuer for name, store in settings.stores.items() if store.issuer}
    return issuers_of(settings.issuers, named)


def home(environment: Mapping[str, str]) -> Path:
    """Where MTD keeps what is its own: `MTD_HOME`, else `.mtd` in the working folder."""
    return Path(environment.get("MTD_HOME") or ".mtd").absolute()


def environ() -> Mapping[str, str]:
    """The process's environment; faces pass it on."""
    return os.environ


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
    "issuers": IssuerSettings,
    "retry": Retry,
    "durations": str,
    "cycles": str,
    "calendars": CalendarSettings,
    "message_ttl": str,
}
"""Of what the tables are whose keys are names."""


def _quoted(words: str) -> str:
    """The key that a message about the whole file quotes."""
    found = re.search(r"`(\w+)`", words.partition("field")[2])
    return found[1] if found else ""


def _faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is of the right type and still cannot be used: key and reason."""
    yield from _clock_faults(settings)
    for name, text in settings.message_ttl.items():
        yield from _unusable(f"message_ttl.{name}", text)
    for name in ("attempt_backoff", "attempt_backoff_max", "settle", "scan"):
        yield from _unusable(f"intake.{name}", getattr(settings.intake, name))
    for name, legacy in settings.legacy.items():
        if name not in OPTIONS:
            yield f"legacy.{name}", f"unknown; there are {', '.join(sorted(OPTIONS))}"
            continue
        try:
            msgspec.convert(legacy.options, OPTIONS[name], strict=False)
        except msgspec.ValidationError as error:
            yield f"legacy.{name}.options", str(error)
    yield from _issuer_faults(settings)
    yield from alert_faults(settings.alerts, settings.stores)
    yield from report_faults(settings.reports, settings.stores)
    for name, door in (("api", settings.api), ("portal", settings.portal)):
        if bool(door.tls_certificate) is not bool(door.tls_key):
            yield name, "tls_certificate and tls_key go together"
    yield from portal_faults(settings.portal)


def _issuer_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is wrong with the issuers, and with which of them a store names."""
    for name, issuer in settings.issuers.items():
        if issuer.provider not in ISSUER_OPTIONS:
            known = ", ".join(sorted(ISSUER_OPTIONS))
            yield f"issuers.{name}.provider", f"unknown; there are {known}"
            continue
        try:
            msgspec.convert(issuer.options, ISSUER_OPTIONS[issuer.provider], strict=False)
        except msgspec.ValidationError as error:
            yield f"issuers.{name}.options", str(error)
        for key, words in issuer_faults(issuer):
            yield f"issuers.{name}.{key}", words
    for name, store in settings.stores.items():
        if store.issuer is not None and store.issuer not in settings.issuers:
            yield f"stores.{name}.issuer", f"there is no issuer {store.issuer!r}"


def _clock_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is wrong with durations, and with the calendars and the time zone that they count in."""
    for name, text in settings.durations.items():
        yield from _unusable(f"durations.{name}", text, of_people=True)
    yield from _unusable("task_at_risk", settings.task_at_risk, of_people=True)
    for name, text in settings.cycles.items():
        yield from unfit(f"cycles.{name}", _cycle, text)
    yield from unfit("time_zone", zone, settings.time_zone)
    for name, calendar in settings.calendars.items():
        for key, words in faults(calendar):
            yield f"calendars.{name}.{key}", words
    counting = [
        f"durations.{name}" for name, text in settings.durations.items() if is_business(text)
    ]
    counting += ["task_at_risk"] * is_business(settings.task_at_risk)
    if counting and settings.calendar is None:
        yield counting[0], "it counts in a business calendar; say which: `calendar`"
    chosen = {"calendar": settings.calendar}
    for name, store in settings.stores.items():
        chosen[f"stores.{name}.calendar"] = store.calendar
        if counting and store.calendar is None and store.country not in settings.calendars:
            yield f"stores.{name}.country", f"there is no calendar of {store.country!r}; say which"
    for key, wanted in chosen.items():
        if wanted is not None and wanted not in settings.calendars:
            known = ", ".join(sorted(settings.calendars)) or "none"
            yield key, f"there is no calendar {wanted!r} in {FOLDER}/ (known: {known})"


def _unusable(key: str, text: str, *, of_people: bool = False) -> Iterator[tuple[str, str]]:
    """What is wrong with a duration; only people's may be of months or of business time."""
    try:
        wait = duration(text, _ANY_CALENDAR if of_people else None)
    except (ValueError, OverflowError) as error:
        yield key, str(error)
        return
    if isinstance(wait, YearsMonthsDuration) and not of_people:
        yield key, f"{text!r} is of months, whose length differs; say days"
    elif text.startswith("-") and wait != timedelta(0):
        yield key, f"{text!r} is less than nothing"


def _cycle(text: str) -> object:
    return cycle(text, Place(calendar=_ANY_CALENDAR))


_ANY_CALENDAR = BusinessCalendar(name="any", zone="UTC", week=())
"""What durations are checked in: how they are written does not depend on the calendar."""
