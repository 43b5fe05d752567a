"""A country as data: currency, rate by date, document types, tax ids, language, calendar, zone."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from mtd.core.money import Currency
from mtd.core.tax.request import FiscalKind
from mtd.core.tax_id import BY_COUNTRY, TaxId


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


class Issuing(StrEnum):
    """Who can issue a country's documents."""

    NATIVE = "native"
    """MTD itself, or a provider."""
    PROVIDER = "provider"
    """A provider alone, such as `http.generic`: MTD knows the country, and does not sign for it."""


class CountryProfile(Struct, frozen=True, kw_only=True):
    """What the rest of MTD may know of a country without knowing its rules."""

    country: str
    """ISO 3166-1 alpha-2; the name of its business calendar too."""
    name: str
    currency: Currency
    language: str
    """BCP 47."""
    time_zone: str
    """IANA: fiscal dates are local dates."""
    authority: str
    """Who authorises and takes the documents."""
    tax_name: str
    rates: tuple[RateSince, ...]
    """Newest first."""
    documents: tuple[DocumentType, ...]
    issuing: Issuing

    @property
    def tax_ids(self) -> tuple[TaxId, ...]:
        """The kinds of tax id, a company's first."""
        return BY_COUNTRY[self.country]


def rate_on(profile: CountryProfile, day: date) -> Decimal | None:
    """The percent in force on `day`; None before the first rate that is known."""
    return next((rate.percent for rate in profile.rates if rate.first_day <= day), None)


def document_type(profile: CountryProfile, code: str) -> DocumentType | None:
    """The type of that code, if the country has it."""
    return next((kind for kind in profile.documents if kind.code == code), None)


def issuing_fault(
    profiles: Mapping[str, CountryProfile], country: str, currency: Currency, *, native: bool
) -> str | None:
    """Why documents of this country and currency cannot be issued; None when they can.

    `native` where MTD itself is to issue them, and no provider.
    """
    profile = profiles.get(country)
    if profile is None:
        known = ", ".join(sorted(profiles))
        return f"MTD knows no tax documents of {country}; it knows those of {known}"
    if currency is not profile.currency:
        return f"{profile.name} documents sales in {profile.currency}, not in {currency}"
    if native and profile.issuing is not Issuing.NATIVE:
        return (
            f"MTD does not issue {profile.name}'s documents for the {profile.authority} itself:"
            " name a provider (http.generic) for this issuer"
        )
    return None
