"""Floor 2: the others' systems, one module each; this table is all that knows them together."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from mtd.connectors import (
    engine,
    eom,
    giftcard,
    logistics,
    mail,
    order,
    paperless,
    payment,
    pos,
    salessupport,
)
from mtd.connectors.contract import Connector
from mtd.connectors.settings import BadLegacySettings, LegacySettings
from mtd.connectors.wire import Wires

CONNECTORS: dict[str, Connector] = {
    connector.name: connector
    for connectors in (
        engine.CONNECTORS,
        eom.CONNECTORS,
        giftcard.CONNECTORS,
        logistics.CONNECTORS,
        mail.CONNECTORS,
        order.CONNECTORS,
        paperless.CONNECTORS,
        payment.CONNECTORS,
        pos.CONNECTORS,
        salessupport.CONNECTORS,
    )
    for connector in connectors
}
"""Every connector by the name that bindings use."""

OPTIONS: dict[str, type[msgspec.Struct]] = {
    "eom": eom.Options,
    "giftcard": giftcard.Options,
    "logistics": logistics.Options,
    "mail": mail.Options,
    "paperless": paperless.Options,
    "payment": payment.Options,
    "pos": pos.Options,
    "salessupport": salessupport.Options,
}
"""What the `options` of each legacy system must be."""


def open_wires(
    legacy: Mapping[str, LegacySettings],
    *,
    environment: Mapping[str, str],
    now: Callable[[], datetime],
) -> Wires:
    """The wires of these settings; raises BadLegacySettings naming the legacy and the key."""
    for name, settings in legacy.items():
        if name not in OPTIONS:
            raise BadLegacySettings(f"legacy.{name}: unknown; there are {', '.join(OPTIONS)}")
        try:
            msgspec.convert(settings.options, OPTIONS[name], strict=False)
        except msgspec.ValidationError as error:
            raise BadLegacySettings(f"legacy.{name}.options: {error}") from error
    return Wires(legacy, environment=environment, now=now)
