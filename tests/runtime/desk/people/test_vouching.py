"""The way in by a provider: what it says is held to every rule, and becomes a fitting account."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mtd.runtime.app import TENANT, App
from mtd.runtime.desk.people.accounts import Accounts, By
from mtd.runtime.desk.people.people import People
from mtd.runtime.desk.people.provider import SKEW_S, NotVouched, Provider
from mtd.runtime.desk.people.vouching import Vouching
from mtd.runtime.settings.portal import OidcSettings
from mtd.store.people import audit, people
from tests.runtime.desk.liar import CLIENT, CODE, SHARED, Liar, key, lying

ORIGIN, AGENT = "127.0.0.1", "a browser"
ROLES = {"agents": "agent", "chiefs": "supervisor", "ghosts": "ghost"}


@pytest.fixture
async def liar() -> AsyncGenerator[Liar]:
    async with lying() as one:
        yield one


def _way(app: App, liar: Liar, **more: Any) -> Vouching:
    settings = OidcSettings(
        issuer=liar.url, client_id=CLIENT, portal="http://127.0.0.1:1", roles=ROLES, **more
    )
    return Vouching(Provider(settings, "s/e:c r+t", app.clock), Accounts(app))


async def _entered(way: Vouching, liar: Liar, **answer: str) -> str:
    """The token of a new session, by a provider that answers so."""
    place, name = await way.send("/orders")
    query = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
    liar.nonce = query["nonce"]
    answered = {"code": CODE, "state": query["state"], **answer}
    token, back = await way.enter(name, answered, ORIGIN, AGENT)
    assert back == "/orders"
    return token


async def test_who_is_vouched_for_has_an_account_of_the_claims(app: App, liar: Liar) -> None:
    way = _way(app, liar)
    token = await _entered(way, liar)
    seated = await Accounts(app).seated(token)
    assert seated is not None
    assert (seated.login, seated.name, seated.roles, seated.stores) == ("ana", "Ana", "agent", None)
    assert await Accounts(app).sign_in("ana", "", ORIGIN, AGENT) is None, "no password opens it"
    async with app.store.door(TENANT) as connection:
        done = [one.action for one in await audit.page(connection, TENANT)]
    assert done == ["session.refused", "session.begin", "people.add"]


async def test_what_is_sent_proves_possession_and_is_used_once(app: App, liar: Liar) -> None:
    way = _way(app, liar)
    place, name = await way.send("/")
    query = {one: values[0] for one, values in parse_qs(urlsplit(place).query).items()}
    assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
    liar.nonce = query["nonce"]
    answer = {"code": CODE, "state": query["state"]}
    await way.enter(name, answer, ORIGIN, AGENT)
    (asked,) = liar.asked
    digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == query["code_challenge"]
    word = base64.b64decode(asked["by"].removeprefix("Basic ")).decode()
    assert word == "mtd:s%2Fe%3Ac%20r%2Bt", "RFC 6749 §2.3.1"
    assert asked["redirect_uri"] == query["redirect_uri"] == "http://127.0.0.1:1/sign-in/oidc/back"
    with pytest.raises(NotVouched) as refused:
        await way.enter(name, answer, ORIGIN, AGENT)
    assert refused.value.key == "expired" and len(liar.asked) == 1, "once"


async def test_another_s_answer_opens_nothing(app: App, liar: Liar) -> None:
    way = _way(app, liar)
    for answer, key_ in (
        ({"state": "x"}, "expired"), ({"error": "access_denied", "code": ""}, "denied"),
        ({"code": ""}, "denied"), ({"iss": "https://evil.example"}, "invalid"),
    ):  # fmt: skip
        with pytest.raises(NotVouched) as refused:
            await _entered(way, liar, **answer)
        assert refused.value.key == key_, answer
    with pytest.raises(NotVouched):
        await way.enter("unknown", {"code": CODE, "state": "x"}, ORIGIN, AGENT)
    assert not liar.asked


def _in(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "other"},
    "several audiences and no word for whom": {"aud": [CLIENT, "other"]},
    "for another": {"aud": [CLIENT, "other"], "azp": "other"},
    "no audience": {"aud": None},
    "over": {"exp": _in(-SKEW_S - 5)},
    "no end": {"exp": None},
    "an end that is no time": {"exp": "tomorrow"},
    "issued long ago": {"iat": _in(-4_000)},
    "issued in the future": {"iat": _in(SKEW_S + 120)},
    "not yet": {"nbf": _in(SKEW_S + 120)},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
}
"""What a claim says instead; of times, how long from now."""


@pytest.mark.parametrize("how", WRONG)
async def test_an_id_token_that_is_not_right_opens_nothing(app: App, liar: Liar, how: str) -> None:
    liar.claims = _now(WRONG[how])
    with pytest.raises(NotVouched) as refused:
        await _entered(_way(app, liar), liar)
    assert refused.value.key == "invalid"
    async with app.store.door(TENANT) as connection:
        (entry,) = await audit.page(connection, TENANT)
    assert entry.action == "session.refused" and entry.reason.startswith("invalid: ")


@pytest.mark.parametrize("claims", [{"exp": _in(-SKEW_S + 40)}, {"aud": [CLIENT]}])
async def test_a_clock_may_be_a_little_off(app: App, liar: Liar, claims: dict[str, Any]) -> None:
    liar.claims = _now(claims)
    assert await _entered(_way(app, liar), liar)


@pytest.mark.parametrize("how", ["none", "shared", "confused", "stranger", "broken", "altered"])
async def test_a_signature_that_is_not_the_provider_s_opens_nothing(
    app: App, liar: Liar, how: str
) -> None:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    match how:
        case "none":
            now = time.time()
            claims = {"iss": liar.url, "aud": CLIENT, "sub": "x", "exp": now + 99, "iat": now}
            liar.token = f"{part({'alg': 'none'})}.{part(claims)}."
        case "shared":
            liar.signs, liar.header = SHARED, {"alg": "HS256"}
        case "confused":
            # The public key as a shared secret (RFC 8725 §2.1).
            now = time.time()
            claims = {"iss": liar.url, "aud": CLIENT, "sub": "x", "exp": now + 99, "iat": now}
            signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
            public = liar.keys[0].as_pem(private=False)
            seal = hmac.digest(public, signed.encode(), "sha256")
            liar.token = f"{signed}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"
        case "stranger":
            liar.signs = key("one")
        case "altered":
            good = liar._id_token()  # pyright: ignore[reportPrivateUsage]
            head, _, tail = good.split(".")
            liar.token = f"{head}.{part({'iss': liar.url, 'aud': CLIENT, 'sub': 'root'})}.{tail}"
        case _:
            liar.token = "no token"
    with pytest.raises(NotVouched) as refused:
        await _entered(_way(app, liar), liar)
    assert refused.value.key == "invalid"


async def test_new_keys_are_fetched_when_one_is_unknown_and_not_too_often(
    app: App, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = _way(app, liar)
    monkeypatch.setattr("mtd.runtime.desk.people.provider.AGAIN_S", 3_600.0)
    assert await _entered(way, liar) and liar.keys_asked == 1
    liar.keys = [key("two")]
    liar.signs = liar.keys[0]
    with pytest.raises(NotVouched):
        await _entered(way, liar)
    assert liar.keys_asked == 1, "a stranger's tokens do not make us ask and ask"
    monkeypatch.setattr("mtd.runtime.desk.people.provider.AGAIN_S", 0.0)
    assert await _entered(way, liar) and liar.keys_asked == 2


async def test_what_it_takes_away_is_gone_at_the_next_sign_in(app: App, liar: Liar) -> None:
    liar.told = {"groups": ["chiefs", "agents", "nobody"], "shops": "PAR"}
    way = _way(app, liar, stores_claim="shops", stores={"PAR": "paris", "ALL": "*"})
    seated = await Accounts(app).seated(await _entered(way, liar))
    assert seated is not None and (seated.roles, seated.stores) == ("supervisor agent", "paris")
    liar.told = {"groups": "agents", "shops": ["ALL"]}
    seated = await Accounts(app).seated(await _entered(way, liar))
    assert seated is not None and (seated.roles, seated.stores) == ("agent", None)
    for told, why in (
        ({"groups": ["nobody"]}, "no_role"), ({"groups": ["ghosts"]}, "no_role"),
        ({"shops": ["X"]}, "no_store"), ({"preferred_username": ""}, "no_login"),
        ({"sub": "another"}, "invalid"),
    ):  # fmt: skip
        liar.told = {"shops": ["ALL"], **told}
        with pytest.raises(NotVouched) as refused:
            await _entered(way, liar)
        assert refused.value.key == why, told


async def test_a_local_account_is_not_taken_over_and_a_locked_one_stays_out(
    app: App, liar: Liar
) -> None:
    accounts, by = Accounts(app), By(actor="test", reason="x")
    await accounts.add("eva", "Eva", "una clave bien larga", ("administrator",), None, by)
    way = _way(app, liar)
    liar.told = {"preferred_username": "EVA"}
    with pytest.raises(NotVouched) as refused:
        await _entered(way, liar)
    assert refused.value.key == "taken"
    liar.told = {}
    token = await _entered(way, liar)
    await People(accounts).lock("ana", by)
    assert await accounts.seated(token) is None
    with pytest.raises(NotVouched) as refused:
        await _entered(way, liar)
    assert refused.value.key == "locked"
    async with app.store.door(TENANT) as connection:
        assert len(await people.listing(connection, TENANT)) == 2


async def test_a_provider_that_is_not_well_is_said_so(app: App, liar: Liar) -> None:
    for status, why in ((400, "denied"), (500, "unanswered")):
        liar.status = status
        with pytest.raises(NotVouched) as refused:
            await _entered(_way(app, liar), liar)
        assert refused.value.key == why
    liar.about = {"issuer": "https://evil.example"}
    with pytest.raises(NotVouched) as refused:
        await _way(app, liar).send("/")
    assert refused.value.key == "invalid"
    gone = OidcSettings(
        issuer="http://127.0.0.1:9", client_id=CLIENT, portal="http://127.0.0.1:1", roles={}
    )
    with pytest.raises(NotVouched) as refused:
        await Vouching(Provider(gone, None, app.clock), Accounts(app)).send("/")
    assert refused.value.key == "unanswered"


def _now(claims: dict[str, Any]) -> dict[str, Any]:
    return {
        name: time.time() + one.total_seconds() if isinstance(one, timedelta) else one
        for name, one in claims.items()
    }
