"""The Peruvian tax id: RUC, eleven digits of which the last checks the others (modulo 11)."""

import re

_RUC = re.compile(r"(1[0567]|20)[0-9]{9}")
_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def plain_ruc(text: str) -> str | None:
    """The RUC itself; None when it is none: 10, 15, 16, 17 or 20, eight digits, the check digit."""
    if not _RUC.fullmatch(text):
        return None
    weighted = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return text if int(text[-1]) == (11 - weighted % 11) % 10 else None
