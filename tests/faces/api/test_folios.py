"""Folios over REST: what may not be used is refused with its reason."""

from base64 import b64encode

import aiohttp

from mtd.runtime.rehearsal.forging import authority, caf_file
from tests.faces.api.conftest import Api
from tests.runtime.tax.test_authorising import TODAY


async def test_a_range_of_nobody_s_is_refused(api: Api) -> None:
    file = b64encode(caf_file(authority(), "76111111-6", "39", (1, 9), TODAY)).decode()
    status, told = await api.post("/folios", json={"file": file, "person": "ana"})
    assert (status, told["title"]) == (422, "the range is not taken in")
    assert "no key of the authority" in told["detail"]
    status, told = await api.post("/folios", json={"file": "%", "person": "ana"})
    assert (status, told["detail"]) == (422, "file: is no Base64")
    assert await api.get("/folios") == (200, [])


async def test_a_certificate_of_nobody_s_is_refused(api: Api) -> None:
    asked = {"issuer": "x", "file": "eA==", "password": "secret", "person": "ana"}
    status, told = await api.post("/folios/certificates", json=asked)
    assert status == 422
    assert told["detail"] == "there is no native issuer 'x' in the settings"
    assert "secret" not in str(told)


async def test_documents_are_read_by_their_name_and_by_their_seal_alone(api: Api) -> None:
    status, told = await api.get("/tax-documents/76111111-39-1")
    assert (status, told["title"]) == (404, "not found")
    status, told = await api.post("/tax-documents", json={"kind": "receipt"})
    assert status == 422
    assert "country" in told["detail"]
    bare = aiohttp.ClientSession(api.url)
    async with bare.get("/public/documents/76111111-39-1/0.pdf") as answer:
        assert answer.status == 404, "no key is asked for, and nothing is told"
    async with bare.get("/tax-documents/76111111-39-1") as answer:
        assert answer.status == 401
    await bare.close()


async def test_a_series_of_nobody_s_is_refused(api: Api) -> None:
    asked = {"issuer": "x", "type_code": "01", "series": "F001", "person": "ana"}
    status, told = await api.post("/folios/series", json=asked)
    assert (status, told["title"]) == (422, "the series is not declared")
    assert told["detail"] == "there is no native issuer 'x' in the settings"
