"""The keyring: a certificate is opened once, however many need it at once, and asked for anew."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mtd.connectors.tax.issuers import native_issuers
from mtd.core.tax.certificate import BadCertificate
from mtd.runtime.app import App
from mtd.runtime.rehearsal.forging import certificate, new_key, pkcs12_file
from mtd.runtime.tax.authorising import Certified, certify
from mtd.runtime.tax.keyring import FRESH, Keyring
from mtd.store.sessions import Row
from tests.runtime.tax.issuers import issuers, issuing_app

ISSUERS = issuers(["paris"])
PARIS = native_issuers(ISSUERS)["paris"].practice


class Counting:
    """Asks the database, and counts how often."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.asked = 0

    async def fetch(self, query: str, /, *args: Any) -> list[Row]:
        self.asked += 1
        async with self._app.store.door(1) as connection:
            return await connection.fetch(query, *args)


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncGenerator[App]:
    async with issuing_app(database, tmp_path, ISSUERS) as opened:
        yield opened


async def test_many_that_need_a_certificate_at_once_ask_for_it_once(app: App) -> None:
    asker, now = Counting(app), [datetime.now(UTC)]
    keyring = Keyring(asker, app.vault, lambda: now[0])
    missing = await asyncio.gather(*(keyring.signer(1, PARIS) for _ in range(3)))
    assert {one.reason for one in missing if isinstance(one, BadCertificate)} == {
        f"of {PARIS.tax_id} was never taken in"
    }
    key = new_key(2048)
    file = pkcs12_file(key, certificate(key, "12345678-5", datetime.now(UTC)), b"secret")
    assert isinstance(await certify(app, 1, "paris", file, b"secret", "me"), Certified)
    for _ in range(2):
        asker.asked = 0
        signers = await asyncio.gather(*(keyring.signer(1, PARIS) for _ in range(20)))
        assert len({id(one) for one in signers}) == 1
        assert not isinstance(signers[0], BadCertificate)
        assert asker.asked == 1
        now[0] += FRESH + timedelta(seconds=1)
