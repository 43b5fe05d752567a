"""One seam for every issuer: the customer's file says by whom, and no drawing does."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mtd.connectors import connectors
from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.tax import NAMES
from mtd.connectors.tax.issuers import issuers_of
from mtd.connectors.tax.settings import (
    CHILE,
    GENERIC,
    PAPERLESS,
    PERU,
    IssuerSettings,
    PeruvianOptions,
)
from mtd.core.money import Currency
from mtd.core.orders.purchase_order import Payment, PaymentMethod
from mtd.core.process.outcome import Done, Failed
from tests.connectors.generic.talking import talking
from tests.core.orders.examples import plain_order
from tests.runtime.tax.issuers import options
from tests.runtime.tax.peru import OPTIONS

PROVIDERS = {"santiago": PAPERLESS, "bogota": GENERIC}
NATIVE = {
    "vina": IssuerSettings(provider=CHILE, options=options("76111111-6")),
    "cusco": IssuerSettings(provider=PERU, options=OPTIONS),
}
ISSUERS = issuers_of(
    {**{name: IssuerSettings(provider=one) for name, one in PROVIDERS.items()}, **NATIVE},
    {"medellin": "bogota"},
)
ORDER = plain_order(country="CO", currency=Currency.COP)


def attempt(store: str, **inputs: Any) -> Attempt:
    order = msgspec.structs.replace(ORDER, store=store)
    return Attempt(key="i:e:1", order=order, inputs=inputs, number=1, sent_before=False)


def chosen(name: str, store: str) -> Connector | Failed:
    connector = connectors(ISSUERS)[name]
    assert connector.choose is not None
    return connector.choose(attempt(store))


@pytest.mark.parametrize(
    ("store", "legacy"),
    [("santiago", "paperless"), ("bogota", "generic"), ("medellin", "generic")],
)
def test_a_step_is_done_by_the_provider_of_the_store_s_issuer(store: str, legacy: str) -> None:
    found = chosen("tax.issue", store)
    assert isinstance(found, Connector)
    assert (found.name, found.legacy) == ("tax.issue", legacy), "metered by the drawing's name"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("store", NATIVE)
def test_the_countries_that_mtd_issues_for_are_served_by_one_connector(
    name: str, store: str
) -> None:
    found = chosen(name, store)
    assert isinstance(found, Connector)
    assert (found.name, found.system, found.repeat) == (name, "", Repeat.TRANSACTIONAL)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ruc": "20100070971"}, "is not a RUC"),
        ({"ubigeo": "15"}, "RegistrationAddress/ID"),
        ({"series": {"receipt": "F001"}}, "series receipt"),
        ({"branches": {"sur": {"invoice": "B009"}}}, "series invoice"),
        ({"serie": {}}, "serie"),
    ],
)
def test_a_peruvian_issuer_is_checked_when_its_settings_are_read(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert({**OPTIONS, **change}, PeruvianOptions, strict=False)


def test_a_store_without_an_issuer_says_so() -> None:
    found = chosen("tax.issue", "lima")
    assert isinstance(found, Failed)
    assert "'lima'" in found.message


@pytest.mark.parametrize("name", sorted({*NAMES} - {"tax.debit_note"}))
def test_a_json_provider_does_every_step(name: str) -> None:
    """But the debit note, which only we write."""
    found = chosen(name, "bogota")
    assert isinstance(found, Connector)
    assert (found.name, found.legacy) == (name, "generic")


async def test_a_sale_abroad_is_issued_through_the_seam() -> None:
    async with talking() as talk:
        found = chosen("tax.issue", "bogota")
        assert isinstance(found, Connector)
        got = await found.run(attempt("bogota"), talk.wire)
        assert isinstance(got, Done), got
        assert (got.outputs["folio"], got.outputs["document_type"]) == (1, 20)
        assert talk.issued() == 1


def test_natively_is_the_default() -> None:
    assert IssuerSettings().provider == CHILE


CARD = Payment(method=PaymentMethod.CARD, amount=Decimal(7_900))
GIFT = Payment(method=PaymentMethod.GIFT_CARD, amount=Decimal(4_000), instrument="GC-1")


def declaring(*paid: Payment, **inputs: Any) -> tuple[Callable[[str], Connector], Attempt]:
    """The seam's operations where a card's voucher is the receipt, and an attempt of a sale."""
    said = {"voucher_policy": "voucher_is_receipt"}
    issuers = issuers_of({"bogota": IssuerSettings(provider=GENERIC, options=said)}, {})
    made = attempt("bogota", **inputs)
    assert made.order is not None
    order = msgspec.structs.replace(made.order, payments=paid)
    made = msgspec.structs.replace(made, order=order)

    def of(name: str) -> Connector:
        choose = connectors(issuers)[name].choose
        assert choose is not None
        found = choose(made)
        assert isinstance(found, Connector)
        return found

    return of, made


async def test_what_was_paid_by_card_has_its_receipt_with_any_provider() -> None:
    whole = msgspec.structs.replace(CARD, amount=Decimal(11_900))
    of, made = declaring(whole)
    async with talking() as talk:
        got = await of("tax.issue").run(made, talk.wire)
        assert isinstance(got, Done)
        assert (got.outputs["document_state"], got.outputs["folio"]) == ("ACCEPTED", None)
        asked = msgspec.structs.replace(made, inputs={"track_id": got.outputs["track_id"]})
        for operation in ("tax.status", "tax.fetch"):
            assert isinstance(await of(operation).run(asked, talk.wire), Done)
        assert talk.issued() == 0


async def test_the_rest_of_a_mixed_payment_is_documented_and_noted() -> None:
    of, made = declaring(CARD, GIFT)
    async with talking() as talk:
        got = await of("tax.issue").run(made, talk.wire)
        assert isinstance(got, Done), got
        status = await of("tax.status").run(made, talk.wire)
        assert isinstance(status, Done)
        assert status.outputs["sii_code"] is None, "it comes to what was asked for"
        noted = msgspec.structs.replace(
            made, key="i:n:1", inputs={"folio": got.outputs["folio"], "reason": "1"}
        )
        note = await of("tax.credit_note").run(noted, talk.wire)
        assert isinstance(note, Done)
        assert note.outputs["document_state"] == "SENT"
        sent = msgspec.json.encode([one.request for one in talk.wire.exchanges]).decode()
        assert '\\"rebate\\":8000' in sent and '\\"price\\":4000' in sent


async def test_an_invoice_is_issued_whatever_was_paid_with() -> None:
    of, made = declaring(CARD, GIFT, document_kind="INVOICE")
    async with talking() as talk:
        assert isinstance(await of("tax.issue").run(made, talk.wire), Done)
        sent = msgspec.json.encode([one.request for one in talk.wire.exchanges]).decode()
        assert '\\"rebate\\":100,' in sent or '\\"rebate\\":100}' in sent
