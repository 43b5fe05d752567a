"""The Peruvian tax id of whoever issues or is invoiced."""

from mtd.core.tax_id import RUC, plain_tax_id


def plain_ruc(text: str) -> str | None:
    """The RUC itself; None when it is none: 10, 15, 16, 17 or 20, eight digits, the check digit."""
    return plain_tax_id(RUC, text)
