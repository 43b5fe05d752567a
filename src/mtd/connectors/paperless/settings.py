"""What the tax document issuer must be told besides its address: issuers, layout, codes."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mtd.connectors.settings import SecretRef

DEFAULT = "default"
"""The issuer of every store that has none of its own."""

_FIELDS = {
    "FH": "kind folio issued_on issuer_rut buyer_rut buyer_name business_line address commune city"
    " net exempt tax total",
    "FHTP": "method amount",
    "DH": "line_no sku description quantity unit_price discount is_exempt amount",
    "RE": "line_no kind folio issued_on code reason",
    "PE": "name value",
}
LAYOUT: dict[str, list[str]] = {mark: list(names.split()) for mark, names in _FIELDS.items()}
"""Fields between the pipes of each line; every customer of the issuer has its own order."""

CODES = {
    "1": "ACCESS",
    "2": "SCHEMA",
    "3": "NO_FOLIO",
    "4": "SIGNATURE",
    "5": "BUYER_DATA",
    "6": "UNKNOWN",
    "7": "FOLIO_TAKEN",
    "8": "BUYER_DATA",
}
"""What each `Codigo` but 0 means; those that are not here are technical failures."""


class Issuer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A company that issues documents."""

    tax_id: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,8}-[0-9K]$")]
    login: SecretRef
    password: SecretRef

    @property
    def number(self) -> str:
        """The RUT without its check digit, as the service wants it."""
        return self.tax_id.partition("-")[0]


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.paperless.options]`."""

    issuers: dict[str, Issuer]
    """By store; `default` issues for the others."""
    namespace: str = "http://webservices.online.webapp.paperless.cl"
    layout: dict[str, list[str]] = msgspec.field(default_factory=LAYOUT.copy)
    codes: dict[str, str] = msgspec.field(default_factory=CODES.copy)
    time_zone: str = "America/Santiago"
    """In which the documents' dates are."""
    document_origins: list[str] = []
    """Other origins, such as `https://dte.example`, that the issuer's links may lead to."""
    order_field: str = "ORDEN"
    """Name of the custom field (PE) that carries the order's key."""
    days_searched_max: Annotated[int, Meta(ge=1, le=366)] = 31
    """How many days back a document is looked for, from today to the day of the order."""

    def issuer(self, store: str) -> Issuer | None:
        """Who issues for `store`."""
        return self.issuers.get(store) or self.issuers.get(DEFAULT)
