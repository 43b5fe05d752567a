"""Asked for directly: a document that no drawing issues, from a request that somebody brings."""

import asyncio
import hashlib
import os
from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.connectors.desk import NoneLeft
from mtd.connectors.tax.issuers import NativeIssuer, native_issuers
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.document import STANDS, DocumentKey, DocumentState, TaxDocument
from mtd.core.tax.issuing import FiscalFault, FiscalNumber, FiscalPlan, Invalid, SignedArtifact
from mtd.core.tax.request import Correction, FiscalKind, FiscalRequest, Reference
from mtd.runtime.app import App
from mtd.runtime.tax.keyring import Keyring
from mtd.store.engine.folio_blocks import Series
from mtd.store.engine.issuance import Issuance
from mtd.store.ids import derived, uuid7
from mtd.store.orders import kept
from mtd.store.orders.kept import SealedDocument
from mtd.store.sessions import Connection
from mtd.store.tax import direct, promises, tax_documents
from mtd.store.tax.direct import Exceeded

EFFECT = "request"
"""In place of a step: what took the folio."""
TRIES_MAX = 12
TRY_S = 0.5
"""Between asking workers for folios that they do not use, and looking whether they came."""

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
    made = issuer.practice.plan(request)
    if isinstance(made, Invalid):
        raise Refused(made.faults)
    name = key or hashlib.sha256(_ENCODER.encode(request)).hexdigest()
    instance = derived(request.occurred_at, tenant, "request", request.issuer, name)
    series = Series(
        tenant=tenant,
        issuer=issuer.tax_id,
        type_code=made.type_code,
        series=issuer.practice.series(made, ""),
    )
    for tried in range(TRIES_MAX):
        try:
            async with app.store.door(tenant) as connection:
                for one in await tax_documents.of_instances(connection, [(tenant, instance)]):
                    return Issued(one, again=True)
                await _whole(connection, tenant, request, made, issuer)
                taken = await _taken(app, connection, instance, issuer, series)
                if taken is not None:
                    document = await _written(
                        app, connection, instance, request, issuer, made, *taken
                    )
                    return Issued(document, again=False)
        except Exceeded as error:
            raise _refused(issuer.practice.total_field, str(error)) from error
        if tried + 1 < TRIES_MAX:
            await asyncio.sleep(TRY_S)
    raise _refused("number", f"no folio of type {series.named} is left (NO_FOLIO)")


async def _taken(
    app: App, connection: Connection, instance: str, issuer: NativeIssuer, series: Series
) -> tuple[DocumentKey, datetime] | None:
    """A number and the moment that the document bears: those of before a loss, or new ones."""
    now = app.clock.now()
    for one in await promises.of(connection, series.tenant, instance):
        if (one.issuer, one.type_code) == (series.issuer, series.type_code):
            had = msgspec.structs.replace(series, series=one.series)
            return _key(had, one.folio), one.issued_at
    day = now.astimezone(issuer.practice.zone).date()
    folio = await direct.take(connection, series, issuer.environment, day)
    if folio is None:
        return None
    if app.book is not None:
        await asyncio.to_thread(app.book.mark, series, folio)
    return _key(series, folio), now


def _key(series: Series, folio: int) -> DocumentKey:
    return DocumentKey(
        tenant=series.tenant,
        issuer=series.issuer,
        type_code=series.type_code,
        series=series.series,
        folio=folio,
    )


async def _written(
    app: App,
    connection: Connection,
    instance: str,
    request: FiscalRequest,
    issuer: NativeIssuer,
    made: FiscalPlan,
    key: DocumentKey,
    at: datetime,
) -> TaxDocument:
    now, tenant = app.clock.now(), key.tenant
    artifact = await _signed(app, connection, issuer, made, key, at)
    issuance = _issuance(request, issuer, made, key, artifact, at)
    await direct.write(connection, tenant, instance, issuance, now)
    key_id = uuid7(now, os.urandom(10))
    person = app.vault.blind(tenant, "person", _person(request, instance))
    wrapped = app.vault.new_key(tenant, key_id)
    await direct.keep_key(connection, tenant, person, key_id, wrapped)
    sealed = SealedDocument(
        tenant=tenant,
        order=instance,
        person=person,
        key_id=key_id,
        name=tax_documents.kept_name(key),
        media_type=artifact.media_type,
        hash=bytes.fromhex(artifact.sha256),
        ciphertext=app.vault.seal_document(tenant, instance, key_id, wrapped, artifact.content),
    )
    await kept.keep(connection, [sealed])
    found = await tax_documents.by_folio(connection, key)
    assert found is not None, "it was written in this transaction"
    return found


