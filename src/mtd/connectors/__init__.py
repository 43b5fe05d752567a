"""Floor 2: the others' systems, one module each; this table is all that knows them together."""

import msgspec

from mtd.connectors import (
    books,
    engine,
    eom,
    generic,
    giftcard,
    logistics,
    loyalty,
    mail,
    order,
    paperless,
    payment,
    pos,
    salessupport,
    sii,
    sunat,
    tax,
)
from mtd.connectors.contract import Connector
from mtd.connectors.courier import Post
from mtd.connectors.sii.courier import POST as SII
from mtd.connectors.sunat.courier import POST as SUNAT
from mtd.connectors.tax.issuers import Issuers
from mtd.connectors.tax.settings import CHILE, PERU

CONNECTORS: dict[str, Connector] = {
    connector.name: connector
    for connectors in (
        books.CONNECTORS,
        engine.CONNECTORS,
        eom.CONNECTORS,
        generic.CONNECTORS,
        giftcard.CONNECTORS,
        logistics.CONNECTORS,
        loyalty.CONNECTORS,
        mail.CONNECTORS,
        order.CONNECTORS,
        paperless.CONNECTORS,
        payment.CONNECTORS,
        pos.CONNECTORS,
        salessupport.CONNECTORS,
    )
    for connector in connectors
}
"""Every connector that is the same for all customers, by the name that bindings use."""

NAMES = frozenset((*CONNECTORS, *tax.NAMES))
"""What bindings may name."""


def connectors(issuers: Issuers) -> dict[str, Connector]:
    """Every connector of a customer whose tax documents these issue, by name."""
    return {**CONNECTORS, **tax.seam(issuers, CONNECTORS)}


OPTIONS: dict[str, type[msgspec.Struct]] = {
    "books": books.Options,
    "eom": eom.Options,
    "generic": generic.Options,
    "giftcard": giftcard.Options,
    "logistics": logistics.Options,
    "loyalty": loyalty.Options,
    "mail": mail.Options,
    "paperless": paperless.Options,
    "payment": payment.Options,
    "pos": pos.Options,
    "salessupport": salessupport.Options,
    "sii": sii.Options,
    "sunat": sunat.Options,
}
"""What the `options` of each legacy system must be."""

COURIERS: dict[str, Post] = {CHILE: SII, PERU: SUNAT}
"""Who carries the documents that MTD itself issues, by provider."""
