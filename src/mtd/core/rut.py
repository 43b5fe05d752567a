"""The Chilean tax id: RUT with its modulo-11 check digit (SII, Formato DTE v2.2, RUT fields)."""

from mtd.core import tax_id


def check_digit(number: int) -> str:
    """The digit or `K` that follows `number`."""
    return tax_id.check_digit(tax_id.RUT, str(number))


def plain_rut(text: str) -> str | None:
    """The RUT as `12345678-5`, however it was dotted; None when it is no valid RUT."""
    return tax_id.plain_tax_id(tax_id.RUT, text)
