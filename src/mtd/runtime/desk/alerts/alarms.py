"""Alarms at the desk: alerts and their rules, as far as a person may see and change them."""

from collections.abc import Mapping

from mtd.runtime.alerts import handling, remedying, rules
from mtd.runtime.alerts.backtesting import Backtest, backtest, tried
from mtd.runtime.alerts.handling import Shown, Tab, View
from mtd.runtime.alerts.measuring import Measure
from mtd.runtime.alerts.rules import Author, Listed
from mtd.runtime.bulk.acting import Shown as Previewed
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Forbidden, Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.desk.work.bulks import NEEDS
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.runtime.settings.alerts import Rule

PAGE_ROWS = 100
MUTED_S: Mapping[str, int] = {"1h": 3_600, "4h": 14_400, "1d": 86_400, "7d": 604_800, "0": 0}
"""For how long an alert may be muted by a choice; `0`: not any more."""


async def listing(
    desk: Desk, person: Person, tab: Tab, below: str | None = None, limit: int = PAGE_ROWS
) -> list[View]:
    """Alerts in one state, of the stores that the person sees, and those of everything."""
    person.must("alerts.see")
    found = await handling.listing(desk.app, desk.tenant, tab, below=below, limit=limit)
    return [one for one in found if _sees(person, one)]


async def shown(desk: Desk, person: Person, id_: str) -> Shown:
    """An alert. Raises NotFound: there is none that they may see."""
    person.must("alerts.see")
    found = await handling.shown(desk.app, desk.tenant, id_)
    if not _sees(person, found.alert):
        raise NotFound(f"there is no alert {id_}")
    return found


async def act(desk: Desk, person: Person, id_: str, verb: str, said: str, to: str = "") -> None:
    """Acknowledge, assign, comment, mute, close or tell again. Raises NotFound, Conflict."""
    person.must("alerts.work")
    await shown(desk, person, id_)
    by, app, tenant = _author(person, said), desk.app, desk.tenant
    match verb:
        case "ack":
            await handling.acknowledge(app, tenant, id_, by)
        case "assign":
            await handling.assign(app, tenant, id_, to.strip() or person.login, by)
        case "comment":
            await handling.comment(app, tenant, id_, _reasoned(by))
        case "mute":
            await handling.mute(app, tenant, id_, MUTED_S.get(to, MUTED_S["1h"]), by)
        case "close":
            await handling.close(app, tenant, id_, _reasoned(by))
        case "tell":
            await handling.tell_again(app, tenant, id_, by)
        case _:
            raise NotFound(f"there is no way to {verb!r} an alert")


async def remedy(desk: Desk, person: Person, id_: str, reason: str) -> Previewed:
    """Preview the bulk action of an alert: over nothing that the person does not see.

    Raises Forbidden, NotFound, Conflict.
    """
    person.must("alerts.work")
    wanted = (await shown(desk, person, id_)).alert.content.remedy
    if wanted is None:
        raise Conflict("no bulk action puts that right")
    needs = NEEDS[wanted.action]
    person.must(needs)
    store = wanted.filter.store
    if person.stores is not None and (store is None or not person.sees(store)):
        raise Forbidden(needs)
    return await remedying.remedy(desk.operations, id_, _reasoned(_author(person, reason)))


async def rule_list(desk: Desk, person: Person) -> list[Listed]:
    """The rules, by name."""
    person.must("alerts.see")
    async with desk.app.store.window(desk.tenant) as connection:
        return await rules.listing(desk.app, connection, desk.tenant)


async def rule(desk: Desk, person: Person, name: str) -> Listed:
    """One. Raises NotFound."""
    for one in await rule_list(desk, person):
        if one.name == name:
            return one
    raise NotFound(f"there is no rule {name!r}")


async def put(desk: Desk, person: Person, name: str, wanted: Rule, reason: str) -> None:
    """Make or change a rule. Raises Conflict."""
    person.must("alerts.rules")
    by = _reasoned(_author(person, reason))
    await rules.put(desk.app, desk.tenant, name, wanted, by, desk.new_id())


async def drop(desk: Desk, person: Person, name: str, reason: str) -> None:
    """Take a rule out. Raises NotFound, Conflict."""
    person.must("alerts.rules")
    by = _reasoned(_author(person, reason))
    await rules.drop(desk.app, desk.tenant, name, by, desk.new_id())


async def trial(desk: Desk, person: Person, wanted: Rule) -> tuple[list[Measure], Backtest]:
    """What a rule finds now, and would have found. Raises Conflict."""
    person.must("alerts.rules")
    now = await tried(desk.app, desk.tenant, wanted)
    return now, await backtest(desk.app, desk.tenant, wanted)


def _sees(person: Person, one: View) -> bool:
    """Who sees some stores sees their alerts, and those that are of no scope.

    A scope within a store begins with it: `paris/33-1234/RCD`.
    """
    store, _, _ = one.scope.partition("/")
    return person.stores is None or store == "" or person.sees(store)


def _author(person: Person, reason: str) -> Author:
    return Author(
        actor=person.login, reason=reason.strip()[: handling.WORDS_MAX], origin=person.origin
    )


def _reasoned(by: Author) -> Author:
    given(by.reason)
    return by
