"""The quirks of the systems that speak JSON, over real HTTP."""

from typing import Any

import pytest

from tests.simulators.client import Client, hearing, town

ORDER = "CL/paris/ecommerce/PW-1"
CARDS = {
    "order_id": ORDER,
    "currency": "CLP",
    "cards": [{"number": "GC-1", "amount": 600}, {"number": "GC-1", "amount": 300}],
}
RESERVATION: dict[str, Any] = {
    "order_id": ORDER,
    "store": "paris",
    "method": "pickup",
    "lines": [{"line_no": 1, "sku": "A", "quantity": 1}, {"line_no": 2, "sku": "B", "quantity": 2}],
}
SALE = {
    "order_id": ORDER,
    "store": "paris",
    "branch": "P1",
    "currency": "CLP",
    "total": 900,
    "lines": [{"sku": "A"}],
}


async def effects(client: Client, system: str) -> list[tuple[str, str]]:
    entries = (await client.page(system, "/ledger"))["entries"]
    return [(each["operation"], each["key"]) for each in entries if each["outcome"] == "applied"]


async def test_redeeming_twice_with_one_key_takes_once_and_answers_the_same() -> None:
    async with town(systems={"giftcard": {"options": {"balance": 1000}}}) as client:
        first = await client.post("giftcard", "/redemptions", CARDS, "k1")
        assert first == await client.post("giftcard", "/redemptions", CARDS, "k1")
        assert first[0] == 200
        status, balance = await client.get("giftcard", "/balance?number=GC-1")
        assert (status, balance) == (200, b'{"number":"GC-1","balance":100}')
        assert await effects(client, "giftcard") == [("redeem", "k1")]
        outcomes = [e["outcome"] for e in (await client.page("giftcard", "/ledger"))["entries"]]
        assert outcomes == ["applied", "repeated", "read"]


async def test_a_key_is_not_used_for_another_payload() -> None:
    async with town() as client:
        await client.post("giftcard", "/redemptions", CARDS, "k1")
        status, said = await client.post(
            "giftcard", "/redemptions", {**CARDS, "order_id": "other"}, "k1"
        )
        assert status == 422 and "Idempotency-Key" in said["message"]


async def test_cards_are_declined_together_when_one_lacks_money_and_reversed_together() -> None:
    async with town(systems={"giftcard": {"options": {"balance": 800}}}) as client:
        status, said = await client.post("giftcard", "/redemptions", CARDS, "k1")
        assert (status, said["code"]) == (402, "GIFTCARD_DECLINED")
        assert await effects(client, "giftcard") == []
        nothing = await client.post("giftcard", "/reversals", {"order_id": ORDER}, "k2")
        assert nothing[0] == 200 and nothing[1]["reversed"] == 0
        small = {**CARDS, "cards": [{"number": "GC-1", "amount": 800}]}
        assert (await client.post("giftcard", "/redemptions", small, "k3"))[0] == 200
        status, said = await client.post("giftcard", "/reversals", {"order_id": ORDER}, "k4")
        assert said["reversed"] == 800
        assert (await client.get("giftcard", "/balance?number=GC-1"))[1].endswith(b"800}")


@pytest.mark.parametrize(
    ("system", "path", "body", "word"),
    [
        ("payment", "/captures", {"order_id": ORDER, "currency": "CLP"}, "amount"),
        ("payment", "/captures", {"order_id": ORDER, "currency": "CLP", "amount": 0}, "amount"),
        ("payment", "/captures", {"currency": "CLP", "amount": 1}, "order_id"),
        ("giftcard", "/redemptions", {**CARDS, "cards": []}, "cards"),
        ("eom", "/reservations", {**RESERVATION, "method": "drone"}, "method"),
        ("logistics", "/dispatches", {"order_id": ORDER}, "shipment_id"),
        ("pos", "/sales", {**SALE, "total": "much"}, "total"),
        ("pos", "/sales", [], "object"),
    ],
)
async def test_a_wrong_request_gets_400_that_names_the_field(
    system: str, path: str, body: Any, word: str
) -> None:
    async with town(systems={"pos": {"options": {"closed_until": "02:00"}}}) as client:
        status, said = await client.post(system, path, body, "k")
        assert status == 400 and word in said["message"]
        entries = (await client.page(system, "/ledger"))["entries"]
        assert [each["outcome"] for each in entries] == ["malformed"]


async def test_an_effect_needs_an_idempotency_key() -> None:
    async with town() as client:
        status, said = await client.post("eom", "/reservations", RESERVATION)
        assert status == 400 and "Idempotency-Key" in said["message"]


