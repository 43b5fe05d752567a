"""Opening: the post office of a worker, where the customer's file names the tax authority."""

import os
from collections.abc import Callable, Collection

import msgspec

from mtd.connectors.sii import LEGACY, Options, Tokens
from mtd.connectors.sii.settings import BadHosts, environment_fault, hosts_of
from mtd.connectors.tax.issuers import native_issuers
from mtd.connectors.wire import Wires
from mtd.runtime.app import App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.settings.settings import BadSettings
from mtd.runtime.tax.keyring import Keyring
from mtd.runtime.tax.post.counter import Counter
from mtd.runtime.tax.post.office import Office
from mtd.store.envelopes import PostBook
from mtd.store.ids import uuid7
from mtd.store.worker import Worker


def check_office(app: App) -> None:
    """Raises BadSettings when an issuer's documents would go to another environment's hosts."""
    legacy = app.settings.legacy.get(LEGACY)
    if legacy is None:
        return
    options = msgspec.convert(legacy.options, Options, strict=False)
    try:
        hosts_of(legacy.base_url, options)
    except BadHosts as error:
        raise BadSettings(str(error)) from error
    for issuer in native_issuers(app.settings.issuers).values():
        if wrong := environment_fault(legacy.base_url, options, issuer.environment):
            raise BadSettings(f"issuers.{issuer.name}.environment: {wrong}")


def open_office(
    app: App, worker: Worker, wires: Wires, keyring: Keyring, slots: Callable[[], Collection[int]]
) -> Office | None:
    """The office; None where nothing is sent to the authority."""
    issuers = {one.options.rut: one for one in native_issuers(app.settings.issuers).values()}
    if LEGACY not in app.settings.legacy or not issuers:
        return None
    counter = Counter(
        book=PostBook(worker),
        wires=wires,
        tokens=Tokens(elapsed_s),
        keyring=keyring,
        vault=app.vault,
        issuers=issuers,
        pace=wires.wire(LEGACY).legacy.options(Options).pace,
        now=app.clock.now,
        new_id=lambda: uuid7(app.clock.now(), os.urandom(10)),
    )
    return Office(counter, slots)
