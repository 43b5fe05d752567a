"""The soak's oracle: whatever differs from the authority's books is seen."""

from decimal import Decimal
from typing import Any

import aiohttp
import msgspec
import pytest

from mtd.runtime.rehearsal.stress.soak import judged, scripted
from mtd.runtime.rehearsal.town import Town
from mtd.store.tax.tax_documents import Booked

RUT = "76111111-6"
SALE = "each order has exactly one accepted document of its sale"
HELD = "the authority holds what we say it does, and nothing else"
TWICE = "no folio was used twice"
TOTALS = "totals are equal to the peso"
ENDS = "every other document has its end, and says why"


def booked(folio: int, instance: str, **more: Any) -> Booked:
    usual: dict[str, Any] = {
        "issuer": RUT,
        "type_code": "39",
        "series": "",
        "total": Decimal(1_000),
        "state": "ACCEPTED",
        "codes": "",
        "reason": "",
        "is_sale": True,
        "amount": Decimal(1_000),
    }
    return Booked(folio=folio, instance=instance, **(usual | more))


def failed(documents: list[Booked], held: dict[int, int], orders: int) -> set[str]:
    books = {(RUT, "39", folio): {"total": total} for folio, total in held.items()}
    return {check.name for check in judged(documents, books, orders) if not check.passed}


SOUND = [booked(1, "a"), booked(2, "b")]
BOOKS = {1: 1_000, 2: 1_000}


def test_books_that_agree_hold() -> None:
    assert failed(SOUND, BOOKS, 2) == set()
    voided = booked(3, "b", state="VOIDED", reason="CAF-3-517")
    assert failed([*SOUND, voided], BOOKS, 2) == set()


@pytest.mark.parametrize(
    ("documents", "held", "orders", "wrong"),
    [
        (SOUND, BOOKS, 3, {SALE}),
        ([*SOUND, booked(3, "b")], {**BOOKS, 3: 1_000}, 2, {SALE}),
        (SOUND, {1: 1_000}, 2, {HELD}),
        (SOUND, {**BOOKS, 9: 1_000}, 2, {HELD}),
        (SOUND, {1: 1_000, 2: 999}, 2, {TOTALS}),
        ([*SOUND, booked(2, "c")], BOOKS, 3, {TWICE}),
        ([SOUND[0], msgspec.structs.replace(SOUND[1], amount=Decimal(7))], BOOKS, 2, {TOTALS}),
        ([*SOUND, booked(3, "b", state="SENT")], BOOKS, 2, {ENDS}),
        ([*SOUND, booked(3, "b", state="VOIDED")], BOOKS, 2, {ENDS}),
    ],
)
def test_what_differs_is_seen(
    documents: list[Booked], held: dict[int, int], orders: int, wrong: set[str]
) -> None:
    assert failed(documents, held, orders) >= wrong


async def posted(town: Town, key: str) -> int:
    """The status with which a till answers to a sale."""
    sale = {"order_id": "o", "store": "paris", "branch": "P001", "currency": "CLP", "total": 1}
    async with (
        aiohttp.ClientSession(headers={"Idempotency-Key": key}) as session,
        session.post(town.urls["pos"] + "/sales", json={**sale, "lines": [{"sku": "x"}]}) as answer,
    ):
        return answer.status


async def test_the_tills_are_open_whatever_the_hour() -> None:
    """A run at night booked nothing and had no end."""
    town = await Town.open({"latency_scale": 0, "default_faults": False})
    try:
        await town.tell("pos", {"system": {"hours": ["00:00", "23:59:59.999999"]}})
        assert await posted(town, "k1") == 409, "the night is there"
        await scripted(town)
        assert await posted(town, "k2") == 200
    finally:
        await town.close()
