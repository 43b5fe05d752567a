"""Peru's practice: CPE of the SUNAT, numbered by the issuer's own series."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from mtd.core.tax.certificate import Signing
from mtd.core.tax.countries.pe.answers import blames_content
from mtd.core.tax.countries.pe.building import AUTHORITY, NUMBER_MAX, build
from mtd.core.tax.countries.pe.catalogues import CREDIT_NOTE, INVOICE, RECEIPT
from mtd.core.tax.countries.pe.identity import identity
from mtd.core.tax.countries.pe.issuer import Issuer, Series
from mtd.core.tax.countries.pe.planning import TYPES, ZONE, plan, series_of
from mtd.core.tax.countries.pe.profile import PERU
from mtd.core.tax.countries.pe.rendering import letter, page, printed, ticket
from mtd.core.tax.countries.pe.signer import Signer, signer
from mtd.core.tax.issuing import FiscalNumber, FiscalPlan, Invalid, SignedArtifact
from mtd.core.tax.markup import Unreadable
from mtd.core.tax.practice import Format, Practice, Stamp
from mtd.core.tax.request import Buyer, FiscalKind, FiscalRequest
from mtd.core.tax.vouchers import VoucherPolicy, coverage


def practice(issuer: Issuer, branches: Mapping[str, Series]) -> Practice:
    """The practice of a Peruvian taxpayer; `branches` are those with series of their own."""

    def series(made: FiscalPlan, branch: str) -> str:
        own = branches.get(branch)
        return series_of(made, issuer if own is None else replace(issuer, series=own))

    return Practice(
        country=PERU.country,
        authority=AUTHORITY,
        tax_id=issuer.ruc,
        party=Buyer(tax_id=issuer.ruc, name=issuer.name, place=issuer.place),
        zone=ZONE,
        types={kind: (code,) for kind, code in TYPES.items()},
        batch_max=1,
        buyer_field="AccountingCustomerParty",
        total_field="LegalMonetaryTotal/PayableAmount",
        localised=localised,
        plan=lambda request: plan(request, issuer),
        series=series,
        series_fault=series_fault,
        own_series=tuple(dict.fromkeys(_named(issuer.series, *branches.values()))),
        number_max=NUMBER_MAX,
        coverage=partial(coverage, VoucherPolicy.RECEIPT_ALWAYS),
        build=_built,
        signer=signer,
        stamp=None,
        enveloped=_alone,
        exchanged=None,
        blames_content=blames_content,
        drawn=_drawn,
    )


def localised(request: FiscalRequest) -> FiscalRequest:
    """An order's request as Peru asks for it.

    A receipt, and a note on one, names whoever gave a document that Peru knows, else nobody in
    particular; an invoice is made out to somebody.
    """
    buyer = request.buyer
    if buyer is None or request.kind is FiscalKind.INVOICE:
        return request
    corrects = {one.type_code for one in request.references if one.correction is not None}
    if INVOICE in corrects:
        return request
    return request if not isinstance(identity(buyer), str) else replace(request, buyer=None)


def series_fault(type_code: str, series: str) -> str | None:
    """Why a series is none of this type of document; None when it may be (rule 1001)."""
    first = {INVOICE: "F", RECEIPT: "B", CREDIT_NOTE: "FB"}.get(type_code)
    if first is None:
        return f"type {type_code} is not issued in Peru"
    fits = len(series) == 4 and series.isascii() and series.isalnum() and series.isupper()
    if not fits or series[0] not in first:
        return f"the series {series!r} is not {' or '.join(first)} and three letters or figures"
    return None


def _named(*several: Series) -> Iterator[tuple[str, str]]:
    for one in several:
        yield INVOICE, one.invoice
        yield RECEIPT, one.receipt
        yield CREDIT_NOTE, one.invoice_credit
        yield CREDIT_NOTE, one.receipt_credit


def _built(
    made: FiscalPlan, number: FiscalNumber, _stamp: Stamp | None, signing: Signing, at: datetime
) -> SignedArtifact | Invalid:
    assert isinstance(signing, Signer), "signer opened it"
    return build(made, number, signing, at)


def _alone(documents: Sequence[bytes], _signing: Signing, _at: datetime) -> bytes:
    """One document is one sending (`sendBill`): its zip is made as it goes."""
    (document,) = documents
    return document


def _drawn(content: bytes, form: Format) -> bytes | Unreadable:
    if form is Format.XML:
        return content
    document = printed(content)
    if isinstance(document, Unreadable):
        return document
    match form:
        case Format.LETTER:
            return letter(document)
        case Format.TICKET:
            return ticket(document)
        case Format.HTML:
            return page(document).encode()
