"""Opening: the post offices of a worker, one for each authority that the customer's file names."""

import os
from collections.abc import Callable, Collection

from mtd.connectors import COURIERS
from mtd.connectors.tax.issuers import by_tax_id, native_issuers
from mtd.connectors.wire import Wires
from mtd.runtime.app import App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.settings.settings import BadSettings
from mtd.runtime.tax.keyring import Keyring
from mtd.runtime.tax.post.counter import Counter
from mtd.runtime.tax.post.office import Office
from mtd.store.engine.worker import Worker
from mtd.store.ids import uuid7
from mtd.store.tax.envelopes import PostBook

Slots = Callable[[str], Collection[int]]
"""Those whose mail to a legacy system may be handled now."""


def check_offices(app: App) -> None:
    """Raises BadSettings when an issuer's documents would go to another environment's hosts."""
    for issuer in native_issuers(app.settings.issuers).values():
        legacy, fault = COURIERS[issuer.provider].legacy, COURIERS[issuer.provider].fault
        settings = app.settings.legacy.get(legacy)
        if settings is None:
            continue
        if wrong := fault(settings, issuer.environment):
            raise BadSettings(f"issuers.{issuer.name}.environment: {wrong}")


def open_offices(
    app: App, worker: Worker, wires: Wires, keyring: Keyring, slots: Slots
) -> list[Office]:
    """The offices; none for an authority to which nothing is sent."""
    offices: list[Office] = []
    for provider, of in COURIERS.items():
        issuers = {
            tax_id: one
            for tax_id, one in by_tax_id(app.settings.issuers).items()
            if one.provider == provider
        }
        if of.legacy not in app.settings.legacy or not issuers:
            continue
        courier = of.open(elapsed_s)
        counter = Counter(
            provider=provider,
            courier=courier,
            book=PostBook(worker),
            wires=wires,
            keyring=keyring,
            vault=app.vault,
            issuers=issuers,
            pace=courier.pace(wires.wire(of.legacy)),
            ledger=app.book,
            now=app.clock.now,
            new_id=lambda: uuid7(app.clock.now(), os.urandom(10)),
        )
        offices.append(Office(counter, lambda legacy=of.legacy: slots(legacy)))
    return offices
