"""Local accounts: who may sign in, for how long, and who is kept out for a while."""

import asyncpg
import pytest

from mtd.runtime.app import App
from mtd.runtime.desk.people.accounts import (
    FAILURES_OF_LOGIN_MAX,
    FIRST_LOGIN,
    Accounts,
    BadAccount,
    By,
    Throttled,
)

PASSWORD = "una clave bien larga"
BY = By(actor="test")


async def _ana(app: App) -> Accounts:
    accounts = Accounts(app)
    await accounts.add("Ana", "Ana Araya", PASSWORD, ("agent",), ("paris",), BY)
    return accounts


async def test_a_session_says_who_it_is_and_what_they_may(app: App) -> None:
    accounts = await _ana(app)
    token = await accounts.sign_in("ANA", PASSWORD, "127.0.0.1", "a browser")
    assert token is not None
    seated = await accounts.seated(token)
    assert seated is not None
    assert (seated.login, seated.stores) == ("ana", "paris")
    assert "orders.retry" in seated.permissions.split()
    assert "orders.cancel" not in seated.permissions.split()
    assert await accounts.seated(token + "x") is None


async def test_the_password_is_kept_as_argon2id_alone(app: App) -> None:
    await _ana(app)
    (row,) = await _admin(app, "SELECT secret FROM account")
    assert row["secret"].startswith("$argon2id$")
    assert PASSWORD not in str(await _admin(app, "SELECT * FROM account, audit_entry"))


async def test_wrong_and_unknown_and_disabled_are_told_alike(app: App) -> None:
    accounts = await _ana(app)
    assert await accounts.sign_in("ana", "otra clave larga", "127.0.0.1", "") is None
    assert await accounts.sign_in("nadie", PASSWORD, "127.0.0.1", "") is None
    await _admin(app, "UPDATE account SET disabled_at = now()")
    assert await accounts.sign_in("ana", PASSWORD, "127.0.0.1", "") is None


async def test_who_fails_too_often_waits_even_with_the_right_password(app: App) -> None:
    accounts = await _ana(app)
    for _ in range(FAILURES_OF_LOGIN_MAX):
        assert await accounts.sign_in("ana", "otra clave larga", "10.0.0.1", "") is None
    with pytest.raises(Throttled):
        await accounts.sign_in("ana", PASSWORD, "10.0.0.2", "")
    await _admin(app, "UPDATE sign_in_failure SET at = at - interval '16 minutes'")
    assert await accounts.sign_in("ana", PASSWORD, "10.0.0.2", "") is not None
    assert not await _admin(app, "SELECT FROM sign_in_failure"), "forgiven"


@pytest.mark.parametrize(
    ("column", "age"), [("seen_at", "31 minutes"), ("began_at", "12 hours 1 minute")]
)
async def test_a_session_ends_when_idle_and_when_it_lasted_too_long(
    app: App, column: str, age: str
) -> None:
    accounts = await _ana(app)
    token = await accounts.sign_in("ana", PASSWORD, "127.0.0.1", "")
    assert token is not None
    await _admin(app, f"UPDATE portal_session SET {column} = now() - interval '{age}'")
    assert await accounts.seated(token) is None


async def test_an_open_page_alone_keeps_no_session_alive(app: App) -> None:
    accounts = await _ana(app)
    token = await accounts.sign_in("ana", PASSWORD, "127.0.0.1", "")
    assert token is not None
    await _admin(app, "UPDATE portal_session SET seen_at = now() - interval '20 minutes'")
    seen = await accounts.seated(token, touch=False)
    again = await accounts.seated(token)
    assert seen is not None and again is not None and seen.seen_at == again.seen_at
    used = await accounts.seated(token)
    assert used is not None and used.seen_at > again.seen_at


async def test_signing_out_and_being_disabled_end_a_session_at_once(app: App) -> None:
    accounts = await _ana(app)
    for end in ("out", "disabled"):
        token = await accounts.sign_in("ana", PASSWORD, "127.0.0.1", "")
        assert token is not None
        if end == "out":
            await accounts.sign_out(token)
        else:
            await _admin(app, "UPDATE account SET disabled_at = now()")
        assert await accounts.seated(token) is None


async def test_the_last_activity_is_that_of_the_session_before(app: App) -> None:
    accounts = await _ana(app)
    first = await accounts.sign_in("ana", PASSWORD, "127.0.0.1", "")
    second = await accounts.sign_in("ana", PASSWORD, "127.0.0.1", "")
    assert first is not None and second is not None
    one, two = await accounts.seated(first), await accounts.seated(second)
    assert one is not None and two is not None
    assert one.before is None and two.before == one.seen_at


async def test_the_first_account_is_made_once(app: App) -> None:
    accounts = Accounts(app)
    path = await accounts.first()
    assert path is not None and path.stat().st_mode & 0o077 == 0
    password = path.read_text().strip()
    assert await accounts.sign_in(FIRST_LOGIN, password, "127.0.0.1", "") is not None
    assert await accounts.first() == path
    assert path.read_text().strip() == password


@pytest.mark.parametrize(
    ("login", "password", "roles", "words"),
    [
        ("ana", PASSWORD, ("agent",), "somebody has"),
        ("eva", "corta", ("agent",), "characters"),
        ("eva maria", PASSWORD, ("agent",), "one word"),
        ("eva", PASSWORD, ("emperor",), "no role"),
    ],
)
async def test_what_cannot_be_an_account_is_told(
    app: App, login: str, password: str, roles: tuple[str, ...], words: str
) -> None:
    accounts = await _ana(app)
    with pytest.raises(BadAccount, match=words):
        await accounts.add(login, "Eva", password, roles, None, BY)


async def _admin(app: App, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(app.store.dsn.replace("//mtd@", "//postgres@", 1))
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()
