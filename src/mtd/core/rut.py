"""The Chilean tax id: RUT with its modulo-11 check digit (SII, Formato DTE v2.2, RUT fields)."""

import re

_RUT = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2})-?([0-9Kk])")


def check_digit(number: int) -> str:
    """The digit or `K` that follows `number`: weights 2 to 7 from the right, modulo 11."""
    weighted = sum(int(digit) * (2 + i % 6) for i, digit in enumerate(reversed(str(number))))
    return "0123456789K0"[11 - weighted % 11]


def plain_rut(text: str) -> str | None:
    """The RUT as `12345678-5`, however it was dotted; None when it is no valid RUT."""
    found = _RUT.fullmatch(text)
    if not found:
        return None
    number = int(found[1].replace(".", ""))
    digit = found[2].upper()
    return f"{number}-{digit}" if number and check_digit(number) == digit else None
