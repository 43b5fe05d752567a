"""Signing in by a real provider of identities: npm's oidc-provider, in a browser."""

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, expect

from mtd.runtime.building import NotBuilt, run_npm, tools
from tests.faces.portal.browser import Visitor, visiting
from tests.faces.portal.stand import Stand, free_port, portal_beside
from tests.runtime.desk.liar import key

HERE = Path(__file__).with_name("provider")
READY_S = 30.0
FONTS = "fonts.googleapis.com"
"""The provider's own pages ask for some, which are not to be had."""
PEOPLE: dict[str, dict[str, Any]] = {
    "rosa": {"name": "Rosa Ríos", "groups": ["agentes"], "shops": ["PA"]},
    "sergio": {"name": "Sergio Silva", "groups": ["otros"], "shops": ["PA"]},
    "sofia": {"name": "Otra Sofía", "groups": ["agentes"], "shops": ["PA"]},
}


class Standing:
    """The provider and a portal that believes it."""

    def __init__(self, folder: Path, url: str, portal: str) -> None:
        self.folder = folder
        self.url = url
        self.portal = portal
        self._keys: dict[str, RSAKey] = {}

    @contextmanager
    def running(self, kid: str) -> Generator[None]:
        """The provider, signing with a key of this name."""
        signing = self._keys.setdefault(kid, key(kid))
        told = {
            "issuer": self.url, "port": int(self.url.rpartition(":")[2]), "client_id": "mtd",
            "client_secret": "a secret/of tests", "redirect": f"{self.portal}/sign-in/oidc/back",
            "out": f"{self.portal}/sign-in", "people": PEOPLE,
            "keys": [signing.as_dict(private=True)],
        }  # fmt: skip
        node, _ = tools(os.environ)
        with (self.folder / "provider.log").open("ab") as log:
            child = subprocess.Popen(
                [str(node), "provider.mjs"], cwd=self.folder, stdout=log, stderr=log,
                env={**os.environ, "MTD_PROVIDER": json.dumps(told)},
            )  # fmt: skip
        try:
            self._wait(child)
            yield
        finally:
            child.terminate()
            child.wait(20)

    def _wait(self, child: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + READY_S
        while True:
            assert child.poll() is None, (self.folder / "provider.log").read_text()
            try:
                place = f"{self.url}/.well-known/openid-configuration"
                urllib.request.urlopen(place, timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < until, (self.folder / "provider.log").read_text()
                time.sleep(0.1)


@pytest.fixture(scope="module")
def believing(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Generator[Standing]:
    """A second portal on the stand's database, which believes the provider."""
    folder = tmp_path_factory.mktemp("provider")
    for name in ("package.json", "package-lock.json", ".npmrc", "provider.mjs"):
        shutil.copy(HERE / name, folder / name)
    try:
        run_npm(os.environ, folder)
    except NotBuilt as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the provider cannot be installed: {error}")
    url, port = f"http://127.0.0.1:{free_port()}", free_port()
    one = Standing(folder, url, f"http://127.0.0.1:{port}")
    customer = (
        'extends = "counter"\ncustomer = "beside"\n[portal.oidc]\n'
        f'issuer = "{url}"\nclient_id = "mtd"\nclient_secret = "env:MTD_TEST_OIDC"\n'
        f'portal = "{one.portal}"\nlabel = "Cuenta única"\nroles = {{ agentes = "agent" }}\n'
        'stores_claim = "shops"\nstores = { PA = "paris" }\n'
    )
    more = {"MTD_TEST_OIDC": "a secret/of tests"}
    with portal_beside(stand, folder, customer, port, more):
        yield one


def test_who_is_vouched_for_signs_in_where_they_wanted_to(
    browser: Browser, believing: Standing
) -> None:
    with believing.running("first"), visiting(browser, believing.portal) as visitor:
        visitor.expected += [believing.url, FONTS]
        page = visitor.page
        page.goto("/orders?store=paris")
        visitor.shot("sign_in_oidc")
        assert not visitor.faults()
        _by_provider(visitor, "rosa")
        page.wait_for_url("**/orders?store=paris")
        assert "Umbrale" not in page.locator("main").inner_text()
        page.click(".who summary")
        expect(page.locator(".who")).to_contain_text("Rosa Ríos")
        page.click("text=Cerrar sesión")
        page.wait_for_url("**/sign-in")
        page.goto("/orders")
        page.wait_for_url("**/sign-in?**")
        page.click("text=Cerrar la sesión de Cuenta única")
        page.click("button:has-text('Yes')")
        page.wait_for_url(f"{believing.portal}/sign-in**")


def test_who_has_no_role_or_a_local_name_is_told_so(browser: Browser, believing: Standing) -> None:
    with believing.running("first"), ExitStack() as stack:
        for login, words in (("sergio", "no tiene un rol"), ("sofia", "Ya existe una cuenta")):
            visitor = stack.enter_context(visiting(browser, believing.portal))
            visitor.expected += [believing.url, FONTS, "401"]
            visitor.page.goto("/")
            _by_provider(visitor, login)
            expect(visitor.page.locator("[role=alert]")).to_contain_text(words)


def test_turned_keys_and_a_provider_that_is_away_are_borne(
    browser: Browser, believing: Standing
) -> None:
    with visiting(browser, believing.portal) as visitor:
        visitor.expected += [believing.url, FONTS, "401"]
        with believing.running("second"):
            visitor.page.goto("/orders")
            _by_provider(visitor, "rosa")
            visitor.page.wait_for_url("**/orders")
        visitor.context.clear_cookies()
        visitor.page.goto(f"{believing.portal}/sign-in/oidc/back?code=x&state=y")
        expect(visitor.page.locator("[role=alert]")).to_contain_text("tardó demasiado")
        visitor.page.fill("#login", "pedro")
        visitor.page.fill("#password", "una clave de prueba")
        visitor.page.click("button.main")
        visitor.page.wait_for_url(f"{believing.portal}/")


def _by_provider(visitor: Visitor, login: str) -> None:
    """By the provider's own pages: who one is, and that the portal may know."""
    page = visitor.page
    page.click("text=Entrar con Cuenta única")
    page.fill("[name=login]", login)
    page.fill("[name=password]", "whatever")
    page.click("button[type=submit]")
    page.wait_for_load_state()
    page.click("button:has-text('Continue')")
    page.wait_for_load_state()
