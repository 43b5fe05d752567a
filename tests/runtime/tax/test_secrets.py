"""Secrets: no private key is anywhere in clear but in memory: logs, journal, answers, backups."""

import asyncio
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mtd.connectors import connectors
from mtd.runtime.rehearsal.forging import caf_file, certificate, new_key, pkcs12_file
from mtd.runtime.settings.settings import issuers as who_issues
from mtd.runtime.tax.authorising import certify, standings, take_in
from mtd.store.backup import backup
from mtd.store.postgres.programs import clients
from tests.runtime.conftest import Founded
from tests.runtime.plant import MASTER_KEY, Plant
from tests.runtime.tax.issuers import BY, RUTS, SENDER, TODAY, issuers
from tests.runtime.tax.steps import steps

PASSWORD = b"a password that nobody may see"
TYPES = ("33", "34", "39", "41")


def canaries(key: RSAPrivateKey) -> list[bytes]:
    """What gives a key away, however it is written: its PEMs line by line, its DERs in hex."""
    found: list[bytes] = []
    for form in (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8):
        pem = key.private_bytes(Encoding.PEM, form, NoEncryption())
        # The first line of each is its header and modulus, which are public.
        found += [line for line in pem.splitlines()[4:-1] if len(line) >= 60]
        der = key.private_bytes(Encoding.DER, form, NoEncryption())
        found += [der[-80:-40], der[-80:-40].hex().encode(), der[-80:-40].hex().upper().encode()]
    prime = key.private_numbers().p
    return [*found, str(prime).encode(), f"{prime:x}".encode()]


async def test_no_private_key_is_in_logs_journal_answers_or_a_backup(
    found: Founded, database: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plant: Plant = await found(steps("sale", "tax.issue", "tax.status"), issuers=issuers())
    plant.connectors.update(connectors(who_issues(plant.app.settings)))
    stamping, signing = new_key(1024), new_key(2048)
    file = pkcs12_file(signing, certificate(signing, SENDER, datetime.now(UTC)), PASSWORD)
    for name, rut in RUTS.items():
        for code in TYPES:
            caf = caf_file(BY, rut, code, (1, 100), TODAY, key=stamping)
            await take_in(plant.app, 1, caf, "me")
        await certify(plant.app, 1, name, file, PASSWORD, "me")
        assert await certify(plant.app, 1, name, file, b"wrong", "me")
    orders = await plant.orders("sale", 6)
    async with plant.worker():
        await plant.until_ended(len(orders))
    kept = await backup(database, tmp_path / "mtd.dump")
    version = int(await plant.value("SHOW server_version_num")) // 10_000
    program = [clients(version) / "pg_restore", "--file=-", kept.path]
    restored = await asyncio.to_thread(subprocess.run, program, capture_output=True, check=True)
    answers = msgspec.json.encode(await standings(plant.app, 1))
    said = capfd.readouterr()
    secrets = [*canaries(stamping), *canaries(signing), MASTER_KEY, MASTER_KEY.hex().encode()]
    for place, text in (
        ("backup", restored.stdout),
        ("logs", (said.out + said.err).encode()),
        ("answers", answers),
    ):
        for secret in (*secrets, PASSWORD):
            assert secret not in text, place
    assert b"tax_document" in restored.stdout, "the backup was read"
    assert b"folio_range" in restored.stdout
