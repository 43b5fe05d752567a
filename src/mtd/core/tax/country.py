"""A country as data: currency, rate by date, document types, tax id, language, time zone."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from mtd.core.money import Currency
from mtd.core.tax.request import FiscalKind


class RateSince(Struct, frozen=True):
    """A value-added tax rate and its first day."""

    first_day: date
    percent: Decimal


class DocumentType(Struct, frozen=True):
    """A type of document under the country's own code."""

    code: str
    kind: FiscalKind
    name: str
    """In the country's language, as it is printed."""


class CountryProfile(Struct, frozen=True, kw_only=True):
    """What the rest of MTD may know of a country without knowing its rules."""

    country: str
    currency: Currency
    language: str
    """BCP 47."""
    time_zone: str
    """IANA: fiscal dates are local dates."""
    rates: tuple[RateSince, ...]
    """Newest first."""
    documents: tuple[DocumentType, ...]
    tax_id_scheme: str
    plain_tax_id: Callable[[str], str | None]
    """The tax id in its plain form, or None when it is none."""


def rate_on(profile: CountryProfile, day: date) -> Decimal | None:
    """The percent in force on `day`; None before the first rate that is known."""
    return next((rate.percent for rate in profile.rates if rate.first_day <= day), None)


def document_type(profile: CountryProfile, code: str) -> DocumentType | None:
    """The type of that code, if the country has it."""
    return next((kind for kind in profile.documents if kind.code == code), None)
