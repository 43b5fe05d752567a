"""Values of a list: each may be asked for, left out and counted, by mouse, keys and address."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from mtd.faces.portal.narrowing import chips, leaving_out, only
from mtd.runtime.desk.orders.filters import BadFilter, Filter, read_filter
from tests.faces.portal.browsing_session import soon, text

WHOLE = Filter(
    kind="troubled", states=("EXCEPTION",), stores=("paris", "umbrale"), channels=("phone",),
    since="2026-11-01", until="2026-11-30", code="X", element="reserve",
    states_out=("CLOSED",), stores_out=("carters",), channels_out=("kiosk",), codes_out=("Y",),
    elements_out=("a", "b"),
)  # fmt: skip


def again(address: str) -> Filter:
    return read_filter(parse_qs(urlsplit(address).query))


def test_every_condition_is_in_the_address_and_has_a_chip_that_takes_it_out() -> None:
    found = chips(WHOLE)
    assert len(found) == 14
    assert {(one.name, one.value) for one in found if one.out} == {
        ("state", "CLOSED"), ("store", "carters"), ("channel", "kiosk"), ("code", "Y"),
        ("element", "a"), ("element", "b"),
    }  # fmt: skip
    for one in found:
        less = again(one.without)
        left = {(other.name, other.value, other.out) for other in chips(less)}
        assert left == {(o.name, o.value, o.out) for o in found} - {(one.name, one.value, one.out)}
    asked = WHOLE
    while conditions := chips(asked):
        asked = again(conditions[0].without)
    assert asked == Filter(kind="troubled")


def test_a_value_is_asked_for_or_left_out_and_never_both() -> None:
    for name, value in (("store", "paris"), ("code", "X"), ("state", "EXCEPTION")):
        out = leaving_out(WHOLE, name, value)
        mine = [one.out for one in chips(out) if (one.name, one.value) == (name, value)]
        assert mine == [True]
        mine = [one.out for one in chips(only(out, name, value)) if one.value == value]
        assert mine == [False]
    with pytest.raises(BadFilter):
        only(WHOLE, "kind", "all")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "CLOSED"), ("store", "umbrale"), ("channel", "phone"),
        ("code", "TECHNICAL_FAILURE"),
        ("element", "reserve"),
    ],
)  # fmt: skip
async def test_those_alone_and_all_others_are_what_the_list_shows(
    sofia: aiohttp.ClientSession, name: str, value: str
) -> None:
    base = "view=troubled" if name in ("code", "element") else ""
    every = await _numbers(sofia, base)
    alone = await _numbers(sofia, f"{base}&{name}={value}")
    others = await _numbers(sofia, f"{base}&{name}-not={value}")
    assert others and alone, "else the test sees nothing"
    assert alone | others == every and not alone & others

    async def told() -> bool:
        """A count may be half a minute old, of orders that other tests had and took away."""
        menu = unescape(await text(sofia, f"/orders/value?{base}&name={name}&value={value}"))
        counts = [part.partition(" órdenes")[0] for part in menu.split('class="soft">')[2:]]
        return counts == [str(len(alone)), str(len(others))]

    await soon(told)


async def test_no_value_leads_beyond_what_is_seen(ana: aiohttp.ClientSession) -> None:
    assert not await _numbers(ana, "store=umbrale")
    own = await _numbers(ana, "")
    assert await _numbers(ana, "store-not=umbrale") == own
    menu = await text(ana, "/orders/value?name=store&value=umbrale")
    assert ">0 órdenes" in menu


async def test_what_is_no_value_is_refused(sofia: aiohttp.ClientSession) -> None:
    for query in ("state-not=NONE", "channel-not=fax"):
        async with sofia.get(f"/orders?{query}") as answer:
            assert answer.status == 400
    async with sofia.get("/orders/value?name=kind&value=x") as answer:
        assert answer.status == 400


async def _numbers(session: aiohttp.ClientSession, query: str) -> set[str]:
    page = await text(session, f"/orders?{query}")
    assert 'rel="next"' not in page, "all fit on a page"
    return {part.partition('"')[0] for part in page.split('id="state-')[1:]}
