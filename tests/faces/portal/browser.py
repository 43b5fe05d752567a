"""A browser before the portal: Debian's Chromium; what its console says fails a test."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # pyright: ignore[reportMissingTypeStubs]
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.faces.portal.stand import PASSWORD

CHROMIUM = os.environ.get("MTD_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE = (1440, 900)
NARROW = (390, 844)
SHOTS = "MTD_SCREENSHOTS"
"""Folder in which pictures of the pages are kept; without it none are."""
SERIOUS = ("serious", "critical")


@contextmanager
def browsing() -> Generator[Browser]:
    """A browser with a profile of its own; skips where there is none, but not in CI."""
    if not Path(CHROMIUM).exists():
        reason = f"no browser at {CHROMIUM}: install Debian's chromium, or name one in MTD_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Visitor:
    """Somebody at the portal, with a window of their own."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.expected: list[str] = []
        """Parts of complaints that a test is about."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, login: str, path: str = "/", password: str = PASSWORD) -> Page:
        """Sign in, and see the page at `path`."""
        self.page.goto(f"/sign-in?next={path}")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.click("button.main")
        self.page.wait_for_load_state()
        return self.page

    def shot(self, name: str) -> None:
        """A picture of the whole page, where pictures are wanted."""
        if folder := os.environ.get(SHOTS):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def faults(self) -> list[str]:
        """What axe finds serious about the page, each with the elements."""
        axe: Any = Axe()
        found: list[dict[str, Any]] = axe.run(self.page).response["violations"]
        return [
            f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
            for one in found
            if one["impact"] in SERIOUS
        ]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")


@contextmanager
def visiting(browser: Browser, url: str, **more: Any) -> Generator[Visitor]:
    """A visitor who must have nothing to complain about: no error, no breach of the policy."""
    width, height = more.pop("size", WIDE)
    more.setdefault("locale", "es-CL")
    context = browser.new_context(base_url=url, viewport={"width": width, "height": height}, **more)
    try:
        visitor = Visitor(context)
        yield visitor
        left = [
            one for one in visitor.complaints if not any(part in one for part in visitor.expected)
        ]
        assert not left, left
    finally:
        context.close()
