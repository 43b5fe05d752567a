"""Labels: how a drawn name is compared with what answers to it."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=16_384)
def folded(label: str) -> str:
    """`label` with blanks trimmed and collapsed, case and accents folded: `Sí` is `si`."""
    plain = unicodedata.normalize("NFKD", label.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
