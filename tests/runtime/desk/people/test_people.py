"""Accounts and roles changed: recorded with what was before, and never without who may change."""

import asyncio
from typing import Any

import asyncpg
import msgspec
import pytest

from mtd.runtime.app import TENANT, App
from mtd.runtime.desk.people.accounts import Accounts, BadAccount, By
from mtd.runtime.desk.people.people import People, Wanted
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.people import audit
from mtd.store.people.audit import Listed

PASSWORD = "una clave bien larga"
OTHER = "otra clave bien larga"
BY = By(actor="adan", origin="10.0.0.1", reason="porque sí")
ANA = Wanted(name="Ana Araya", roles=("agent",), stores=("paris",))
ORIGIN, AGENT = "127.0.0.1", "a browser"


async def _staff(app: App) -> tuple[Accounts, People]:
    accounts = Accounts(app)
    await accounts.add("adan", "Adán", PASSWORD, ("administrator",), None, BY)
    await accounts.add("ana", "Ana", PASSWORD, ("agent",), ("paris",), BY)
    return accounts, People(accounts)


async def _last(app: App) -> Listed:
    async with app.store.door(TENANT) as connection:
        return (await audit.page(connection, TENANT, limit=1))[0]


async def test_a_change_holds_at_once_and_is_recorded_with_what_was_before(app: App) -> None:
    accounts, people = await _staff(app)
    token = await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT)
    assert token is not None
    wanted = Wanted(name="Ana A.", roles=("supervisor", "auditor"), stores=None)
    await people.change("ANA", wanted, BY)
    seated = await accounts.seated(token)
    assert seated is not None and seated.stores is None
    assert "orders.correct" in seated.permissions.split()
    entry = await _last(app)
    assert (entry.actor, entry.origin, entry.action) == ("adan", "10.0.0.1", "people.change")
    assert (entry.subject, entry.reason) == ("ana", "porque sí")
    assert _read(entry.before) == {"name": "Ana", "roles": ["agent"], "stores": ["paris"]}
    assert _read(entry.after)["roles"] == ["supervisor", "auditor"]


@pytest.mark.parametrize("how", ["lock", "change", "role", "drop", "scope"])
async def test_somebody_is_always_left_who_manages_people(app: App, how: str) -> None:
    accounts, people = await _staff(app)
    token = await accounts.sign_in("adan", PASSWORD, ORIGIN, AGENT)
    acts: dict[str, Any] = {
        "lock": lambda: people.lock("adan", BY),
        "change": lambda: people.change(
            "adan", Wanted(name="Adán", roles=("agent",), stores=None), BY
        ),
        "scope": lambda: people.change(
            "adan", Wanted(name="Adán", roles=("administrator",), stores=("paris",)), BY
        ),
        "role": lambda: people.put_role("administrator", ["audit.see"], BY),
        "drop": lambda: people.drop_role("administrator", BY),
    }
    with pytest.raises(Conflict):
        await acts[how]()
    assert token is not None and await accounts.seated(token) is not None, "nothing was done"
    assert (await _last(app)).action == "session.begin", "nor recorded"
    await accounts.add("eva", "Eva", PASSWORD, ("administrator",), None, BY)
    if how != "drop" and how != "role":
        await acts[how]()


async def test_locking_ends_sessions_and_unlocking_lets_in_again(app: App) -> None:
    accounts, people = await _staff(app)
    token = await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT)
    assert token is not None
    await people.lock("ana", BY)
    assert await accounts.seated(token) is None
    assert await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT) is None
    with pytest.raises(Conflict):
        await people.lock("ana", BY)
    await people.unlock("ana", BY)
    assert await accounts.seated(token) is None, "an old session stays over"
    assert await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT) is not None


async def test_a_word_for_once_opens_to_choose_a_password_and_for_a_day(app: App) -> None:
    accounts, people = await _staff(app)
    before = await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT)
    once = await people.reset("ana", BY)
    assert before is not None and await accounts.seated(before) is None
    assert await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT) is None, "the old one is gone"
    token = await accounts.sign_in("ana", once, ORIGIN, AGENT)
    assert token is not None
    seated = await accounts.seated(token)
    assert seated is not None and seated.renew
    chosen = await accounts.choose(token, "", OTHER, ORIGIN, AGENT)
    assert chosen is not None and await accounts.seated(token) is None
    seated = await accounts.seated(chosen)
    assert seated is not None and not seated.renew
    assert await accounts.sign_in("ana", once, ORIGIN, AGENT) is None, "once"
    once = await people.reset("ana", BY)
    await _admin(app, "UPDATE account SET one_time_until = now() - interval '1 second'")
    assert await accounts.sign_in("ana", once, ORIGIN, AGENT) is None, "for a day"