async def test_money_of_an_order_goes_back_once_whole_however_it_was_taken() -> None:
    async with town() as client:
        capture = {"order_id": ORDER, "currency": "CLP", "amount": 500}
        await client.post("payment", "/captures", capture, "k1")
        await client.post("payment", "/captures", {**capture, "amount": 400}, "k2")
        assert (await client.post("payment", "/refunds", {"order_id": ORDER}, "k3"))[1][
            "refunded"
        ] == 900
        again = await client.post("payment", "/refunds", {"order_id": ORDER}, "k4")
        assert again[0] == 200 and again[1]["refunded"] == 0
        assert await client.page("payment", "/duplicates") == []
        status, said = await client.post(
            "payment", "/refunds", {"order_id": ORDER, "amount": 1}, "k5"
        )
        assert (status, said["code"]) == (409, "REFUND_TOO_LARGE")


async def test_a_second_capture_under_another_key_is_seen_as_a_duplicate() -> None:
    async with town() as client:
        capture = {"order_id": ORDER, "currency": "CLP", "amount": 500}
        await client.post("payment", "/captures", capture, "k1")
        await client.post("payment", "/captures", capture, "k2")
        [duplicate] = await client.page("payment", "/duplicates")
        assert (duplicate["order"], duplicate["key"], duplicate["standing_key"]) == (
            ORDER,
            "k2",
            "k1",
        )


async def test_a_payment_by_phone_is_pending_until_it_is_confirmed_by_an_event() -> None:
    async with hearing() as ear, town(ear) as client:
        capture = {"order_id": ORDER, "currency": "CLP", "amount": 500, "channel": "phone"}
        status, said = await client.post("payment", "/captures", capture, "k1")
        assert (status, said["state"]) == (202, "PENDING")
        [event] = await ear.wait_for(1)
        assert (event["name"], event["key"]) == ("PaymentConfirmed", ORDER)
        assert event["payload"]["state"] == "CAPTURED"
        await client.control(
            "payment", system={"paid": [{"order_id": "o2", "currency": "CLP", "amount": 7}]}
        )
        assert (await ear.wait_for(2))[1]["key"] == "o2"


async def test_the_warehouse_tells_a_pickup_from_picking_to_the_customers_hands() -> None:
    async with hearing() as ear, town(ear) as client:
        _, reserved = await client.post("eom", "/reservations", RESERVATION, "k1")
        await client.post("eom", "/picks", {"order_id": ORDER}, "k2")
        events = await ear.wait_for(4)
        assert [(e["name"], e["payload"]["status"]) for e in events] == [
            ("FulfilmentEvent", "PICKED"),
            ("FulfilmentEvent", "PACKED"),
            ("ReadyForPickup", "READY"),
            ("PickedUp", "PICKED_UP"),
        ]
        assert {e["key"] for e in events} == {reserved["shipment_id"]}


async def test_goods_for_delivery_stay_packed_until_the_carrier_is_asked() -> None:
    async with hearing() as ear, town(ear) as client:
        body = {**RESERVATION, "method": "home_delivery"}
        _, reserved = await client.post("eom", "/reservations", body, "k1")
        await client.post("eom", "/picks", {"order_id": ORDER}, "k2")
        await ear.wait_for(2)
        request = {
            "order_id": ORDER,
            "shipment_id": reserved["shipment_id"],
            "recipient": "Ana",
            "address": {"street": "Av. Providencia"},
        }
        await client.control("logistics", script=[{"fault": "delivery_failed"}])
        await client.post("logistics", "/dispatches", request, "k3")
        await ear.wait_for(4)
        await client.post("logistics", "/dispatches", request, "k4")
        await ear.wait_for(6)
        assert ear.names()[2:] == ["Dispatched", "DeliveryFailed", "Dispatched", "Delivered"]
        assert await client.page("logistics", "/duplicates") == []


async def test_a_stock_out_names_the_lines_and_gives_way_to_a_partial_reservation() -> None:
    async with town(systems={"eom": {"options": {"out_of_stock": ["B"]}}}) as client:
        status, said = await client.post("eom", "/reservations", RESERVATION, "k1")
        assert (status, said["code"], said["lines"]) == (409, "STOCKOUT", [2])
        status, said = await client.post(
            "eom", "/reservations", {**RESERVATION, "action": "partial"}, "k2"
        )
        assert (status, said["short_lines"]) == (200, [2])


async def test_what_comes_up_short_in_the_warehouse_is_reserved_and_picked_anew() -> None:
    async with hearing() as ear, town(ear) as client:
        _, first = await client.post("eom", "/reservations", RESERVATION, "k1")
        await client.control("eom", script=[{"fault": "short", "operation": "release_to_pick"}])
        await client.post("eom", "/picks", {"order_id": ORDER}, "k2")
        assert (await ear.wait_for(1))[0]["payload"]["status"] == "SHORT"
        _, second = await client.post(
            "eom", "/reservations", {**RESERVATION, "action": "partial"}, "k3"
        )
        assert second["shipment_id"] == first["shipment_id"]
        await client.post("eom", "/picks", {"order_id": ORDER}, "k4")
        await ear.wait_for(5)
        assert await client.page("eom", "/duplicates") == []


