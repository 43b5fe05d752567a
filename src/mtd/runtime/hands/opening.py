"""Opening: the orders that calls are about to be made for, out of the store and the vault."""

from collections.abc import Iterable

import msgspec

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.memory.live import Live, Sealing
from mtd.runtime.vault import Broken, Vault
from mtd.store.engine.loading import Content, contents
from mtd.store.engine.worker import Worker

_ORDER = msgspec.json.Decoder(PurchaseOrder)

ERASED = "the order's content was erased with the person it was about"


async def bring_orders(worker: Worker, vault: Vault, lives: Iterable[Live]) -> None:
    """Give each of `lives` that carries an order its content, or the reason why not.

    One that began here without an order is known as such from now on.
    """
    lacking = {
        live.key: live
        for live in lives
        if live.order is None and live.unreadable is None and live.status is not None
    }
    for content in await contents(worker, [(*key, 0) for key in lacking]):
        live = lacking.pop((content.tenant, content.order))
        live.order, live.unreadable = opened(vault, content)
        if content.wrapped_key is not None:
            live.sealing = Sealing(
                person=content.person, key_id=content.key_id, wrapped_key=content.wrapped_key
            )
    for live in lacking.values():
        live.status = None


def opened(vault: Vault, content: Content) -> tuple[PurchaseOrder | None, str | None]:
    """The order in `content`, or why it cannot be had."""
    if content.wrapped_key is None:
        return None, ERASED
    place = (content.tenant, content.order, content.key_id)
    try:
        return _ORDER.decode(vault.open(*place, content.wrapped_key, content.ciphertext)), None
    except Broken as error:
        return None, str(error)
    except msgspec.MsgspecError:
        return None, f"the content of order {content.order} is of another shape"