async def test_another_password_takes_the_current_one(app: App) -> None:
    accounts, _ = await _staff(app)
    token = await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT)
    assert token is not None
    assert await accounts.choose(token, "no es esta", OTHER, ORIGIN, AGENT) is None
    with pytest.raises(BadAccount):
        await accounts.choose(token, PASSWORD, "corta", ORIGIN, AGENT)
    assert await accounts.choose(token, PASSWORD, OTHER, ORIGIN, AGENT)
    assert await accounts.seated(token) is None
    assert await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT) is None


async def test_sessions_are_seen_and_ended_one_or_all(app: App) -> None:
    accounts, people = await _staff(app)
    tokens = [await accounts.sign_in("ana", PASSWORD, ORIGIN, f"browser {n}") for n in range(3)]
    _, open_ = await people.one("ana")
    assert {one.agent for one in open_} == {"browser 0", "browser 1", "browser 2"}
    (first,) = [one for one in open_ if one.agent == "browser 0"]
    assert await people.end("ana", first.token_hash, BY) == 1
    assert await accounts.seated(tokens[0] or "") is None
    assert await people.end("adan", open_[0].token_hash, BY) == 0, "not by another's account"
    assert await people.end("ana", None, BY) == 2


async def test_roles_are_data(app: App) -> None:
    accounts, people = await _staff(app)
    token = await accounts.sign_in("ana", PASSWORD, ORIGIN, AGENT)
    await people.put_role("night", ["orders.see", "orders.retry"], BY)
    await people.change("ana", Wanted(name="Ana", roles=("night",), stores=None), BY)
    seated = await accounts.seated(token or "")
    assert seated is not None and set(seated.permissions.split()) == {"orders.see", "orders.retry"}
    await people.put_role("night", ["orders.see"], BY)
    entry = await _last(app)
    assert _read(entry.before) == ["orders.retry", "orders.see"]
    assert _read(entry.after) == ["orders.see"]
    seated = await accounts.seated(token or "")
    assert seated is not None and seated.permissions == "orders.see"
    for name, permissions in (("night", ["no.such"]), ("with space", []), ("", [])):
        with pytest.raises(Conflict):
            await people.put_role(name, permissions, BY)
    with pytest.raises(Conflict, match="ana"):
        await people.drop_role("night", BY)
    await people.change("ana", ANA, BY)
    await people.drop_role("night", BY)
    with pytest.raises(NotFound):
        await people.drop_role("night", BY)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (ANA, " "),
        (msgspec.structs.replace(ANA, roles=()), "x"),
        (msgspec.structs.replace(ANA, roles=("emperor",)), "x"),
        (msgspec.structs.replace(ANA, stores=()), "x"),
        (msgspec.structs.replace(ANA, name=" "), "x"),
    ],
)
async def test_what_cannot_be_is_refused(app: App, wanted: Wanted, reason: str) -> None:
    _, people = await _staff(app)
    by = By(actor="adan", reason=reason)
    for act in (people.change("ana", wanted, by), people.add("eva", wanted, by)):
        with pytest.raises((Conflict, BadAccount)):
            await act
    assert (await _last(app)).action == "people.add" and (await _last(app)).subject == "ana"


async def test_two_who_lock_each_other_leave_one(app: App) -> None:
    accounts, people = await _staff(app)
    await accounts.add("eva", "Eva", PASSWORD, ("administrator",), None, BY)
    outcomes = await asyncio.gather(
        people.lock("adan", BY), people.lock("eva", BY), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "NoneType"]


def _read(text: str) -> Any:
    return msgspec.json.decode(text)


async def _admin(app: App, sql: str) -> None:
    connection = await asyncpg.connect(app.store.dsn.replace("//mtd@", "//postgres@", 1))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