def _issuance(
    request: FiscalRequest,
    issuer: NativeIssuer,
    made: FiscalPlan,
    key: DocumentKey,
    artifact: SignedArtifact,
    at: datetime,
) -> Issuance:
    refers = next((one for one in request.references if one.correction), None)
    series, folio = _number(refers)
    takes = made.kind is FiscalKind.CREDIT_NOTE or _annuls(request)
    return Issuance(
        issuer=key.issuer,
        type_code=key.type_code,
        series=key.series,
        folio=key.folio,
        effect=EFFECT,
        provider=issuer.provider,
        is_sale=made.type_code in issuer.practice.sales,
        currency=made.currency.value,
        total=made.totals.total,
        issued_at=at,
        state=DocumentState.SIGNED,
        handed=True,
        hash=bytes.fromhex(artifact.sha256),
        refers_type=refers.type_code if refers else None,
        refers_series=series,
        refers_folio=folio,
        credit=made.totals.total if refers and takes else Decimal(0),
    )


def _annuls(request: FiscalRequest) -> bool:
    """Whether it is a debit note that annuls a credit note."""
    corrections = {one.correction for one in request.references}
    return request.kind is FiscalKind.DEBIT_NOTE and Correction.ANNULS in corrections


async def _whole(
    connection: Connection,
    tenant: int,
    request: FiscalRequest,
    made: FiscalPlan,
    issuer: NativeIssuer,
) -> None:
    """A note that annuls a credit note of ours is over all of one that counts. Raises Refused."""
    for one in request.references:
        series, folio = _number(one)
        if folio is None or not _annuls(request):
            continue
        key = DocumentKey(
            tenant=tenant, issuer=issuer.tax_id, type_code=one.type_code, series=series, folio=folio
        )
        known = await tax_documents.by_folio(connection, key)
        if known is not None and known.state not in STANDS:
            raise _refused("references", f"{key.number} is {known.state}, and cannot be annulled")
        if known is not None and known.total != made.totals.total:
            words = f"is {made.totals.total}, and {known.total} is to be annulled"
            raise _refused(issuer.practice.total_field, words)


def _number(refers: Reference | None) -> tuple[str, int | None]:
    """Series and folio of the document that a note corrects, as `DocumentKey.told` tells them."""
    series, _, folio = (refers.number if refers else "").rpartition("-")
    return (series, int(folio)) if folio.isdecimal() else ("", None)


async def _signed(
    app: App,
    connection: Connection,
    issuer: NativeIssuer,
    made: FiscalPlan,
    key: DocumentKey,
    at: datetime,
) -> SignedArtifact:
    keyring, practice = Keyring(connection, app.vault, app.clock.now), issuer.practice
    stamp = None
    if practice.stamp is not None:
        stamp = await keyring.stamp(key.tenant, practice, key.type_code, key.folio)
        if isinstance(stamp, NoneLeft):
            raise _refused("number", stamp.message)
    signing = await keyring.signer(key.tenant, practice)
    if isinstance(signing, BadCertificate):
        raise _refused("Signature", f"the certificate {signing.reason}")
    number = FiscalNumber(practice.authority, key.series, key.folio)
    artifact = practice.build(made, number, stamp, signing, at)
    if isinstance(artifact, Invalid):
        raise Refused(artifact.faults)
    return artifact


def _person(request: FiscalRequest, instance: str) -> str:
    """Who the document is about; of nobody in particular, the document itself."""
    buyer = request.buyer
    return (buyer.tax_id if buyer else "") or request.mail or instance


def _refused(field: str, message: str) -> Refused:
    return Refused((FiscalFault(field, message),))
