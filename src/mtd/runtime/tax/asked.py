"""Asked for directly: a document that no drawing issues, from a request that somebody brings."""

import asyncio
import hashlib
import os
from decimal import Decimal

import msgspec

from mtd.connectors.desk import NoneLeft
from mtd.connectors.tax.issuers import NativeIssuer, native_issuers
from mtd.connectors.tax.settings import NATIVE
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.countries.cl.building import build
from mtd.core.tax.countries.cl.content import BOLETAS, ZONE
from mtd.core.tax.countries.cl.planning import plan
from mtd.core.tax.document import DocumentKey, DocumentState, TaxDocument
from mtd.core.tax.issuing import FiscalFault, FiscalPlan, Invalid, SignedArtifact
from mtd.core.tax.request import FiscalRequest
from mtd.runtime.app import App
from mtd.runtime.tax.keyring import Keyring
from mtd.store import direct, kept, tax_documents
from mtd.store.direct import Exceeded
from mtd.store.folio_blocks import Series
from mtd.store.ids import derived, uuid7
from mtd.store.issuance import Issuance
from mtd.store.kept import SealedDocument
from mtd.store.loading import Content
from mtd.store.sessions import Connection

EFFECT = "request"
"""In place of a step: what took the folio."""
TRIES_MAX = 12
TRY_S = 0.5
"""Between asking workers for folios that they do not use, and looking whether they came."""
SALES = frozenset((*BOLETAS, "33", "34"))

_REQUEST = msgspec.json.Decoder(FiscalRequest)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Refused(Exception):
    """A document that cannot be issued: what is wrong, each with its field and line."""

    def __init__(self, faults: tuple[FiscalFault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class Issued(msgspec.Struct, frozen=True):
    """The document of a request."""

    document: TaxDocument
    again: bool
    """It was there before: the same request, or the same key, has the same document."""


def request_of(content: bytes) -> FiscalRequest:
    """A request in JSON. Raises Refused naming the field."""
    try:
        return _REQUEST.decode(content)
    except msgspec.MsgspecError as error:
        raise Refused((FiscalFault("", str(error)),)) from error


async def issue(app: App, tenant: int, request: FiscalRequest, key: str | None) -> Issued:
    """Number, sign and store the document asked for, and hand it to be sent: all or nothing.

    `key`: what repeats of the request have in common; None: its content. Raises Refused.
    """
    issuer = native_issuers(app.settings.issuers).get(request.issuer)
    if issuer is None:
        raise _refused("issuer", f"there is no native issuer {request.issuer!r} in the settings")
    made = plan(request, issuer.options)
    if isinstance(made, Invalid):
        raise Refused(made.faults)
    name = key or hashlib.sha256(_ENCODER.encode(request)).hexdigest()
    instance = derived(request.occurred_at, tenant, "request", request.issuer, name)
    for tried in range(TRIES_MAX):
        try:
            async with app.store.door(tenant) as connection:
                for one in await tax_documents.of_instances(connection, [(tenant, instance)]):
                    return Issued(one, again=True)
                folio = await _folio(app, connection, tenant, issuer, made)
                if folio is not None:
                    document = await _written(
                        app, connection, tenant, instance, request, issuer, made, folio
                    )
                    return Issued(document, again=False)
        except Exceeded as error:
            raise _refused("Totales/MntTotal", str(error)) from error
        if tried + 1 < TRIES_MAX:
            await asyncio.sleep(TRY_S)
    raise _refused("IdDoc/Folio", f"no folio of type {made.type_code} is left (NO_FOLIO)")


async def _folio(
    app: App, connection: Connection, tenant: int, issuer: NativeIssuer, made: FiscalPlan
) -> int | None:
    series = Series(tenant=tenant, issuer=issuer.options.rut, type_code=made.type_code)
    day = app.clock.now().astimezone(ZONE).date()
    return await direct.take(connection, series, issuer.environment, day)


async def _written(
    app: App,
    connection: Connection,
    tenant: int,
    instance: str,
    request: FiscalRequest,
    issuer: NativeIssuer,
    made: FiscalPlan,
    folio: int,
) -> TaxDocument:
    now, rut = app.clock.now(), issuer.options.rut
    artifact = await _signed(app, connection, tenant, rut, made, folio)
    key = DocumentKey(tenant=tenant, issuer=rut, type_code=made.type_code, folio=folio)
    refers = next((one for one in request.references if one.correction), None)
    issuance = Issuance(
        issuer=rut,
        type_code=made.type_code,
        folio=folio,
        effect=EFFECT,
        provider=NATIVE,
        is_sale=made.type_code in SALES,
        currency=made.currency.value,
        total=made.totals.total,
        issued_at=now,
        state=DocumentState.SIGNED,
        handed=True,
        hash=bytes.fromhex(artifact.sha256),
        refers_type=refers.type_code if refers else None,
        refers_folio=int(refers.number) if refers and refers.number.isdecimal() else None,
        credit=made.totals.total if refers and made.type_code == "61" else Decimal(0),
    )
    await direct.write(connection, tenant, instance, issuance, now)
    key_id = uuid7(now, os.urandom(10))
    person = app.vault.blind(tenant, "person", _person(request, instance))
    wrapped = app.vault.new_key(tenant, key_id)
    await direct.keep_key(connection, tenant, person, key_id, wrapped)
    sealed = SealedDocument(
        name=tax_documents.kept_name(key),
        media_type=artifact.media_type,
        hash=bytes.fromhex(artifact.sha256),
        ciphertext=app.vault.seal_document(tenant, instance, key_id, wrapped, artifact.content),
    )
    of = Content(
        tenant=tenant, order=instance, version=0, person=person, key_id=key_id,
        wrapped_key=wrapped, ciphertext=b"", hash=b"",
    )  # fmt: skip
    await kept.keep(connection, tenant, of, [sealed])
    found = await tax_documents.by_folio(connection, key)
    assert found is not None, "it was written in this transaction"
    return found


async def _signed(
    app: App, connection: Connection, tenant: int, rut: str, made: FiscalPlan, folio: int
) -> SignedArtifact:
    keyring = Keyring(connection, app.vault, app.clock.now)
    stamp = await keyring.stamp(tenant, rut, made.type_code, folio)
    if isinstance(stamp, NoneLeft):
        raise _refused("TED/DD/CAF", stamp.message)
    signer = await keyring.signer(tenant, rut)
    if isinstance(signer, BadCertificate):
        raise _refused("Signature", f"the certificate {signer.reason}")
    artifact = build(made, folio, stamp, signer, app.clock.now())
    if isinstance(artifact, Invalid):
        raise Refused(artifact.faults)
    return artifact


def _person(request: FiscalRequest, instance: str) -> str:
    """Who the document is about; of nobody in particular, the document itself."""
    buyer = request.buyer
    return (buyer.tax_id if buyer else "") or request.mail or instance


def _refused(field: str, message: str) -> Refused:
    return Refused((FiscalFault(field, message),))
