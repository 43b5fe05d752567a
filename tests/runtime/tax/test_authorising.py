"""Authorising: only what is truly the authority's, and ours, and new is taken in, and sealed."""

from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mtd.connectors.tax.issuers import native_issuers
from mtd.connectors.tax.settings import IssuerSettings
from mtd.core.tax.countries.cl.caf import stamp_key
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.runtime.app import App
from mtd.runtime.rehearsal.forging import (
    authority,
    caf_file,
    certificate,
    new_key,
    pkcs12_file,
)
from mtd.runtime.tax.authorising import (
    FOLIO_KEY,
    SIGNING_KEY,
    Certified,
    NotTaken,
    Taken,
    certify,
    signer_of,
    standings,
    take_in,
)
from mtd.store.sessions import Session
from mtd.store.tax import folios
from tests.conftest import Server
from tests.runtime.tax.issuers import BY, RUT, TODAY, issuers, issuing_app, options
from tests.store.making import new_id

ISSUERS = {**issuers(["paris"]), "real": IssuerSettings(options=options("76222222-1"))}
"""One that issues in the authority's simulated environment, and one in the SII's."""


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncGenerator[App]:
    async with issuing_app(database, tmp_path, ISSUERS) as opened:
        yield opened


async def test_a_range_is_taken_in_and_its_key_sealed(
    app: App, server: Server, database: str
) -> None:
    file = caf_file(BY, RUT, "39", (1, 100), TODAY)
    taken = await take_in(app, 1, file, "me")
    assert isinstance(taken, Taken)
    assert (taken.issuer, taken.type_code, taken.first, taken.last) == (RUT, "39", 1, 100)
    admin = Session(server.admin(database), {})
    (row,) = await admin.fetch("SELECT id::text, authorisation, sealed_key FROM folio_range")
    await admin.close()
    assert b"PRIVATE" not in row["sealed_key"]
    assert "PRIVATE" not in row["authorisation"]
    pem = app.vault.open_secret(1, FOLIO_KEY, row["id"], row["sealed_key"])
    assert pem in file
    assert isinstance(stamp_key(pem), RSAPrivateKey)
    assert "PRIVATE" not in repr(await standings(app, 1))


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"<x/>", "is a x, not an AUTORIZACION"),
        (caf_file(authority(), RUT, "39", (1, 9), TODAY), "is not the signature of the authority"),
        (caf_file(BY, "76333333-7", "39", (1, 9), TODAY), "no native issuer in the settings"),
        (caf_file(BY, "76222222-1", "39", (1, 9), TODAY), "whose folios real does not use"),
        (caf_file(BY, RUT, "46", (1, 9), TODAY), "type 46, which MTD does not issue"),
        (caf_file(BY, RUT, "39", (1, 9), date(2025, 1, 1)), "expired on 2025-07-01"),
        (caf_file(BY, RUT, "39", (1, 9), date(2049, 1, 1)), "is still to come"),
    ],
)
async def test_what_is_not_ours_to_use_is_refused_with_its_reason(
    app: App, file: bytes, told: str
) -> None:
    refused = await take_in(app, 1, file, "me")
    assert isinstance(refused, NotTaken)
    assert told in refused.reason
    assert await standings(app, 1) == []


async def test_a_range_is_taken_in_once_and_overlaps_with_none(app: App) -> None:
    assert isinstance(await take_in(app, 1, caf_file(BY, RUT, "39", (1, 9), TODAY), "me"), Taken)
    again = await take_in(app, 1, caf_file(BY, RUT, "39", (1, 9), TODAY), "me")
    assert isinstance(again, NotTaken)
    assert "is known already" in again.reason
    over = await take_in(app, 1, caf_file(BY, RUT, "39", (9, 20), TODAY), "me")
    assert isinstance(over, NotTaken)
    assert "its folios 9 to 20 overlap with 1 to 9 of type 39" in over.reason
    other = await take_in(app, 1, caf_file(BY, RUT, "33", (1, 9), TODAY), "me")
    assert isinstance(other, Taken)