async def test_releasing_stops_the_warehouse_and_is_nothing_when_nothing_is_reserved() -> None:
    async with hearing() as ear, town(ear, time_scale=0.0001) as client:
        await client.post("eom", "/reservations", RESERVATION, "k1")
        await client.post("eom", "/picks", {"order_id": ORDER}, "k2")
        assert (await client.post("eom", "/releases", {"order_id": ORDER}, "k3"))[1]["released"]
        again = await client.post("eom", "/releases", {"order_id": ORDER}, "k4")
        assert again == (200, {"released": False})
        refused = await client.post("eom", "/picks", {"order_id": ORDER}, "k5")
        assert (refused[0], refused[1]["code"]) == (409, "NOT_RESERVED")
        assert ear.heard == []


async def test_the_till_sleeps_at_night_and_takes_the_same_key_when_it_wakes() -> None:
    async with hearing() as ear, town(ear) as client:
        await client.control("pos", system={"open": False})
        status, said = await client.post("pos", "/sales", SALE, "k1")
        assert (status, said["code"]) == (409, "POS_CLOSED")
        await client.control("pos", system={"open": True})
        status, said = await client.post("pos", "/sales", SALE, "k1")
        assert status == 200
        [ack] = await ear.wait_for(1)
        assert (ack["name"], ack["key"]) == ("PosAck", said["sale_id"])
        day = {"branch": "P1", "date": said["date"]}
        assert (await client.post("pos", "/closings", day, "k2"))[1]["total"] == 900


async def test_the_object_store_keeps_lists_and_tells() -> None:
    async with hearing() as ear, town(ear) as client:
        url = client.town.urls["objectstore"] + "/CL/paris/1.xml"
        session = client._session  # pyright: ignore[reportPrivateUsage]
        async with session.put(url, data=b"<a/>") as answer:
            assert answer.status == 200
        assert await client.get("objectstore", "/CL/paris/1.xml") == (200, b"<a/>")
        assert b'"name":"CL/paris/1.xml"' in (await client.get("objectstore", "/?prefix=CL/"))[1]
        assert (await client.get("objectstore", "/nothing"))[0] == 404
        [event] = await ear.wait_for(1)
        assert (event["name"], event["key"]) == ("ObjectCreated", "CL/paris/1.xml")


async def test_a_void_takes_back_what_nobody_has_paid_and_tells_what_somebody_has() -> None:
    async with hearing() as ear, town(ear, time_scale=1) as client:
        capture = {"order_id": ORDER, "currency": "CLP", "amount": 500, "channel": "phone"}
        naming = {"order_id": ORDER}
        assert (await client.post("payment", "/voids", naming, "k0"))[1]["state"] == "NONE"
        await client.post("payment", "/captures", capture, "k1")
        _, said = await client.post("payment", "/voids", naming, "k2")
        assert said == {"state": "VOIDED", "amount": 500}
        await client.post("payment", "/captures", capture, "k3")
        await client.control("payment", system={"confirm": [ORDER]})
        [event] = await ear.wait_for(1)
        assert event["payload"]["reference"] == "PC-k3", "what was voided is paid by nobody"
        _, said = await client.post("payment", "/voids", naming, "k4")
        assert said == {"state": "CAPTURED", "amount": 500}
        assert await client.page("payment", "/duplicates") == []


async def test_a_link_asked_for_again_while_it_stands_is_a_duplicate() -> None:
    async with town(time_scale=1) as client:
        capture = {"order_id": ORDER, "currency": "CLP", "amount": 500, "channel": "phone"}
        await client.post("payment", "/captures", capture, "k1")
        await client.post("payment", "/captures", capture, "k2")
        [twice] = await client.page("payment", "/duplicates")
        assert (twice["operation"], twice["standing_key"]) == ("capture", "k1")


async def test_a_trip_that_is_called_back_tells_nothing_more() -> None:
    async with hearing() as ear, town(ear, time_scale=1) as client:
        naming = {"order_id": ORDER, "shipment_id": "S-1"}
        request = {**naming, "recipient": "Ana", "address": {"street": "Av. Providencia"}}
        _, said = await client.post("logistics", "/cancellations", naming, "k0")
        assert said == {"state": "NONE"}
        await client.post("logistics", "/dispatches", request, "k1")
        _, said = await client.post("logistics", "/cancellations", naming, "k2")
        assert said == {"state": "CANCELLED"}
        await client.post("logistics", "/dispatches", request, "k3")
        assert await client.page("logistics", "/duplicates") == []
        assert ear.heard == []


async def test_points_said_twice_are_credited_twice_whatever_key_they_bear() -> None:
    body = {"order_id": ORDER, "points": 100}
    async with town() as client:
        for _ in range(2):
            assert await client.post("loyalty", "/points", body, "k1") == (200, {"credited": 100})
        assert [operation for operation, _ in await effects(client, "loyalty")] == ["credit"] * 2
        assert (await client.post("loyalty", "/points", {"order_id": ORDER, "points": 0}, "k1"))[
            0
        ] == 400
        assert (await client.get("loyalty", "/points"))[0] == 404
