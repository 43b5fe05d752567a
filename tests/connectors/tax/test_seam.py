"""One seam for every issuer: the customer's file says by whom, and no drawing does."""

from typing import Any

import msgspec
import pytest

from mtd.connectors import connectors
from mtd.connectors.contract import Attempt, Connector
from mtd.connectors.tax import NAMES
from mtd.connectors.tax.issuers import issuers_of
from mtd.connectors.tax.settings import GENERIC, NATIVE, PAPERLESS, IssuerSettings
from mtd.core.money import Currency
from mtd.core.process.outcome import Done, Failed
from tests.connectors.generic.talking import talking
from tests.core.orders.examples import plain_order

PROVIDERS = {"santiago": PAPERLESS, "bogota": GENERIC}
ISSUERS = issuers_of(
    {name: IssuerSettings(provider=provider) for name, provider in PROVIDERS.items()},
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


def test_a_store_without_an_issuer_says_so() -> None:
    found = chosen("tax.issue", "lima")
    assert isinstance(found, Failed)
    assert "'lima'" in found.message


@pytest.mark.parametrize("name", NAMES)
def test_a_json_provider_does_every_step(name: str) -> None:
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
    assert IssuerSettings().provider == NATIVE
