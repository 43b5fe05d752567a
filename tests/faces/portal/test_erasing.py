"""Erasing a person at the order's page: what goes and what stays is said first, to who may."""

from collections.abc import AsyncGenerator
from functools import partial

import pytest
from msgspec.structs import replace

from mtd.core.orders.purchase_order import Customer
from mtd.faces.cli.starting import operations_of
from tests.faces.portal.rights import EVERYTHING, Seat, seated
from tests.faces.portal.stand import Stand, sale
from tests.processes.shop import Shop

CUSTOMER = Customer(name="Zoraida Quiñimil", email="zoraida@correo.example")
MAY = "personal.erase"


@pytest.fixture
async def seat(stand: Stand) -> AsyncGenerator[Seat]:
    async with seated(stand, EVERYTHING) as somebody:
        yield somebody


async def test_the_page_says_what_goes_and_what_is_not_over(stand: Stand, seat: Seat) -> None:
    first, held = (replace(sale(amount=90_000), customer=CUSTOMER) for _ in range(2))
    for order in (first, held):
        stand.run(stand.shop.place(order))
        stand.run(stand.shop.task(order.key, "Autorizar venta"))
    key = first.key
    stand.run(_over(stand.shop, key))
    place = f"/orders/{stand.run(stand.shop.order(key))['id']}"
    _, shown = await seat.answer("GET", place)
    assert "Todavía no se puede borrar" in shown and held.key in shown
    status, said = await seat.answer("POST", f"{place}/erase", reason="lo pide quien compró")
    assert status == 409 and held.key in said
    stand.run(_over(stand.shop, held.key))
    _, shown = await seat.answer("GET", place)
    assert "el contenido de sus 2 órdenes" in shown and CUSTOMER.name in shown
    async with seated(stand, EVERYTHING - {MAY}) as other:
        _, shown = await other.answer("GET", place)
        assert f"{place}/erase" not in shown
        assert await other.status("POST", f"{place}/erase", reason="x") == 403
    async with seated(stand, EVERYTHING, ("paris",)) as other:
        assert f"{place}/erase" not in (await other.answer("GET", place))[1]
        assert await other.status("POST", f"{place}/erase", reason="x") == 403
    status, said = await seat.answer("POST", f"{place}/erase", reason="lo pide quien compró")
    assert status == 303
    for one in (key, held.key):
        place = f"/orders/{stand.run(stand.shop.order(one))['id']}"
        status, shown = await seat.answer("GET", place)
        assert status == 200 and "fue borrado a pedido de la persona" in shown
        assert CUSTOMER.name not in shown and f"{place}/erase" not in shown
    assert "borró a la persona" in (await seat.answer("GET", "/audit"))[1]
    assert key not in (await seat.answer("GET", f"/search?q={CUSTOMER.email}"))[1]


async def _over(shop: Shop, key: str) -> None:
    """It is authorized, and its process comes to its end."""
    await shop.do(key, "Autorizar venta", decision="Autorizada")
    operations = await operations_of(shop.app)
    order = (await shop.order(key))["id"]
    await shop.soon(partial(operations.is_over, order), key, partial(shop.told, key))
