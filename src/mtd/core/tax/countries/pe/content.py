"""The UBL 2.1 document from the request: header, parties, totals and lines, in order.

Order and names are those of OASIS UBL 2.1 as the SUNAT's guides for invoice, receipt and credit
note use it (Guía de elaboración de documentos XML, UBL 2.1, R.S. 097-2012 Anexo 9 and changes).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from mtd.core.tax.countries.pe.amounts import Sums
from mtd.core.tax.countries.pe.catalogues import (
    AMOUNT_IN_WORDS,
    CREDIT_NOTE,
    GUIDES,
    INTERNAL_SALE,
    INVOICE,
    NOTE_REASONS,
    RUC,
)
from mtd.core.tax.countries.pe.draft import Draft
from mtd.core.tax.countries.pe.identity import ANONYMOUS, ANONYMOUS_NAME, Identity, identity
from mtd.core.tax.countries.pe.issuer import Issuer
from mtd.core.tax.countries.pe.lines import line_part, scheme_part
from mtd.core.tax.countries.pe.parts import clean, group, leaf, money, optional
from mtd.core.tax.countries.pe.words import amount_in_words
from mtd.core.tax.issuing import Part
from mtd.core.tax.request import Buyer, FiscalRequest, Payment

SIGNATURE_ID = "signature"
"""The Id that the document's `cac:Signature` points to."""


def content(draft: Draft, sums: Sums) -> tuple[Part, ...]:
    """All parts after the signature's place, without the number."""
    request = draft.request
    note = draft.type_code == CREDIT_NOTE
    return tuple(
        part
        for part in (
            leaf("UBLVersionID", "2.1"),
            leaf("CustomizationID", "2.0"),
            leaf("IssueDate", draft.at.date().isoformat()),
            leaf("IssueTime", draft.at.strftime("%H:%M:%S")),
            None if note else leaf("InvoiceTypeCode", draft.type_code, listID=INTERNAL_SALE),
            leaf(
                "Note",
                amount_in_words(sums.total, request.currency),
                languageLocaleID=AMOUNT_IN_WORDS,
            ),
            leaf("DocumentCurrencyCode", request.currency.value),
            *(_corrected(request) if note else _guides(request)),
            _signature(draft.issuer),
            _supplier(draft),
            _customer(draft, request.buyer),
            *(_payment_terms(draft, sums.total) if draft.type_code == INVOICE else ()),
            _tax_total(sums, draft),
            _monetary_total(sums, draft),
            *(line_part(draft, number, line) for number, line in enumerate(sums.lines, start=1)),
        )
        if part is not None
    )


def credit_of(payments: tuple[Payment, ...], day: date) -> list[Payment]:
    """What is paid after the day of issue, in the order of its days."""
    later = [each for each in payments if each.due_on is not None and each.due_on > day]
    return sorted(later, key=lambda each: each.due_on or day)


def _corrected(request: FiscalRequest) -> Iterator[Part]:
    for given in request.references:
        number = leaf("ID", given.number)
        if given.correction is not None:
            yield group(
                "DiscrepancyResponse",
                leaf("ReferenceID", given.number),
                leaf("ResponseCode", NOTE_REASONS[given.correction]),
                leaf("Description", clean(given.reason)),
            )
            kind = leaf("DocumentTypeCode", given.type_code)
            yield group("BillingReference", group("InvoiceDocumentReference", number, kind))
    yield from _guides(request)


def _guides(request: FiscalRequest) -> Iterator[Part]:
    for given in request.references:
        if given.type_code in GUIDES:
            kind = leaf("DocumentTypeCode", given.type_code)
            yield group("DespatchDocumentReference", leaf("ID", given.number), kind)


def _signature(issuer: Issuer) -> Part:
    return group(
        "Signature",
        leaf("ID", issuer.ruc),
        group(
            "SignatoryParty",
            group("PartyIdentification", leaf("ID", issuer.ruc)),
            group("PartyName", leaf("Name", clean(issuer.name))),
        ),
        group(
            "DigitalSignatureAttachment",
            group("ExternalReference", leaf("URI", f"#{SIGNATURE_ID}")),
        ),
    )


