"""`mtd alert`: what rules found, what is done about it, and the rules."""

import sys
import tomllib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import uvloop
from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.markup import escape

from mtd.faces.cli.naming import Id, Reason, me
from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.alerts import handling, remedying, rules
from mtd.runtime.alerts.backtesting import DAYS_MAX, backtest, tried
from mtd.runtime.alerts.handling import Tab, View
from mtd.runtime.alerts.rules import Author, Listed
from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.runtime.settings.alerts import Rule

alert = App(name="alert")
rule = App(name="rule", help="The rules: list, put, drop.")
alert.command(rule)
CUSTOMER = "default"
MINUTES_MAX = 30 * 24 * 60
"""For how long nobody may be told of an alert: a month."""
Act = Callable[[Operations], Awaitable[None]]


@alert.command(name="list")
def listing(*, state: Tab = "open", json: bool = False, customer: str = CUSTOMER) -> int:
    """List alerts in a state: of the open ones the gravest first."""

    async def act(operations: Operations) -> None:
        found = await handling.listing(operations.app, operations.tenant, state)
        if json:
            print(msgspec.json.format(msgspec.json.encode(found)).decode())
            return
        console = Console(highlight=False, soft_wrap=True)
        for one in found:
            _head(console, one)

    return uvloop.run(_with(customer, act))


