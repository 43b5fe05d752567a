"""The systems of a paid sale, over real HTTP: tills that forget, goods that wait for a guide."""

import msgspec

from tests.simulators.client import hearing, town
from tests.simulators.test_rest_systems import ORDER, SALE, effects


async def test_a_sale_that_the_till_forgets_is_in_no_book_and_never_acknowledged() -> None:
    async with hearing() as ear, town(ear) as client:
        await client.control("pos", system={"open": True}, script=[{"fault": "forgotten"}])
        status, said = await client.post("pos", "/sales", SALE, "k1")
        assert (status, await effects(client, "pos")) == (200, [])
        assert (await client.get("pos", f"/sales?order_id={ORDER}"))[0] == 404
        again = await client.post("pos", "/sales", SALE, "k2")
        await ear.wait_for(1)
        day = f"/days?store=paris&date={said['date']}"
        [sale] = msgspec.json.decode((await client.get("pos", day))[1])["sales"]
        assert sale["sale_id"] == again[1]["sale_id"]
        await client.control("pos", system={"lose": [ORDER]})
        assert (await client.get("pos", day))[1] == b'{"sales":[]}'


async def test_prepared_goods_are_told_ready_and_leave_only_under_their_guide() -> None:
    goods = {"order_id": ORDER, "recipient": "Ana", "lines": [{"sku": "A", "quantity": 1}]}
    async with hearing() as ear, town(ear) as client:
        assert (await client.post("logistics", "/preparations", goods, "k1"))[0] == 422
        _, said = await client.post(
            "logistics", "/preparations", {**goods, "pickup_branch": "P1"}, "k2"
        )
        [ready] = await ear.wait_for(1)
        assert (ready["name"], ready["key"]) == ("LogisticsEvent", said["shipment_id"])
        guide = {"order_id": ORDER, "shipment_id": said["shipment_id"], "guide_folio": 52}
        await client.post("logistics", "/guides", guide, "k3")
        await ear.wait_for(3)
        assert ear.names() == ["LogisticsEvent", "Dispatched", "Delivered"]
        assert (await client.post("logistics", "/guides", guide, "k4"))[1]["state"] == "DELIVERED"