def _supplier(draft: Draft) -> Part:
    issuer = draft.issuer
    trade_name = clean(issuer.trade_name)
    contact = (
        optional("Telephone", clean(issuer.telephone)),
        optional("ElectronicMail", clean(issuer.email)),
    )
    return group(
        "AccountingSupplierParty",
        group(
            "Party",
            _identification(Identity(RUC, issuer.ruc)),
            group("PartyName", leaf("Name", trade_name)) if trade_name else None,
            group(
                "PartyLegalEntity",
                draft.text("RegistrationName", issuer.name),
                group(
                    "RegistrationAddress",
                    leaf("ID", issuer.ubigeo),
                    leaf("AddressTypeCode", issuer.establishment),
                    draft.text("CityName", issuer.place.city, length=30),
                    draft.text("CountrySubentity", issuer.department, length=30),
                    draft.text("District", issuer.place.district, length=30),
                    _address_line(draft, issuer.place.street),
                    group("Country", leaf("IdentificationCode", "PE")),
                ),
            ),
            group("Contact", *contact) if any(contact) else None,
        ),
    )


def _customer(draft: Draft, buyer: Buyer | None) -> Part:
    known = ANONYMOUS if buyer is None else identity(buyer)
    name = ANONYMOUS_NAME if buyer is None else buyer.name
    place = "" if buyer is None else _place(buyer)
    return group(
        "AccountingCustomerParty",
        group(
            "Party",
            _identification(known) if isinstance(known, Identity) else None,
            group(
                "PartyLegalEntity",
                draft.text("RegistrationName", name),
                group("RegistrationAddress", _address_line(draft, place)) if place else None,
            ),
        ),
    )


def _identification(known: Identity) -> Part:
    return group("PartyIdentification", leaf("ID", known.number, schemeID=known.kind))


def _place(buyer: Buyer) -> str:
    place = buyer.place
    return clean(" - ".join(filter(None, (place.street, place.district, place.city))))


def _address_line(draft: Draft, street: str) -> Part | None:
    line = draft.text("Line", street)
    return group("AddressLine", line) if line else None


def _payment_terms(draft: Draft, total: Decimal) -> Iterator[Part]:
    """Cash, or credit with its instalments: an invoice owes it (R.S. 193-2020; rule 3244)."""
    currency = draft.request.currency
    credit = credit_of(draft.request.payments, draft.at.date()) if total else []
    if not credit:
        yield _terms(leaf("PaymentMeansID", "Contado"))
        return
    owed = money("Amount", sum((each.amount for each in credit), Decimal(0)), currency)
    yield _terms(leaf("PaymentMeansID", "Credito"), owed)
    for number, each in enumerate(credit, start=1):
        yield _terms(
            leaf("PaymentMeansID", f"Cuota{number:03}"),
            money("Amount", each.amount, currency),
            leaf("PaymentDueDate", str(each.due_on)),
        )


def _terms(*parts: Part) -> Part:
    return group("PaymentTerms", leaf("ID", "FormaPago"), *parts)


def _tax_total(sums: Sums, draft: Draft) -> Part:
    currency = draft.request.currency
    return group(
        "TaxTotal",
        money("TaxAmount", sums.tax, currency),
        *(
            group(
                "TaxSubtotal",
                money("TaxableAmount", each.base, currency),
                money("TaxAmount", each.tax, currency),
                group("TaxCategory", scheme_part(each.scheme)),
            )
            for each in sums.schemes
        ),
    )


def _monetary_total(sums: Sums, draft: Draft) -> Part:
    currency = draft.request.currency
    return group(
        "LegalMonetaryTotal",
        money("LineExtensionAmount", sums.value, currency),
        money("TaxInclusiveAmount", sums.total, currency),
        money("PayableAmount", sums.total, currency),
    )
