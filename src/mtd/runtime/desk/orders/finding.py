"""Finding: the orders that a word may mean, or a list of words pasted at once."""

import re
from collections.abc import Iterator

from mtd.core.orders.facts import KeyKind, search_key
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.store.orders.orders import Order, by_digests, by_id, by_key

WORDS_MAX = 200
"""Numbers of a pasted list; what is beyond them is not looked for."""
_APART = re.compile(r"[\s,;]+")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


async def search(desk: Desk, person: Person, text: str) -> list[Order]:
    """The orders that `text` may mean: an id, a key, a number, a tax id, a mail or a telephone.

    Where it means none as it stands, it is a list of such words.
    """
    person.must("orders.see")
    text = text.strip()
    found = await _one(desk, text)
    listed = words(text)
    if not found and len(listed) > 1:
        digests = [digest for word in listed for digest in _digests(desk, word)]
        async with desk.app.store.window(desk.tenant) as connection:
            found = await by_digests(connection, desk.tenant, digests)
    seen = {order.id: order for order in found if person.sees(order.store)}
    return sorted(seen.values(), key=lambda order: order.id, reverse=True)


def words(text: str) -> list[str]:
    """The words of a pasted list, each once."""
    return [*dict.fromkeys(word for word in _APART.split(text) if word)][:WORDS_MAX]


async def _one(desk: Desk, text: str) -> list[Order]:
    tenant = desk.tenant
    async with desk.app.store.window(tenant) as connection:
        named: list[Order | None] = []
        if _ID.fullmatch(text):
            named.append(await by_id(connection, tenant, text.lower()))
        if text.count("/") >= 3:
            named.append(await by_key(connection, tenant, text))
        digests = [*_digests(desk, text)]
        found = await by_digests(connection, tenant, digests) if digests else []
    return [*(order for order in named if order is not None), *found]


def _digests(desk: Desk, text: str) -> Iterator[bytes]:
    """What `text` stands under in the blind index, whatever kind of key it may be."""
    for kind in KeyKind:
        key = search_key(kind, text)
        if kind is not KeyKind.ORDER_KEY and key.value:
            yield desk.app.vault.blind(desk.tenant, kind.value, key.value)