async def test_standings_warn_before_folios_run_out(app: App) -> None:
    await take_in(app, 1, caf_file(BY, RUT, "39", (1, 100), TODAY), "me")
    (fresh,) = await standings(app, 1)
    assert (fresh.left_of_series, fresh.days_left, fresh.warnings) == (100, None, ())
    await _use(app, 81)
    (low,) = await standings(app, 1)
    assert low.left_of_series == 19
    assert low.days_left == pytest.approx(19 / (81 / 7))  # pyright: ignore[reportUnknownMemberType]
    assert low.warnings == ("19 of 100 folios are left, less than 20%",)
    await take_in(app, 1, caf_file(BY, RUT, "39", (101, 200), TODAY), "me")
    assert [one.warnings for one in await standings(app, 1)] == [(), ()]
    await _use(app, 100, first=82)
    await _use(app, 19, first=182)
    assert (await standings(app, 1))[0].warnings == ("no folio is left",)


async def test_standings_tell_what_expires_unused(app: App) -> None:
    soon = date(TODAY.year, TODAY.month, 1)
    months = (soon.year * 12 + soon.month - 1) - 5
    day = date(months // 12, months % 12 + 1, 1)
    await take_in(app, 1, caf_file(BY, RUT, "39", (1, 100), day), "me")
    (found,) = await standings(app, 1)
    assert found.range.expires_on is not None
    expected = (found.range.expires_on - TODAY).days <= 7
    assert any("expires on" in warning for warning in found.warnings) is expected


async def test_a_certificate_is_taken_in_and_sealed(app: App) -> None:
    key = new_key(2048)
    file = pkcs12_file(key, certificate(key, "12345678-5", datetime.now(UTC)), b"secret")
    wrong = await certify(app, 1, "paris", file, b"wrong", "me")
    assert wrong == NotTaken("is no PKCS#12 file, or the password is wrong")
    assert await certify(app, 1, "nobody", file, b"secret", "me") == NotTaken(
        "there is no native issuer 'nobody' in the settings"
    )
    done = await certify(app, 1, "paris", file, b"secret", "me")
    assert isinstance(done, Certified)
    assert done.holder == "12345678-5"
    assert await certify(app, 1, "paris", file, b"secret", "me") == NotTaken("is known already")
    async with app.store.door(1) as connection:
        (kept,) = await folios.certificates(connection, 1)
    assert b"PRIVATE" not in kept.sealed
    pem = app.vault.open_secret(1, SIGNING_KEY, kept.id, kept.sealed)
    signing = signer_of(native_issuers(ISSUERS)["paris"].practice, pem)
    assert isinstance(signing, Signer)
    assert signing.rut == "12345678-5"


async def test_an_expired_certificate_is_refused(app: App) -> None:
    key = new_key(2048)
    old = certificate(key, "12345678-5", datetime(2020, 1, 1, tzinfo=UTC))
    refused = await certify(app, 1, "paris", pkcs12_file(key, old, b"x"), b"x", "me")
    assert isinstance(refused, NotTaken)
    assert "expired at" in refused.reason


async def _use(app: App, count: int, first: int = 1) -> None:
    """So many folios become a document's."""
    async with app.store.door(1) as connection:
        await connection.execute("SET LOCAL ROLE mtd_engine")
        await connection.execute(
            "INSERT INTO tax_document (tenant_id, folio, issued_at, changed_at, instance_id, total,"
            " issuer, type_code, series, effect, provider, currency, state)"
            " SELECT 1, n, now(), now(), $3, 1, $4, '39', '', n::text, 'cl.native', 'CLP', 'SIGNED'"
            " FROM generate_series($1::bigint, $2::bigint) AS n",
            *(first, first + count - 1, new_id(), RUT),
        )
        await connection.execute(
            "UPDATE folio_range SET next = least(last, $1) + 1 WHERE first <= $1 AND next <= $1",
            first + count - 1,
        )
