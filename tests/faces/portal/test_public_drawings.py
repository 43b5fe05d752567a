"""Drawings of others in a browser: each is shown without a word on the console."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from mtd.core.process.readers import Unreadable
from mtd.core.process.readers.viewing import View, viewed
from mtd.core.process.readers.xml import parse
from tests.faces.portal.browser import visiting
from tests.faces.portal.stand import ROOT, Stand

SHARED = ROOT.parent / "shared" / "fixtures"
FIXTURES = Path(os.environ.get("MTD_FIXTURES", SHARED))
FILES_MAX = 40
OURS = sorted((ROOT / "processes").glob("*.bpmn"))
PUBLIC = sorted(one for one in FIXTURES.glob("**/*.bpmn") if "bizagi" in str(one).lower())


@pytest.mark.parametrize("files", [OURS, PUBLIC[:FILES_MAX]], ids=["ours", "public"])
def test_every_drawing_shows(browser: Browser, stand: Stand, files: list[Path]) -> None:
    if not files:
        pytest.skip(f"no models at {FIXTURES}")
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("olga", "/processes")
        for path in files:
            try:
                drawn = _open(viewed(path.read_bytes()))
            except Unreadable:
                continue
            page.goto("/processes")
            page.set_input_files("#file", path)
            page.fill("#why", path.name)
            page.get_by_role("button", name="Revisar").click()
            page.wait_for_url("**/processes/releases/*")
            page.locator(".drawing[data-ready]").wait_for(timeout=15_000)
            shown = page.locator(".djs-element").evaluate_all(
                "all => all.map(one => one.dataset.elementId)"
            )
            assert drawn <= set(shown), path.name
            expect(page.locator(".drawing .empty")).to_have_count(0)
            visitor.shot(f"public_{path.stem}")


def _open(view: View) -> set[str]:
    """The shapes, without those that lie in sub-processes that are shut."""
    root, _ = parse(view.content)
    shut = {
        one.get("bpmnElement")
        for one in root.iter("{*}BPMNShape")
        if one.get("isExpanded") != "true"
    }
    inside = {
        id_
        for one in root.iter("{*}subProcess", "{*}transaction", "{*}adHocSubProcess")
        if one.get("id") in shut
        for inner in one.iter()
        if inner is not one and (id_ := inner.get("id"))
    }
    return {one.get("bpmnElement", "") for one in root.iter("{*}BPMNShape")} - inside
