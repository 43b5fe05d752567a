"""Secrets: no private key is anywhere in clear but in memory: logs, journal, answers, backups."""

import asyncio
import subprocess
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from mtd.connectors import connectors
from mtd.runtime.rehearsal.forging import caf_file, certificate, new_key, pkcs12_file
from mtd.runtime.settings.settings import issuers as who_issues
from mtd.runtime.tax.authorising import certify, standings, take_in
from mtd.store.server.backup import backup
from mtd.store.server.postgres.programs import clients
from tests.runtime.conftest import Founded
from tests.runtime.plant import MASTER_KEY, Plant
from tests.runtime.tax.issuers import BY, RUTS, SENDER, TODAY, issuers
from tests.runtime.tax.steps import steps

PASSWORD = b"a password that nobody may see"
TYPES = ("33", "34", "39", "41")


def spelt(secret: bytes) -> list[bytes]:
    """A secret as it is, in hexadecimal, and within any longer text of Base64."""
    found = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    for before in range(3):
        # Its first and last figures share bits with what stands around it.
        encoded = b64encode(bytes(before) + secret)
        whole = encoded[4 : len(encoded) - 4]
        found += [whole, whole.replace(b"+", b"-").replace(b"/", b"_")]
    return found


def canaries(key: RSAPrivateKey) -> list[bytes]:
    """What gives a key away: pieces of its PEMs and DERs, and its numbers, in every spelling."""
    found: list[bytes] = []
    for form in (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8):
        pem = key.private_bytes(Encoding.PEM, form, NoEncryption())
        # The first lines are its header and modulus, of 2,048 bits at most, which are public.
        found += [line for line in pem.splitlines()[8:-1] if len(line) >= 60]
        der = key.private_bytes(Encoding.DER, form, NoEncryption())
        found.append(der[-80:-40])
    numbers = key.private_numbers()
    for number in (numbers.p, numbers.q, numbers.d):
        whole = number.to_bytes((number.bit_length() + 7) // 8, "big")
        found += [whole[:40], str(number)[:60].encode()]
    return [text for secret in found for text in spelt(secret)]


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
    secrets = [*canaries(stamping), *canaries(signing)]
    secrets += [*spelt(MASTER_KEY), *spelt(PASSWORD)]
    journal = await plant.rows("SELECT payload FROM journal")
    calls = await plant.rows("SELECT request, response FROM call")
    told = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for row in (*journal, *calls)
        for value in row
    )
    for place, text in (
        ("the backup's file", kept.path.read_bytes()),
        ("what is restored of it", restored.stdout),
        ("journal and calls", told),
        ("logs", (said.out + said.err).encode()),
        ("answers", answers),
    ):
        for secret in secrets:
            assert secret not in text, place
    assert b"tax_document" in restored.stdout, "the backup was read"
    assert b"folio_range" in restored.stdout
    assert journal, "the journal was read"


def test_a_key_that_is_stored_in_clear_is_seen_however_it_is_spelt() -> None:
    key = new_key(1024)
    secrets = canaries(key)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    der = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    for content in (pem, der):
        for text in (
            content,
            content.hex().encode(),
            b64encode(content),
            b64encode(b"x" + content),
            b64encode(b"xy" + content),
        ):
            assert any(secret in text for secret in secrets)
    public = key.public_key()
    for form in (PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo):
        for encoding in (Encoding.PEM, Encoding.DER):
            shown = public.public_bytes(encoding, form)
            assert not any(secret in shown for secret in secrets)
