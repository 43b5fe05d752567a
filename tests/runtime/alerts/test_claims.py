"""Claims that no process hears: each is an alert of its own until a credit note answers it."""

from datetime import datetime, timedelta

import msgspec

from mtd.runtime.alerts import handling
from mtd.runtime.alerts.backtesting import backtest
from mtd.runtime.alerts.deciding import Content
from mtd.runtime.alerts.rules import Author
from mtd.runtime.desk.alerts import alarms
from mtd.runtime.desk.desk import Desk
from mtd.runtime.operations.operations import Operations
from mtd.runtime.settings.alerts import ClaimsUnheard
from mtd.store.sessions import Row
from tests.runtime.alerts.conftest import Set
from tests.runtime.alerts.scene import Scene, a_rule
from tests.runtime.desk.seats import somebody
from tests.store.making import new_id
from tests.store.papers import ISSUER

DAY = timedelta(days=1)
RULE = a_rule(ClaimsUnheard(window_s=10 * 86_400))


async def document(one: Scene, folio: int, instance: str, **refers: int) -> None:
    """An invoice, or a credit note of one."""
    await one.rows(
        "INSERT INTO tax_document (tenant_id, folio, issued_at, changed_at, instance_id, total,"
        " issuer, type_code, series, effect, provider, currency, state, refers_type, refers_folio)"
        " VALUES (1, $1, $2, $2, $3, 1190, $4, $5, '', $6, 'cl.native', 'CLP', 'ACCEPTED', $7, $8)",
        folio, one.now, instance, ISSUER, "61" if refers else "33", f"task:{folio}",
        "33" if refers else None, refers.get("of"),
    )  # fmt: skip


async def claimed(one: Scene, folio: int, code: str, at: datetime, *, unheard: bool = True) -> None:
    await one.rows(
        "INSERT INTO buyer_event (tenant_id, folio, seen_at, issuer, type_code, code, recorded_at,"
        " by_tax_id, description, unheard) VALUES (1, $1, $2, $3, '33', $4, '', '***', '', $5)",
        folio, at, ISSUER, code, unheard,
    )  # fmt: skip


def scopes(alerts: list[Row]) -> list[str]:
    return sorted(row["scope"] for row in alerts)


async def test_each_is_seen_to_by_itself_until_a_note_answers_it(scene: Set) -> None:
    one = await scene(claims=RULE)
    [order] = await one.came(one.now)
    await document(one, 7, order)
    await claimed(one, 7, "RFT", one.now, unheard=False)
    assert not await one.fires()
    await claimed(one, 7, "RCD", one.now)
    [alert] = await one.fires(60)
    content = msgspec.json.decode(alert["content"], type=Content)
    assert (alert["scope"], content.path) == ("paris/33-7/RCD", f"/orders/{order}")
    assert "33-7 RCD" in str(content.facts["orders"])
    by = Author(actor="ana", reason="lo arregla la tienda")
    await handling.close(one.app, 1, str(alert["id"]), by)
    await claimed(one, 7, "RFP", one.now)
    assert scopes(await one.fires(60)) == ["paris/33-7/RFP"]
    await document(one, 3, new_id(), of=7)
    assert not await one.fires(60)


async def test_nobody_is_told_for_ever(scene: Set) -> None:
    one = await scene(claims=RULE)
    await document(one, 7, new_id())
    await claimed(one, 7, "RCD", one.now)
    assert scopes(await one.fires(60)) == ["33-7/RCD"], "of no order, and so of no store"
    assert not await one.fires(11 * 86_400)


async def test_the_past_tells_when_each_was_answered(scene: Set) -> None:
    one = await scene()
    await document(one, 7, new_id())
    await claimed(one, 7, "RCD", one.now - 4 * DAY)
    await claimed(one, 7, "RFP", one.now - 20 * DAY)
    await document(one, 3, new_id(), of=7)
    await one.rows("UPDATE tax_document SET issued_at = $1 WHERE folio = 3", one.now - 3 * DAY)
    found = await backtest(one.app, 1, RULE, days=25)
    lasted = {spell.scope: spell.ended_at - spell.began_at for spell in found.spells}
    assert lasted == {"33-7/RCD": DAY, "33-7/RFP": 10 * DAY}


async def test_who_sees_a_store_sees_the_claims_of_its_orders(scene: Set) -> None:
    one = await scene(claims=RULE)
    for folio, store in ((7, "paris"), (8, "umbrale")):
        [order] = await one.came(one.now - folio * timedelta(seconds=1), store=store)
        await document(one, folio, order)
        await claimed(one, folio, "RCD", one.now)
    await one.fires(60)
    desk = Desk(Operations(one.app, 1, await one.app.receiving()))
    hers = await alarms.listing(desk, somebody("ana", stores=("paris",)), "open")
    assert [alert.scope for alert in hers] == ["paris/33-7/RCD"]
    assert len(await alarms.listing(desk, somebody("sofia"), "open")) == 2
