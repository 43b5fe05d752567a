"""Tax ids as data: what they look like and how their last figure checks the others (modulo 11)."""

import re

from msgspec import Struct

PLAIN_MAX = 20
"""Characters of the longest tax id, dots and hyphen counted."""


class TaxId(Struct, frozen=True, kw_only=True):
    """One kind of tax id of a country."""

    scheme: str
    """What the country calls it."""
    pattern: str
    """Of the whole; its groups are the number and, where there is one, the check digit."""
    weights: tuple[int, ...] = ()
    """Of the number's figures, from the right and round again; none: nothing checks them."""
    digits: str = ""
    """The twelve check digits, from 0, by 11 − the weighted sum modulo 11."""
    hyphen: str = ""
    """What stands before the check digit in the plain form."""


RUT = TaxId(
    scheme="RUT",
    pattern=r"([0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2})-?([0-9Kk])",
    weights=(2, 3, 4, 5, 6, 7),
    digits="0123456789K0",
    hyphen="-",
)
"""Chile (SII, Formato DTE v2.2, RUT fields)."""

RUC = TaxId(
    scheme="RUC",
    pattern="((?:1[0567]|20)[0-9]{8})([0-9])",
    weights=(2, 3, 4, 5, 6, 7),
    digits="012345678901",
)
"""Peru: 10, 15, 16, 17 or 20, eight figures and the check digit (SUNAT)."""

DNI = TaxId(scheme="DNI", pattern="([0-9]{8})")
"""Peru: a person's, whose check digit is printed apart and no part of it."""

NIT = TaxId(
    scheme="NIT",
    pattern=r"([0-9]{6,10}|[0-9]{1,3}(?:\.[0-9]{3}){1,3})-?([0-9])",
    weights=(3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71),
    digits="012345678910",
    hyphen="-",
)
"""Colombia (DIAN, Orden Administrativa 4 of 1989)."""

CEDULA = TaxId(scheme="CC", pattern="([0-9]{6,8}|[0-9]{10})")
"""Colombia: a person's *cédula de ciudadanía*."""

BY_COUNTRY: dict[str, tuple[TaxId, ...]] = {
    "CL": (RUT,),
    "PE": (RUC, DNI),
    "CO": (NIT, CEDULA),
}
"""Companies' first, by ISO 3166-1; of other countries any text is one."""


def plain_tax_id(kind: TaxId, text: str) -> str | None:
    """The tax id in its plain form, without dots and leading zeros; None when it is none."""
    found = re.fullmatch(kind.pattern, text) if len(text) <= PLAIN_MAX else None
    if found is None:
        return None
    number = found[1].replace(".", "")
    if not kind.weights:
        return number
    number = number.lstrip("0")
    digit = found[2].upper()
    fits = bool(number) and check_digit(kind, number) == digit
    return f"{number}{kind.hyphen}{digit}" if fits else None


def check_digit(kind: TaxId, number: str) -> str:
    """The figure or letter that checks `number`."""
    weights = kind.weights
    weighted = sum(
        int(figure) * weights[place % len(weights)] for place, figure in enumerate(reversed(number))
    )
    return kind.digits[11 - weighted % 11]


def known_tax_id(country: str, text: str) -> str | None:
    """The plain form under the first of the country's kinds that it is one of; None for none."""
    kinds = BY_COUNTRY.get(country)
    if kinds is None:
        return text
    return next((plain for kind in kinds if (plain := plain_tax_id(kind, text)) is not None), None)


def with_check_digit(number: str) -> list[str]:
    """The tax ids of every country that are this number, a hyphen and its check digit."""
    made = ((kind, f"{number}{kind.hyphen}{check_digit(kind, number)}") for kind in _HYPHENED)
    return [one for kind, one in made if plain_tax_id(kind, one) == one]


_HYPHENED = tuple(kind for kinds in BY_COUNTRY.values() for kind in kinds if kind.hyphen)
