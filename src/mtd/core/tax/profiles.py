"""The countries MTD knows, by ISO 3166-1 code."""

from mtd.core.tax.countries.cl.profile import CHILE
from mtd.core.tax.countries.co.profile import COLOMBIA
from mtd.core.tax.countries.pe.profile import PERU
from mtd.core.tax.country import CountryProfile

PROFILES: dict[str, CountryProfile] = {
    profile.country: profile for profile in (CHILE, COLOMBIA, PERU)
}
