"""Declaring: series that a taxpayer numbers by itself become ranges that documents may use."""

import os

import msgspec

from mtd.connectors.tax.issuers import native_issuers
from mtd.runtime.app import App
from mtd.runtime.tax.authorising import NotTaken, opened
from mtd.runtime.tax.resuming import resume
from mtd.store.ids import uuid7
from mtd.store.tax.folios import NewRange


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of a type are numbered in a series, from the first to the last number."""

    issuer: str
    """Key of its settings."""
    type_code: str
    series: str
    first: int = 1
    last: int | None = None
    """None: the country's highest."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A range of a series that numbers may be taken of from now on."""

    issuer: str
    """Tax id."""
    type_code: str
    series: str
    first: int
    last: int
    environment: str
    resumed: int
    """Orders that stood still for want of numbers, and go on."""


async def declare(app: App, tenant: int, of: Declaration, actor: str) -> Declared | NotTaken:
    """Let documents be numbered in a series of the taxpayer's own.

    Nobody authorises it and it never expires; that it shares no number with what was declared
    before is held as of every range.
    """
    known = native_issuers(app.settings.issuers).get(of.issuer)
    if known is None:
        return NotTaken(f"there is no native issuer {of.issuer!r} in the settings")
    practice = known.practice
    if practice.series_fault is None:
        return NotTaken(f"in {practice.country} numbers are authorised by the {practice.authority}")
    if wrong := practice.series_fault(of.type_code, of.series):
        return NotTaken(wrong)
    last = practice.number_max if of.last is None else of.last
    if not 0 < of.first <= last <= practice.number_max:
        return NotTaken(f"{of.first} to {last} is no range within 1 to {practice.number_max:,}")
    new = NewRange(
        id=uuid7(app.clock.now(), os.urandom(10)),
        issuer=known.tax_id,
        type_code=of.type_code,
        series=of.series,
        first=of.first,
        last=last,
        environment=known.environment,
        authorised_on=None,
        expires_on=None,
        authorisation="",
        sealed_key=None,
    )
    if wrong := await opened(app, tenant, new, actor):
        return NotTaken(wrong)
    return Declared(
        issuer=new.issuer,
        type_code=new.type_code,
        series=new.series,
        first=new.first,
        last=new.last,
        environment=new.environment,
        resumed=await resume(app, tenant, new, actor),
    )
