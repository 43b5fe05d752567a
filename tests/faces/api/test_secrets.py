"""No answer of the API tells anything of a private key, of the folios' or of the certificate's."""

from base64 import b64encode
from datetime import UTC, datetime

import msgspec
import pytest

from mtd.runtime.rehearsal.forging import caf_file, certificate, new_key, pkcs12_file
from tests.faces.api import conftest
from tests.faces.api.conftest import Api
from tests.runtime.operations.test_papers import request
from tests.runtime.tax.issuers import BY, RUT, SENDER, TODAY, issuers
from tests.runtime.tax.test_secrets import canaries, spelt

PASSWORD = b"a password that nobody may see"
NAME = "76111111-39-1"
READ = (
    *("/folios", "/metrics", "/counts", "/backlog", "/openapi.json", "/pauses"),
    *(f"/tax-documents/{NAME}", f"/tax-documents/{NAME}/claims"),
    *(f"/tax-documents/{NAME}/drawing?format={one}" for one in ("letter", "html", "xml")),
)


@pytest.fixture(autouse=True)
def issuing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API's customer issues natively."""
    settings = msgspec.structs.replace(conftest.SETTINGS, issuers=issuers())
    monkeypatch.setattr(conftest, "SETTINGS", settings)


async def test_no_answer_tells_a_key(api: Api) -> None:
    stamping, signing = new_key(1024), new_key(2048)
    caf = b64encode(caf_file(BY, RUT, "39", (1, 9), TODAY, key=stamping)).decode()
    file = pkcs12_file(signing, certificate(signing, SENDER, datetime.now(UTC)), PASSWORD)
    signs = {"issuer": "paris", "file": b64encode(file).decode(), "person": "ana"}
    told: list[bytes] = []

    async def post(path: str, expected: int, **body: str) -> None:
        async with api.session.post(path, json=body) as answer:
            told.append(await answer.read())
            assert answer.status == expected, told[-1]

    await post("/folios", 201, file=caf, person="ana")
    await post("/folios", 422, file=caf, person="ana")
    await post("/folios/certificates", 422, **signs, password="wrong")
    await post("/folios/certificates", 201, **signs, password=PASSWORD.decode())
    await post("/folios/certificates", 422, **signs, password=PASSWORD.decode())
    asked = msgspec.json.Encoder(decimal_format="number").encode(request())
    async with api.session.post("/tax-documents", data=asked) as answer:
        assert answer.status == 201, await answer.text()
        told.append(await answer.read())
    for path in READ:
        async with api.session.get(path) as answer:
            assert answer.status == 200, path
            told.append(await answer.read())
    said = b"\n".join(told)
    assert b"<TED " in said, "the document was read"
    for secret in (*canaries(stamping), *canaries(signing), *spelt(PASSWORD)):
        assert secret not in said
