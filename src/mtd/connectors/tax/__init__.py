"""Tax documents: one seam, `tax.*`, and for each issuer the provider that serves it.

A drawing says what is to be done with a document and never by whom: the customer's file names the
provider of each issuer, and the order's store names the issuer.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.tax.issuers import NATIVE, Issuers
from mtd.connectors.tax.native import OPERATIONS, native
from mtd.connectors.tax.settings import GENERIC, PAPERLESS
from mtd.connectors.tax.vouching import vouched
from mtd.core.process.outcome import Failed

LEGACY = {PAPERLESS: "paperless", GENERIC: "generic"}
"""Providers that are a legacy system, by the first half of its connectors' names."""

NAMES = tuple(f"tax.{operation}" for operation in OPERATIONS)
"""What bindings may name."""

_CARE = (Repeat.TRANSACTIONAL, Repeat.LOCAL, Repeat.BY_KEY, Repeat.QUERYABLE, Repeat.NEVER)
"""Ways of repeating, the most careful last."""


def seam(issuers: Issuers, legacy: Mapping[str, Connector]) -> dict[str, Connector]:
    """The operations of the seam; `legacy` are the connectors of all legacy systems by name."""
    return {f"tax.{operation}": _operation(operation, issuers, legacy) for operation in OPERATIONS}


def _operation(operation: str, issuers: Issuers, legacy: Mapping[str, Connector]) -> Connector:
    own = native(operation, issuers)
    served = dict.fromkeys(NATIVE, own)
    for provider, system in LEGACY.items():
        if (connector := legacy.get(f"{system}.{operation}")) is not None:
            heeding = vouched(operation, connector, issuers)
            served[provider] = replace(heeding, name=own.name, system=system)
    used = {*issuers.providers.values()} & {*served}

    def choose(attempt: Attempt) -> Connector | Failed:
        store = attempt.order.store if attempt.order is not None else ""
        provider = issuers.provider(store)
        if provider is None:
            return Failed(f"issuers: there is none for the store {store!r}")
        return served.get(provider) or Failed(f"{provider} does not do tax.{operation}")

    careful = max((served[one] for one in used), key=_care, default=own)
    return Connector(
        own.name,
        own.run,
        careful.repeat,
        choose=choose,
        system=careful.legacy,
    )


def _care(connector: Connector) -> int:
    return _CARE.index(connector.repeat)
