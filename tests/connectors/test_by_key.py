"""Connectors to systems that honour keys: what each says, and what trouble does to them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from mtd.connectors import CONNECTORS
from mtd.connectors.contract import Attempt, Repeat
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Done, Failed, Refused, Unknown
from tests.connectors.conversation import an_order, conversation, today, with_gift_card

EFFECTS: list[tuple[str, PurchaseOrder, dict[str, Any]]] = [
    ("giftcard.redeem", with_gift_card(), {}),
    ("payment.capture", an_order(), {}),
    ("payment.request", an_order(), {}),
    ("eom.reserve", an_order(), {}),
    ("logistics.request_dispatch", an_order(), {"shipment_id": "SH-1"}),
    ("logistics.request_preparation", an_order(), {}),
    ("salessupport.publish", an_order(), {}),
    ("salessupport.open_case", an_order(), {"reason": "STOCKOUT"}),
    ("mail.send", an_order(), {"kind": "order_confirmation"}),
]
AWAKE = {"pos": {"options": {"closed_from": "00:00", "closed_until": "00:00"}}}
LOST = {"timeout_after", "lost_reply", "half_body", "error_after", "garbage"}


@pytest.mark.parametrize(("name", "order", "inputs"), EFFECTS)
@pytest.mark.parametrize("fault", ["error", "reset", "throttle", *sorted(LOST)])
async def test_trouble_never_doubles_an_effect(
    fault: str, name: str, order: PurchaseOrder, inputs: dict[str, Any]
) -> None:
    assert CONNECTORS[name].repeat is Repeat.BY_KEY
    legacy = CONNECTORS[name].legacy
    async with conversation() as talk:
        await talk.befall(legacy, fault)
        first, wire = await talk.wired(name, order, **inputs)
        assert isinstance(first, Failed | Unknown)
        if fault in LOST and not (legacy == "mail" and fault == "error_after"):
            assert isinstance(first, Unknown), first
        if fault == "throttle":
            assert isinstance(first, Failed) and first.retry_after_s and wire.sound
        assert len(wire.exchanges) == 1
        second = await talk.call(name, order, sent_before=True, **inputs)
        assert isinstance(second, Done), second
        assert talk.effects(legacy) == 1
        assert talk.outcomes(legacy) == (
            ["applied", "repeated"] if fault in LOST else ["failed", "applied"]
        )


@pytest.mark.parametrize(("name", "order", "inputs"), EFFECTS)
async def test_a_system_that_refuses_connections_certainly_did_nothing(
    name: str, order: PurchaseOrder, inputs: dict[str, Any]
) -> None:
    legacy = CONNECTORS[name].legacy
    async with conversation() as talk:
        await talk.control(legacy, outage={"seconds": 60})
        answer, wire = await talk.wired(name, order, **inputs)
        assert isinstance(answer, Failed) and not wire.sound
        [exchange] = wire.exchanges
        assert exchange.response.error and exchange.response.status is None


@pytest.mark.parametrize(
    ("name", "order", "verdict", "code"),
    [
        ("giftcard.redeem", with_gift_card(), "declined", "GIFTCARD_DECLINED"),
        ("payment.capture", an_order(), "declined", "PAYMENT_DECLINED"),
        ("eom.reserve", an_order(), "stockout", "STOCKOUT"),
        ("pos.post_sale", an_order(), "rejected", "POS_REJECTED"),
    ],
)
async def test_a_business_no_has_the_processs_code_and_leaves_the_line_sound(
    name: str, order: PurchaseOrder, verdict: str, code: str
) -> None:
    async with conversation({"systems": AWAKE}) as talk:
        await talk.befall(name.partition(".")[0], verdict)
        answer, wire = await talk.wired(name, order)
        assert isinstance(answer, Refused) and answer.code == code and wire.sound


@pytest.mark.parametrize(
    "name",
    ["giftcard.reverse", "payment.refund", "eom.release", "pos.void", "paperless.credit_note"],
)
async def test_taking_back_what_was_never_done_is_done_at_once(name: str) -> None:
    async with conversation({"systems": AWAKE}) as talk:
        assert isinstance(await talk.call(name), Done)
        assert talk.effects(name.partition(".")[0]) == 0


async def test_a_stock_out_says_what_is_missing_for_the_policy_to_decide() -> None:
    lines = tuple(replace(an_order().lines[0], line_no=n, sku=f"S{n}") for n in (1, 2, 3, 4))
    order = an_order(lines=lines)
    async with conversation({"systems": {"eom": {"options": {"out_of_stock": ["S3"]}}}}) as talk:
        answer = await talk.call("eom.reserve", order)
        assert isinstance(answer, Refused)
        assert answer.outputs["missing_lines"] == [3]
        assert answer.outputs["short_share"] == Decimal("0.2500")
        assert answer.outputs["substitute_node"] in (None, "CD-02")
        partial = await talk.call("eom.reserve", order, key="i:e:2", action="partial")
        assert isinstance(partial, Done) and partial.outputs["short_lines"] == [3]


async def test_an_order_of_digital_goods_asks_nothing_of_the_warehouse() -> None:
    line = replace(an_order().lines[0], digital=True)
    order = an_order(lines=(line,))
    async with conversation() as talk:
        answer = await talk.call("eom.reserve", order)
        assert isinstance(answer, Done) and answer.outputs["shipment_id"] == order.key
        assert isinstance(await talk.call("eom.release_to_pick", order), Done)
        assert talk.outcomes("eom") == []


async def test_a_capture_takes_the_amount_that_the_step_names() -> None:
    async with conversation() as talk:
        await talk.call("payment.capture", key="k1", amount=Decimal(5_000))
        await talk.call("payment.capture", key="k2", amount=6_900)
        known = await talk.call("payment.query")
        assert known == Done({"state": "CAPTURED", "amount": Decimal(11_900)})
        back = await talk.call("payment.refund", key="k3")
        assert back == Done({"refunded": Decimal(11_900), "state": "REFUNDED"})
        nothing = await talk.call("payment.capture", key="k4", amount=0)
        assert nothing == Done({"state": "NONE", "amount": Decimal(0)})


async def test_asking_after_what_is_unknown_says_so_without_trouble() -> None:
    async with conversation({"systems": AWAKE}) as talk:
        for name in ("payment.query", "pos.query", "logistics.track"):
            answer = await talk.call(name, shipment_id="SH-9")
            assert isinstance(answer, Done) and answer.outputs["state"] == "NONE"


async def test_a_question_that_gets_no_answer_is_never_in_doubt() -> None:
    async with conversation() as talk:
        for fault in ("error", "half_body", "garbage"):
            await talk.befall("payment", fault)
            answer = await talk.call("payment.query")
            assert isinstance(answer, Failed), fault


async def test_a_till_that_sleeps_is_asked_again_when_it_wakes() -> None:
    async with conversation() as talk:
        await talk.control("pos", system={"open": False})
        answer, wire = await talk.wired("pos.post_sale")
        assert isinstance(answer, Refused) and answer.code == "POS_CLOSED"
        assert datetime.fromisoformat(answer.outputs["opens_at"]) > datetime.now(UTC)
        assert wire.sound
        answer, wire = await talk.wired("pos.void")
        assert isinstance(answer, Failed) and wire.sound
        assert answer.retry_after_s and answer.retry_after_s > 60


async def test_a_part_of_a_sale_is_taken_back_and_never_more_than_is_left() -> None:
    async with conversation({"systems": AWAKE}) as talk:
        await talk.call("pos.post_sale", key="k1")
        first = await talk.call("pos.post_return", key="k2", amount=Decimal(11_000), folio=7)
        assert isinstance(first, Done) and first.outputs["return_id"]
        more = await talk.call("pos.post_return", key="k3", amount=Decimal(901), folio=8)
        assert isinstance(more, Refused) and more.code == "RETURN_TOO_LARGE"
        rest = await talk.call("pos.post_return", key="k4", amount=Decimal(900), folio=8)
        assert isinstance(rest, Done)


async def test_the_sales_of_a_day_are_told_without_an_order() -> None:
    async with conversation({"systems": AWAKE}) as talk:
        await talk.call("pos.post_sale", key="k1")
        day = today().astimezone(ZoneInfo("America/Santiago")).date().isoformat()
        got = await talk.call("pos.sales_of_day", None, store=an_order().store, day=day)
        assert isinstance(got, Done)
        [sale] = got.outputs["booked"]
        assert (sale["order"], sale["total"]) == (an_order().key, Decimal(11_900))
        assert isinstance(await talk.call("pos.sales_of_day", None, store="paris"), Failed)


async def test_prepared_goods_leave_only_with_their_guide() -> None:
    async with conversation() as talk:
        got = await talk.call("logistics.request_preparation", key="k1")
        assert isinstance(got, Done) and got.outputs["state"] == "PREPARING"
        shipment = got.outputs["shipment_id"]
        blocked = await talk.call("logistics.send_guide", key="k2", shipment_id=shipment)
        assert isinstance(blocked, Failed) and "guide_folio" in blocked.message
        assert talk.effects("logistics") == 1
        gone = await talk.call(
            "logistics.send_guide", key="k3", shipment_id=shipment, guide_folio=52
        )
        assert isinstance(gone, Done) and gone.outputs["tracking"]


async def test_goods_that_were_never_reserved_cannot_be_dispatched() -> None:
    async with conversation() as talk:
        assert isinstance(await talk.call("logistics.request_dispatch"), Failed)
        nowhere = replace(an_order().shipment, address=None)
        order = an_order(shipment=nowhere)
        answer = await talk.call("logistics.request_dispatch", order, shipment_id="SH-1")
        assert isinstance(answer, Refused) and answer.code == "NO_ADDRESS"


async def test_a_step_without_an_order_fails_before_anything_is_sent() -> None:
    async with conversation() as talk:
        wire = talk.wires.wire("eom")
        attempt = Attempt(key="k", order=None, inputs={}, number=1, sent_before=False)
        assert isinstance(await CONNECTORS["eom.release"].run(attempt, wire), Failed)
        assert wire.exchanges == []


async def test_books_are_compared_and_what_is_of_another_shape_is_told() -> None:
    sold = {"order": "CL/s/e/1", "day": "2026-11-26", "total": "900", "state": "CLOSED"}
    sale = {**sold, "document": None, "is_posted": True, "is_mailed": True}
    given: dict[str, Any] = {"day": "2026-11-26", "sales": [sale], "booked": [], "issued": []}
    attempt = Attempt(key="k", order=None, inputs=given, number=1, sent_before=False)
    async with conversation() as talk:
        run = CONNECTORS["books.compare"].run
        found = await run(attempt, talk.wires.none)
        assert isinstance(found, Done)
        [one] = found.outputs["differences"]
        assert (one["kind"], one["ours"], one["title"]) == (
            "POS_MISSING",
            "900",
            "No está en el POS",
        )
        odd = replace(attempt, inputs={**given, "booked": [{"order": 1}]})
        assert isinstance(await run(odd, talk.wires.none), Failed)