@alert.command
def show(id: Id, *, json: bool = False, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Show an alert, what happened to it, and who was told what."""

    async def act(operations: Operations) -> None:
        shown = await handling.shown(operations.app, operations.tenant, id)
        if json:
            print(msgspec.json.format(msgspec.json.encode(shown)).decode())
            return
        console = Console(highlight=False, soft_wrap=True)
        _head(console, shown.alert)
        for event in shown.events:
            words = f"{_moment(event.at)} {event.kind.lower()} {event.actor or ''} {event.words}"
            console.print(escape(f"  {words.rstrip()}"))
        for notice in shown.notices:
            said = f"{notice.state} after {notice.attempts}: {notice.said}"
            console.print(escape(f"  to {notice.recipient}, event {notice.n}: {said}"))

    return uvloop.run(_with(customer, act))


@alert.command
def ack(id: Id, *, reason: str = "", customer: str = CUSTOMER) -> int:  # noqa: A002
    """Acknowledge it: it is not escalated any more."""

    async def act(operations: Operations) -> None:
        await handling.acknowledge(operations.app, operations.tenant, id, _me(reason))

    return uvloop.run(_with(customer, act))


@alert.command
def assign(id: Id, owner: str, *, reason: str = "", customer: str = CUSTOMER) -> int:  # noqa: A002
    """Give it to somebody."""

    async def act(operations: Operations) -> None:
        await handling.assign(operations.app, operations.tenant, id, owner, _me(reason))

    return uvloop.run(_with(customer, act))


@alert.command
def comment(id: Id, words: str, *, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Remark something."""

    async def act(operations: Operations) -> None:
        await handling.comment(operations.app, operations.tenant, id, _me(words))

    return uvloop.run(_with(customer, act))


@alert.command
def mute(
    id: Id,  # noqa: A002
    *,
    minutes: Annotated[
        float,
        Parameter(help="For how long; 0: not any more.", validator=Number(gte=0, lte=MINUTES_MAX)),
    ],
    reason: str = "",
    customer: str = CUSTOMER,
) -> int:
    """Tell nobody of it for a while."""

    async def act(operations: Operations) -> None:
        by = _me(reason)
        await handling.mute(operations.app, operations.tenant, id, minutes * 60, by)

    return uvloop.run(_with(customer, act))


@alert.command
def close(id: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Close it; it begins again once its condition was over."""

    async def act(operations: Operations) -> None:
        await handling.close(operations.app, operations.tenant, id, _me(reason))

    return uvloop.run(_with(customer, act))


@alert.command
def tell(id: Id, *, reason: str = "", customer: str = CUSTOMER) -> int:  # noqa: A002
    """Try its failed notices again."""

    async def act(operations: Operations) -> None:
        count = await handling.tell_again(operations.app, operations.tenant, id, _me(reason))
        print(f"{count} notices are due again")

    return uvloop.run(_with(customer, act))


@alert.command
def remedy(id: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Preview the bulk action that may put it right; `mtd bulk start` begins it."""

    async def act(operations: Operations) -> None:
        shown = await remedying.remedy(operations, id, _me(reason))
        bulk = shown.bulk
        print(f"{bulk.action} {bulk.items} items: mtd bulk start {bulk.id} --reason WHY")

    return uvloop.run(_with(customer, act))


@alert.command(name="test")
def now(name: str, *, customer: str = CUSTOMER) -> int:
    """Show what a rule finds now, raising nothing; `name`: of a rule, or a TOML file of one."""

    async def act(operations: Operations) -> None:
        wanted = await _rule(operations, name)
        for one in await tried(operations.app, operations.tenant, wanted):
            word = "fires" if one.fires else "calm "
            print(f"{word}  {one.scope or '-'}  observed {one.observed:g}, bound {one.bound:g}")

    return uvloop.run(_with(customer, act))


@alert.command(name="backtest")
def past(name: str, *, days: int = DAYS_MAX, customer: str = CUSTOMER) -> int:
    """Show how often a rule would have raised an alert; `name`: of a rule, or a TOML file."""

    async def act(operations: Operations) -> None:
        wanted = await _rule(operations, name)
        found = await backtest(operations.app, operations.tenant, wanted, days)
        since = "there is no history" if found.since is None else f"since {_moment(found.since)}"
        more = "" if found.complete else "; there was more than was looked through"
        print(f"would have fired {found.firings} times in {found.days} days ({since}{more})")
        for one in found.spells:
            span = f"{_moment(one.began_at)} to {_moment(one.ended_at)}"
            print(f"  {span}  {one.scope or '-'}  {one.observed:g}")

    return uvloop.run(_with(customer, act))


@rule.command(name="list")
def rule_list(*, customer: str = CUSTOMER) -> int:
    """List the rules, and whose word each is."""

    async def act(operations: Operations) -> None:
        for one in await _rules(operations):
            kind = str(one.rule.condition.__struct_config__.tag)
            whose = "settings" if one.from_settings else str(one.changed_by)
            state = "" if one.rule.enabled else "  (off)"
            print(f"{one.name:<24} {kind:<18} {one.rule.severity:<9} {whose}{state}")

    return uvloop.run(_with(customer, act))


@rule.command
def put(name: str, file: Path, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Make or change a rule from a TOML file, as a customer's `[alerts.rules.NAME]` has it."""

    async def act(operations: Operations) -> None:
        wanted = _read(file)
        app, tenant = operations.app, operations.tenant
        await rules.put(app, tenant, name, wanted, _me(reason), operations.new_id())

    return uvloop.run(_with(customer, act))


@rule.command
def drop(name: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Take a rule out; its open alerts close."""

    async def act(operations: Operations) -> None:
        app, tenant = operations.app, operations.tenant
        await rules.drop(app, tenant, name, _me(reason), operations.new_id())

    return uvloop.run(_with(customer, act))


async def _rules(operations: Operations) -> list[Listed]:
    async with operations.app.store.door(operations.tenant) as connection:
        return await rules.listing(operations.app, connection, operations.tenant)


async def _rule(operations: Operations, name: str) -> Rule:
    """The rule of this name, or of this file."""
    if name.endswith(".toml"):
        return _read(Path(name))
    found = [one.rule for one in await _rules(operations) if one.name == name]
    if not found:
        raise NotFound(f"there is no rule {name!r}")
    return found[0]


def _read(file: Path) -> Rule:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Conflict(f"{file}: {error}") from error
    return msgspec.convert(tables, Rule, strict=False)


async def _with(customer: str, act: Act) -> int:
    async with opened(customer) as app:
        try:
            await act(await operations_of(app))
        except (NotFound, Conflict, msgspec.MsgspecError) as error:
            print(f"mtd alert: {error}", file=sys.stderr)
            return 1
    return 0


def _me(reason: str) -> Author:
    return Author(actor=me(), reason=reason)


def _head(console: Console, one: View) -> None:
    where = f" {one.scope}" if one.scope else ""
    console.print(f"[bold]{one.id}[/]  {one.severity}  {one.state}  {escape(one.title + where)}")
    found = f"observed {one.observed:g}, bound {one.bound:g}, {one.affected} affected"
    began = f"began {one.count} times, last {_moment(one.opened_at)}"
    console.print(escape(f"  {one.kind}: {found}; {began}; owner {one.owner or '-'}"))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%SZ}"
