"""The commands about alerts, breakers, accounts, clients and the audit, on one real database."""

import asyncio
import getpass
import io
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from mtd.runtime.database import URL
from mtd.runtime.desk.people.passwords import PASSWORD_MIN
from tests.conftest import Server
from tests.faces.cli.standing import RULE, SYSTEM, Commands, Standing, standing

ABSENT = "00000000-0000-7000-8000-00000000dead"
ME = f"{getpass.getuser()} (command line)"
PASSWORD = "correct horse battery"
WHY = ("--reason", "they asked")
WAITING = "SELECT count(*) FROM intake_file WHERE state = 'WAITING'"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Standing]:
    async with standing(server, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def mtd(
    place: Standing, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commands:
    monkeypatch.setenv("MTD_HOME", str(place.home))
    monkeypatch.setenv(URL, place.dsn)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return Commands(capsys)


def entries(mtd: Commands, *words: str) -> list[dict[str, str]]:
    """What the audit has, newest first."""
    return [json.loads(line) for line in mtd("audit", "list", *words).out.splitlines()]


def test_an_alert_is_handled_from_its_opening_to_its_close(mtd: Commands, place: Standing) -> None:
    id_ = place.alert
    listed = mtd("alert", "list").out
    assert id_ in listed and "OPEN" in listed and "observed 1, bound 0" in listed
    assert [one["id"] for one in json.loads(mtd("alert", "list", "--json").out)] == [id_]
    mtd("alert", "ack", id_, *WHY)
    assert "acknowledged already" in mtd("alert", "ack", id_, code=1).err
    assert mtd("alert", "list").out == ""
    assert id_ in mtd("alert", "list", "--state", "acknowledged").out
    mtd("alert", "assign", id_, "ana")
    mtd("alert", "comment", id_, "[b]it is a known file[/b]")
    mtd("alert", "mute", id_, "--minutes", "5")
    assert mtd("alert", "tell", id_).out == "1 notices are due again\n"
    assert mtd("alert", "tell", id_).out == "0 notices are due again\n"
    remedy = mtd("alert", "remedy", id_, *WHY).out
    assert remedy.startswith("push 1 items: mtd bulk start ")
    assert "PREVIEWED" in mtd("bulk", "show", remedy.split()[6]).out
    told = mtd("alert", "show", id_).out
    assert "owner ana" in told and f"acknowledged {ME} they asked" in told
    assert "[b]it is a known file[/b]" in told and "to boss, event 1: PENDING" in told
    mtd("alert", "close", id_, *WHY)
    assert "it is closed" in mtd("alert", "mute", id_, "--minutes", "5", code=1).err
    shown = json.loads(mtd("alert", "show", id_, "--json").out)
    assert (shown["alert"]["state"], shown["alert"]["closed_by"]) == ("CLOSED", ME)
    assert [one["kind"] for one in shown["events"]] == [
        "OPENED", "ACKNOWLEDGED", "ASSIGNED", "COMMENTED", "MUTED", "COMMENTED", "CLOSED",
    ]  # fmt: skip
    assert json.loads(mtd("alert", "list", "--json").out) == []
    assert id_ in mtd("alert", "list", "--state", "closed").out


def test_a_rule_is_tried_put_and_dropped(mtd: Commands, tmp_path: Path) -> None:
    file = tmp_path / "full.toml"
    file.write_text('severity = "critical"\ncondition = { kind = "waiting", more_than = 3 }\n')
    assert "calm   -  observed 1, bound 3" in mtd("alert", "test", str(file)).out
    assert "fires  -  observed 1, bound 0" in mtd("alert", "test", RULE).out
    assert (
        "would have fired 0 times in 31 days (there is no history)"
        in mtd("alert", "backtest", "volume").out
    )
    mtd("alert", "rule", "put", "full", str(file), *WHY)
    rows = {line.split()[0]: line.split()[1:] for line in rules(mtd)}
    assert rows["full"] == ["waiting", "critical", *ME.split()]
    assert rows[RULE] == ["waiting", "critical", "settings"]
    mtd("alert", "rule", "drop", "full", *WHY)
    assert "full" not in {line.split()[0] for line in rules(mtd)}
    file.write_text('condition = { kind = "waiting", more = 3 }')
    assert "more" in mtd("alert", "rule", "put", "full", str(file), *WHY, code=1).err
    file.write_text("condition = {")
    assert str(file) in mtd("alert", "test", str(file), code=1).err


def rules(mtd: Commands) -> list[str]:
    return mtd("alert", "rule", "list").out.splitlines()


def test_a_breaker_is_seen_open_and_closed_by_a_word(mtd: Commands) -> None:
    first, second, *rest = mtd("pause", "breakers").out.splitlines()
    assert first.startswith(f"{SYSTEM}  open since ") and first.endswith("0 wait")
    assert second == "  one: open, 7 failures in a row"
    assert all("  closed  " in line for line in rest) and rest
    said = mtd("pause", "close", SYSTEM, *WHY).out
    assert said == f"{SYSTEM} is called again within two seconds; 0 waited\n"


def test_an_account_is_made_changed_and_locked(
    mtd: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    said = mtd("portal", "user", "add", "Ana", "--role", "agent", "--store", "paris").out
    assert said == "Ana may sign in\n"
    again = ("portal", "user", "add", "ana", "--role", "agent")
    printed = mtd("portal", "user", "add", "bo", "--role", "agent").out
    assert printed.startswith("bo may sign in with the password ")
    assert "somebody has the login 'ana'" in mtd(*again, code=1).err
    assert account(mtd, "ana") == "ana  Ana  agent  paris  0 open"
    change = ("portal", "user", "change", "ana", "--name", "Ana P", "--all-stores", *WHY)
    assert mtd(*change).out == "ana is changed\n"
    assert account(mtd, "ana") == "ana  Ana P  agent  all stores  0 open"
    assert mtd("portal", "user", "lock", "ana", *WHY).out == "ana is locked\n"
    assert account(mtd, "ana").endswith("  locked")
    assert "locked already" in mtd("portal", "user", "lock", "ana", *WHY, code=1).err
    assert mtd("portal", "user", "unlock", "ana", *WHY).out == "ana may sign in\n"
    assert mtd("portal", "user", "end", "ana", *WHY).out == "0 ended\n"
    assert len(mtd("portal", "user", "reset", "ana", *WHY).out.strip()) >= PASSWORD_MIN
    assert "a reason is needed" in mtd("portal", "user", "end", "ana", "--reason", " ", code=2).err


def account(mtd: Commands, login: str) -> str:
    """The line of this account."""
    [line] = [
        line for line in mtd("portal", "user", "list").out.splitlines()
        if line.startswith(f"{login}  ")
    ]  # fmt: skip
    return line


def test_a_role_is_set_and_dropped(mtd: Commands) -> None:
    set_ = ("portal", "role", "set", "inspector")
    assert mtd(*set_, "audit.see", *WHY).out == "inspector allows 1\n"
    assert "inspector  audit.see" in mtd("portal", "role", "list").out.splitlines()
    assert "no permission 'fly'" in mtd(*set_, "fly", *WHY, code=1).err
    assert mtd("portal", "role", "drop", "inspector", *WHY).out == "inspector is no more\n"
    assert "inspector" not in mtd("portal", "role", "list").out


def test_a_client_s_key_is_made_followed_and_revoked(mtd: Commands) -> None:
    first = mtd("client", "add", "shop", *WHY).out.strip()
    [line] = [line for line in mtd("client", "list").out.splitlines() if "  shop  " in line]
    id_ = line.split()[0]
    assert "at most 30 days" in mtd("client", "rotate", id_, "--hours", "999", *WHY, code=1).err
    second = mtd("client", "rotate", id_, "--hours", "1", *WHY).out.strip()
    assert first.startswith("mtd_") and second.startswith("mtd_") and first != second
    old, new = [line for line in mtd("client", "list").out.splitlines() if "  shop  " in line]
    assert old.startswith(id_) and "until" in old and "until" not in new
    assert mtd("client", "revoke", new.split()[0], *WHY).out == "the key of shop is revoked\n"
    assert "still opens" in mtd("client", "revoke", new.split()[0], *WHY, code=1).err
    assert "a reason is needed" in mtd("client", "add", "x", "--reason", "", code=2).err


def test_the_audit_tells_what_was_done_here_and_is_whole(mtd: Commands) -> None:
    mtd("client", "add", "kiosk", "--reason", "for the audit")
    mtd("client", "add", "tablet", *WHY)
    newest, before = entries(mtd, "--who", ME, "--what", "client.add", "--limit", "2")
    assert (newest["subject"], before["subject"]) == ("tablet", "kiosk")
    assert (before["reason"], before["actor"]) == ("for the audit", ME)
    assert [one["subject"] for one in entries(mtd, "--word", "for the audit")] == ["kiosk"]
    assert entries(mtd, "--about", "nobody") == []
    assert entries(mtd, "--until", "2001-01-01") == []
    assert "mtd audit: " in mtd("audit", "list", "--since", "soon", code=1).err
    assert "entries" in mtd("audit", "verify").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("alert", "show", ABSENT), f"there is no alert {ABSENT}"),
        (("alert", "ack", ABSENT), f"there is no alert {ABSENT}"),
        (("alert", "tell", ABSENT), f"there is no alert {ABSENT}"),
        (("alert", "test", "nope"), "there is no rule 'nope'"),
        (("alert", "backtest", "nope"), "there is no rule 'nope'"),
        (("alert", "rule", "drop", "nope", *WHY), "there is no rule 'nope'"),
        (("alert", "rule", "put", "nope", "absent.toml", *WHY), "absent.toml"),
        (("pause", "close", "nope", *WHY), "there is no counterpart 'nope'"),
        (("portal", "user", "lock", "nope", *WHY), "there is no account 'nope'"),
        (("portal", "user", "change", "nope", *WHY), "there is no account 'nope'"),
        (("portal", "user", "add", "a b", "--role", "agent"), "a login is one word"),
        (("portal", "user", "add", "eve", "--role", "nope"), "there is no role 'nope'"),
        (("portal", "role", "drop", "nope", *WHY), "there is no role 'nope'"),
        (("client", "revoke", ABSENT, *WHY), f"there is no client {ABSENT}"),
    ],
)
def test_what_there_is_not_is_said_so(mtd: Commands, words: tuple[str, ...], message: str) -> None:
    said = mtd(*words, code=1)
    assert message in " ".join(said.err.split()) and said.out == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("alert", "show", "nope"), "'nope' is not an id"),
        (("alert", "close", "nope", *WHY), "'nope' is not an id"),
        (("alert", "list", "--state", "nope"), "nope"),
        (("pause", "lift", "nope", *WHY), "'nope' is not an id"),
        (("pause", "held", "nope"), "'nope' is not an id"),
        (("client", "rotate", "nope", *WHY), "'nope' is not an id"),
        (("audit", "list", "--limit", "-1"), "--limit"),
        (("alert", "close", ABSENT, "--reason", " "), "a reason is needed"),
        (("alert", "rule", "drop", RULE, "--reason", ""), "a reason is needed"),
        (("pause", "store", "paris", "--reason", ""), "a reason is needed"),
        (("pause", "lift", ABSENT, "--reason", "\t"), "a reason is needed"),
        (("bulk", "start", ABSENT, "--reason", ""), "a reason is needed"),
        (("order", "cancel", "1", "--reason", ""), "a reason is needed"),
        (("client", "add", "x", "--reason", ""), "a reason is needed"),
        (("alert", "mute", ABSENT, "--minutes", "nan"), "<= 43200"),
        (("alert", "mute", ABSENT, "--minutes", "-1"), ">= 0"),
        (("alert", "mute", ABSENT, "--minutes", "inf"), "<= 43200"),
    ],
)
def test_what_cannot_be_meant_is_said_so(
    mtd: Commands, words: tuple[str, ...], message: str
) -> None:
    said = mtd(*words, code=2)
    assert message in " ".join(said.err.split()) and said.out == ""


async def _file_more(admin: str, count: int) -> int:
    """So many more files wait; how many do in all."""
    connection = await asyncpg.connect(admin)
    await connection.execute(
        "INSERT INTO intake_file (tenant_id, id, source, path, hash, size_bytes, archive, state)"
        " SELECT 1, gen_random_uuid(), 'folder', 'CL/paris/kiosk/' || n, '', 1, 'a', 'WAITING'"
        " FROM generate_series(1, $1) AS n",
        count,
    )
    waiting: int = await connection.fetchval(WAITING)
    await connection.close()
    return waiting


def test_every_file_that_waits_is_pushed_however_many_there_are(
    mtd: Commands, place: Standing, server: Server
) -> None:
    waiting = asyncio.run(_file_more(server.admin(place.dsn), 230))
    assert mtd("order", "push", *WHY).out == f"pushed {waiting} of {waiting}\n"
    assert asyncio.run(_file_more(server.admin(place.dsn), 0)) == 0
