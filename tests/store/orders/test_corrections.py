"""Corrections: each is a version of its own, and of two at once the second is told so."""

import hashlib
import os

from mtd.store.arriving.arrival import Duplicate
from mtd.store.orders import corrections, orders
from mtd.store.orders.corrections import Correction
from mtd.store.store import Store
from tests.store.making import an_order, deliver_one


def a_correction(actor: str = "ana") -> Correction:
    return Correction(
        actor=actor,
        task="Corregir correo",
        wait=7,
        fields=["customer.email"],
        ciphertext=os.urandom(64),
        hash=hashlib.sha256(actor.encode()).digest(),
        reason=b"sealed",
        digests=[b"new address", b"rut"],
    )


async def test_of_two_who_correct_at_once_the_second_reads_again(store: Store) -> None:
    order = an_order("PW-1", keys=(b"rut",))
    await deliver_one(store, order)
    async with store.door(1) as connection:
        before = await orders.content(connection, 1, order.id)
        assert before is not None
        first, second = a_correction(), a_correction("bea")
        assert await corrections.keep(connection, 1, before, first)
        assert not await corrections.keep(connection, 1, before, second)
        again = await orders.content(connection, 1, order.id)
        assert again is not None
        assert (again.version, again.ciphertext) == (2, first.ciphertext)
        assert await corrections.keep(connection, 1, again, second)
        made = await corrections.of_order(connection, 1, order.id)
        assert [(one.version, one.actor, one.fields) for one in made] == [
            (2, "ana", ["customer.email"]),
            (3, "bea", ["customer.email"]),
        ]
        found = await orders.by_digest(connection, 1, b"new address")
        assert [one.id for one in found] == [order.id], "found by what it says now"


async def test_the_order_as_first_sent_is_a_duplicate_after_a_correction(store: Store) -> None:
    order = an_order("PW-1")
    await deliver_one(store, order)
    async with store.door(1) as connection:
        before = await orders.content(connection, 1, order.id)
        assert before is not None
        assert await corrections.keep(connection, 1, before, a_correction())
    assert await deliver_one(store, an_order("PW-1")) == Duplicate(order.id)
    async with store.door(2) as connection:
        assert await corrections.of_order(connection, 1, order.id) == [], "another tenant's"
