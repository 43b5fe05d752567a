"""AWS KMS wraps the master key: over its JSON API, signed, to a server that verifies it."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from mtd.runtime.keys import WRAPPED, master_key
from mtd.runtime.keys.service import NoMasterKey
from mtd.runtime.vault import Vault
from tests.runtime.keys.kms import ACCESS_KEY, KEY, REGION, SECRET_KEY, Kms, kms

AWS = {"MTD_KMS": f"aws:{KEY}"}
OTHER = KEY.replace("1234abcd", "ffffffff")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Generator[Kms]:
    """A key service, and an environment that leads to it alone."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/absent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    with kms() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", running.url)
        yield running


def test_it_is_wrapped_once_and_asked_for_at_each_start(service: Kms, tmp_path: Path) -> None:
    first = master_key(tmp_path, AWS)
    sealed = Vault(first, os.urandom).seal_secret(1, "folio key", "a", b"a private key")
    again = master_key(tmp_path, AWS)
    assert Vault(again, os.urandom).open_secret(1, "folio key", "a", sealed) == b"a private key"
    assert [path.name for path in tmp_path.iterdir()] == [WRAPPED]
    assert first not in (tmp_path / WRAPPED).read_bytes()
    assert [name.partition(".")[2] for name, _ in service.calls] == [
        "Encrypt", "Decrypt", "Decrypt",
    ]  # fmt: skip
    assert {asked["EncryptionContext"]["purpose"] for _, asked in service.calls} == {
        "mtd master key"
    }


def test_who_has_not_the_secret_is_refused(
    service: Kms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(NoMasterKey, match="encrypt: InvalidSignatureException"):
        master_key(tmp_path, AWS)
    assert service.calls == []
    assert list(tmp_path.iterdir()) == [], "nothing half made is left"


def test_another_key_or_other_bytes_do_not_open_it(service: Kms, tmp_path: Path) -> None:
    key = master_key(tmp_path, AWS)
    with pytest.raises(NoMasterKey, match=f"aws:{OTHER} decrypt: NotFoundException"):
        master_key(tmp_path, {"MTD_KMS": f"aws:{OTHER}"})
    kept = tmp_path / WRAPPED
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    with pytest.raises(NoMasterKey, match="decrypt: InvalidCiphertextException") as told:
        master_key(tmp_path, AWS)
    assert key.hex() not in str(told.value) and str(key) not in str(told.value)


def test_a_service_that_is_busy_for_a_moment_is_asked_again(service: Kms, tmp_path: Path) -> None:
    service.faults = [(400, "ThrottlingException"), (500, "KMSInternalException")]
    assert len(master_key(tmp_path, AWS)) == 32
    assert service.faults == []


def test_an_alias_takes_its_region_from_the_environment(
    service: Kms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.keys["alias/mtd"] = service.keys[KEY]
    alias = {"MTD_KMS": "aws:alias/mtd"}
    with pytest.raises(NoMasterKey, match="encrypt: NoRegionError"):
        master_key(tmp_path, alias)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert master_key(tmp_path, alias) == master_key(tmp_path, alias)


def test_what_is_wrong_is_told_by_name(
    service: Kms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("aws:", "aws:arn:aws:s3:::bucket"):
        with pytest.raises(NoMasterKey, match="MTD_KMS"):
            master_key(tmp_path, {"MTD_KMS": text})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NoMasterKey, match="encrypt: NoCredentialsError"):
        master_key(tmp_path, AWS)


def test_a_service_that_is_away_is_told(
    service: Kms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del service
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    with pytest.raises(NoMasterKey, match="encrypt: EndpointConnectionError"):
        master_key(tmp_path, AWS)
