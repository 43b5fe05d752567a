"""The register of receipts and claims, and what the authority hands out."""

from base64 import b64decode
from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from mtd.core.tax.countries.cl.caf import CafFile, imported
from mtd.core.tax.countries.cl.certificate import Signer, from_pkcs12
from tests.core.tax.countries.cl.asking import ISSUER
from tests.core.tax.countries.cl.sealing import in_envelope, of_type
from tests.simulators.sii.caller import SOAP, Caller, authority, one
from tests.simulators.sii.test_uploads import sent

REGISTRY = "/WSREGISTRORECLAMODTE/registroreclamodteservice"
NAMESPACE = "http://ws.registroreclamodte.diii.sdi.sii.cl"


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with authority() as calling:
        await sent(calling, in_envelope(of_type("33").content))
        yield calling


async def listed(caller: Caller, code: str = "33") -> str:
    number, digit = ISSUER.rut.split("-")
    body = (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><q:listarEventosHistDoc xmlns:q="{NAMESPACE}">'
        f"<rutEmisor>{number}</rutEmisor><dvEmisor>{digit}</dvEmisor><tipoDoc>{code}</tipoDoc>"
        "<folio>5</folio></q:listarEventosHistDoc></s:Body></s:Envelope>"
    )
    token = await caller.invoice_token()
    _, said = await caller.send("sii_registry", "POST", REGISTRY, token, data=body.encode())
    return said


def saying(event: str) -> dict[str, object]:
    return {"issuer": ISSUER.rut, "code": "33", "folio": 5, "event": event}


async def test_what_the_buyer_says_is_listed_by_the_rules_of_the_register(caller: Caller) -> None:
    assert one(await listed(caller), "codResp") == "16"
    await caller.client.control("sii_registry", system=saying("ERM"))
    said = await listed(caller)
    assert (one(said, "codResp"), one(said, "codEvento")) == ("15", "ERM")
    for event, answer in (("ERM", "7"), ("RFT", "13"), ("QQQ", "4")):
        refused = await caller.client.refused_control("sii_registry", {"system": saying(event)})
        assert refused.startswith(f"buyer: {answer} ")
    await caller.client.control("sii_registry", system=saying("ACD"))
    assert (await listed(caller)).count("<codEvento>") == 2


async def test_nothing_is_said_of_what_is_no_invoice_or_not_there(caller: Caller) -> None:
    assert one(await listed(caller, "61"), "codResp") == "3"
    assert one(await listed(caller, "34"), "codResp") == "18"


async def test_eight_days_after_its_receipt_nothing_can_be_said(caller: Caller) -> None:
    ahead_s = (await caller.client.page("sii", ""))["state"]["ahead_s"]
    await caller.client.control("sii", system={"ahead_s": ahead_s + 9 * 86_400})
    refused = await caller.client.refused_control("sii_registry", {"system": saying("RCD")})
    assert refused.startswith("buyer: 8 ")


async def test_a_caf_and_a_certificate_of_the_authority_are_good(caller: Caller) -> None:
    told = await caller.client.page("sii", "/key")
    key = load_pem_public_key(told["pem"].encode())
    assert isinstance(key, RSAPublicKey)
    page = f"/caf?issuer={ISSUER.rut}&code=39&count=50"
    files = [b64decode((await caller.client.page("sii", page))["file"]) for _ in range(2)]
    cafs = [imported(file, {told["idk"]: key}) for file in files]
    assert all(isinstance(caf, CafFile) for caf in cafs), cafs
    assert [(c.caf.first, c.caf.last) for c in cafs if isinstance(c, CafFile)] == [
        (1, 50),
        (51, 100),
    ]
    person = await caller.client.page("sii", "/certificate?rut=12345678-5&password=secreto")
    signer = from_pkcs12(b64decode(person["file"]), b"secreto")
    assert isinstance(signer, Signer)
    assert signer.rut == "12345678-5"
