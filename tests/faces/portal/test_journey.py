"""An order's way in a browser: the slider, failed attempts, called processes, and leading it on."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faces.portal.browser import NARROW, WIDE, Visitor, visiting
from tests.faces.portal.stand import WORLD, Stand, sale

WRAP = '[user."wrap"]\nrole = "agent"\n'
CALLS = 'name = "counter_sale"\n'
SIZES = {"1440": WIDE, "390": NARROW}


@pytest.mark.parametrize("size", SIZES)
def test_the_slider_goes_through_the_way(browser: Browser, stand: Stand, size: str) -> None:
    with visiting(browser, stand.url, size=SIZES[size]) as visitor:
        page = _path(visitor, stand, "authorize-3")
        assert _marked(page, "stands") == {"authorize"}
        assert {"start", "reserve", "limit", "over"} <= _marked(page, "visited")
        assert {"f1", "f2", "f3", "f5"} <= _marked(page, "visited")
        assert "f4" not in _marked(page, "visited"), "the other way"
        visitor.shot(f"path_{size}")
        assert not visitor.faults()
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        page.focus("#moment")
        page.keyboard.press("Home")
        assert _marked(page, "stands") == {"reserve"}
        assert "limit" not in _marked(page, "visited")
        expect(page.locator("#steps > li").first).to_have_attribute("aria-current", "step")
        page.keyboard.press("End")
        assert _marked(page, "stands") == {"authorize"}
        page.locator("#steps > li").first.click()
        assert _marked(page, "stands") == {"reserve"}


def test_failed_attempts_are_counted_where_they_failed(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = _path(visitor, stand, "unreserved-1")
        assert _marked(page, "troubled") == {"reserve"}
        badge = page.locator(".djs-overlays[data-container-id=reserve] .badge.bad")
        expect(badge).to_contain_text("✕")
        failed = page.locator("#steps > li", has_text="intento fallido").count()
        assert badge.inner_text() == f"✕ {failed}" and failed >= 2


def test_a_called_process_has_a_drawing_of_its_own(
    browser: Browser, stand: Stand, packed: str
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", f"/orders/{packed}/path")
        _ready(page)
        assert _marked(page, "stands") == {"pack"}
        page.locator("nav.tabs a", has_text="packing@").click()
        page.wait_for_url("**in=packing**")
        _ready(page)
        assert _marked(page, "stands") == {"wrap"}
        assert {"begin", "wrap", "g1"} <= _marked(page, "visited")
        assert not visitor.faults()
        visitor.shot("path_called")
        visitor.expected.append("404")
        page.goto(f"/orders/{packed}/path?in=retail_purchase_order@1")
        expect(page.locator("main")).to_contain_text("No existe")


def test_without_javascript_the_steps_are_listed(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, java_script_enabled=False) as visitor:
        page = visitor.sign_in("sofia", f"/orders/{_id(stand, 'authorize-3')}/path")
        assert page.locator("#steps > li").count() >= 2
        assert not page.locator("#slider").is_visible()


def test_an_order_is_led_past_a_step_after_it_was_shown(browser: Browser, stand: Stand) -> None:
    order = sale(amount=90_000)
    stand.known["led"] = order
    stand.run(stand.shop.place(order))
    stand.run(stand.shop.task(order.key, "Autorizar venta"))
    with visiting(browser, stand.url, locale="en-US", color_scheme="dark") as visitor:
        page = visitor.sign_in("sofia", f"/orders/{_id(stand, 'led')}")
        page.get_by_role("link", name="Move", exact=True).click()
        offered = page.locator("tbody th").all_inner_texts()
        assert offered[0] == "Cerrada", "what the drawing has next comes first"
        assert "Anulación solicitada" not in offered, "a token comes there by its event alone"
        visitor.shot("move_dark")
        assert not visitor.faults()
        page.get_by_role("link", name="Cerrada").click()
        expect(page.locator("main")).to_contain_text("The process ends")
        expect(page.locator("main")).to_contain_text("Autorizar venta")
        page.keyboard.press("Tab")
        page.fill("#why", "paid at the counter")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/path")
        expect(page.locator(".flash")).to_contain_text("“Autorizar venta” to “Cerrada”")
        stand.run(_over(stand, order.key))
        page.goto(f"/orders/{_id(stand, 'led')}")
        entry = page.locator("#audit p", has_text="sofia")
        expect(entry).to_contain_text("paid at the counter")


def test_who_may_not_move_is_not_offered_it(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("403")
        page = visitor.sign_in("ana", f"/orders/{_id(stand, 'authorize-0')}/path")
        assert page.get_by_role("link", name="Mover").count() == 0
        page.goto(f"/orders/{_id(stand, 'authorize-0')}/move")
        expect(page.locator("main")).to_contain_text("No tiene permiso")


@pytest.fixture
def packed(stand: Stand) -> Generator[str]:
    """The id of an order whose process calls another, in which it stands."""
    calling = _drawn("counter_sale", "start", 'callActivity id="pack" calledElement="packing"')
    _deploy(stand, _drawn("packing", "begin", 'userTask id="wrap"'), WRAP, "packing")
    _deploy(stand, calling, CALLS, "counter_sale")
    order = sale()
    stand.known["packed"] = order
    stand.run(stand.shop.place(order))
    stand.run(stand.shop.task(order.key, "wrap"))
    yield _id(stand, "packed")
    folder = WORLD / "processes"
    texts = [(folder / f"counter_sale.{end}").read_text("utf-8") for end in ("bpmn", "toml")]
    _deploy(stand, texts[0], texts[1], "counter_sale")


def _drawn(name: str, first: str, second: str) -> str:
    """Two nodes and an end, in a row."""
    kind, _, rest = second.partition(" ")
    id_ = rest.partition('id="')[2].partition('"')[0]
    row = {first: (60, 36), id_: (150, 100), "over": (310, 36)}
    shapes = "".join(
        f'<d:BPMNShape id="{one}_di" bpmnElement="{one}">'
        f'<b:Bounds x="{x}" y="100" width="{width}" height="{width}"/></d:BPMNShape>'
        for one, (x, width) in row.items()
    )
    edge = '<d:BPMNEdge id="{0}_di" bpmnElement="{0}"><w:waypoint x="{1}" y="118"/>'
    edges = "".join(
        edge.format(flow, left) + f'<w:waypoint x="{right}" y="118"/></d:BPMNEdge>'
        for flow, left, right in (("g1", 96, 150), ("g2", 250, 310))
    )
    omg = "http://www.omg.org/spec"
    return (
        f'<definitions xmlns="{omg}/BPMN/20100524/MODEL" xmlns:d="{omg}/BPMN/20100524/DI"'
        f' xmlns:b="{omg}/DD/20100524/DC" xmlns:w="{omg}/DD/20100524/DI"'
        f' targetNamespace="http://example.com/{name}">'
        f'<process id="{name}" isExecutable="true"><startEvent id="{first}"/>'
        f'<{kind} name="{id_}" {rest}/><endEvent id="over"/>'
        f'<sequenceFlow id="g1" sourceRef="{first}" targetRef="{id_}"/>'
        f'<sequenceFlow id="g2" sourceRef="{id_}" targetRef="over"/></process>'
        f'<d:BPMNDiagram id="dia"><d:BPMNPlane id="plane" bpmnElement="{name}">'
        f"{shapes}{edges}</d:BPMNPlane></d:BPMNDiagram></definitions>"
    )


def _deploy(stand: Stand, drawing: str, toml: str, name: str) -> None:
    files = [
        {"name": f"{name}.bpmn", "content": drawing},
        {"name": f"{name}.toml", "content": toml},
    ]
    stand.run(stand.shop.accepted("/definitions", {"files": files}))


def _path(visitor: Visitor, stand: Stand, name: str) -> Page:
    page = visitor.sign_in("sofia", f"/orders/{_id(stand, name)}/path")
    _ready(page)
    return page


def _ready(page: Page) -> None:
    page.locator(".drawing[data-ready]").wait_for(timeout=15_000)
    page.locator("#slider:not([hidden])").wait_for()


def _marked(page: Page, name: str) -> set[str]:
    found = page.locator(f".djs-element.{name}").evaluate_all(
        "all => all.map(one => one.dataset.elementId)"
    )
    return {id_ for id_ in found if not id_.endswith("_label")}


def _id(stand: Stand, name: str) -> str:
    return stand.run(stand.shop.order(stand.known[name].key))["id"]


async def _over(stand: Stand, key: str) -> None:
    """Until it was let in."""

    async def moved() -> bool:
        return any(
            row["kind"] == "modified" for row in await stand.shop.get(f"/orders/{key}/trace")
        )

    await stand.shop.soon(moved, "the move", moved)
