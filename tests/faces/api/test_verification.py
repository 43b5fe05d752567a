"""Files of anybody's tax documents are checked over REST, as they are by the command."""

from collections.abc import AsyncGenerator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mtd.connectors.tax.settings import IssuerSettings
from mtd.core.tax.markup import BYTES_MAX
from mtd.runtime.sii_schemas import FOLDER
from tests.core.tax.countries.cl.schemas import SCHEMAS, needs_schemas
from tests.core.tax.countries.cl.sealing import in_envelope, of_type, the_authority
from tests.faces.api.conftest import SETTINGS, Api, serving
from tests.runtime.tax.issuers import RUT, options

PATH = "/tax-document-verifications"


@pytest.fixture
async def api(database: str, tmp_path: Path) -> AsyncGenerator[Api]:
    """Whose issuer is of the authority that the documents' folios are of."""
    by = the_authority()
    pem = by.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    issuer = IssuerSettings(
        environment="simulated", authority_keys={str(by.idk): pem.decode()}, options=options(RUT)
    )
    settings = msgspec.structs.replace(SETTINGS, issuers={"paris": issuer})
    async with serving(settings, database, tmp_path) as client:
        yield client


def rows(told: Any, verdict: str) -> list[str]:
    return [row["name"] for row in told["checks"] if row["verdict"] == verdict]


@needs_schemas
async def test_a_sound_envelope_passes_and_a_changed_one_fails_by_row(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(SCHEMAS))
    content = in_envelope(of_type("39").content, of_type("41").content)
    status, told = await api.post(PATH, data=content)
    assert (status, told["passed"], told["failed"]) == (200, True, False), told
    _, told = await api.post(PATH, data=content.replace(b"<IT1>Zap", b"<IT1>Cap", 1))
    assert (told["passed"], told["failed"]) == (False, True)
    assert rows(told, "failed") == ["signature", "stamp", "signature"]


async def test_what_was_not_checked_is_not_called_right(
    api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    _, told = await api.post(PATH, data=of_type("33").content)
    assert (told["passed"], told["failed"]) == (False, False)
    assert rows(told, "not checked") == ["schema"]


async def test_schemas_that_are_named_and_absent_are_told(
    api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    status, told = await api.post(PATH, data=of_type("33").content)
    assert status == 409
    assert "DTE_v10.xsd" in told["detail"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Document is empty"),
        (b"\x1f\x8b\x08", "is not utf-8 as it claims"),
        (b'<!DOCTYPE DTE [<!ENTITY a "b">]><DTE>&a;</DTE>', "has a DOCTYPE"),
        (b" " * (BYTES_MAX + 1), "is larger than"),
    ],
    ids=["nothing", "packed", "an entity", "too large"],
)
async def test_what_cannot_be_read_is_a_failed_check(api: Api, content: bytes, reason: str) -> None:
    status, told = await api.post(PATH, data=BytesIO(content))
    assert (status, rows(told, "failed")) == (200, ["readable"])
    assert reason in told["checks"][0]["told"][0]


async def test_the_largest_body_is_bounded(api: Api) -> None:
    status, _ = await api.post(PATH, data=BytesIO(b" " * (BYTES_MAX + 2)))
    assert status == 413
