"""Who somebody is to the SUNAT: RUC, DNI and the other documents of catalogue 06."""

import re

from msgspec import Struct

from mtd.core.tax.countries.pe.catalogues import DNI, FOREIGNER, NOBODY, PASSPORT, RUC
from mtd.core.tax.countries.pe.ruc import plain_ruc
from mtd.core.tax.request import Buyer

_DNI = re.compile(r"[0-9]{8}")
_OTHER = re.compile(r"[A-Za-z0-9]{1,15}")
"""Rule 4208: up to fifteen letters and figures."""

_SCHEMES = {"RUC": RUC, "DNI": DNI, "CE": FOREIGNER, "PASSPORT": PASSPORT}


class Identity(Struct, frozen=True):
    """An identity document: its kind under catalogue 06, and its number."""

    kind: str
    number: str


ANONYMOUS = Identity(NOBODY, "-")
"""The buyer of a receipt whom nobody named."""
ANONYMOUS_NAME = "CLIENTES VARIOS"


def identity(buyer: Buyer) -> Identity | str:
    """The buyer's document, or what is wrong with it.

    Without a scheme eleven figures are a RUC and eight a DNI, which no other document has.
    """
    text = buyer.tax_id.strip()
    scheme = buyer.tax_id_scheme.upper() or ("DNI" if _DNI.fullmatch(text) else "RUC")
    kind = _SCHEMES.get(scheme)
    if kind is None:
        return f"is a {scheme}, which is none of {', '.join(_SCHEMES)}"
    if kind == RUC:
        ruc = plain_ruc(text)
        return Identity(RUC, ruc) if ruc else "is no RUC: eleven figures with their check digit"
    fitting = _DNI if kind == DNI else _OTHER
    if not fitting.fullmatch(text):
        wanted = "eight figures" if kind == DNI else "up to fifteen letters and figures"
        return f"is no {scheme}: {wanted}"
    return Identity(kind, text)
