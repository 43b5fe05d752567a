"""Rules: those of the customer's settings, changed by what people want; each by its name."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from mtd.runtime.app import App
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.runtime.settings.alerts import Rule, rule_faults
from mtd.store.alerts import alerts
from mtd.store.people import audit
from mtd.store.sessions import Connection

RULES_MAX = 200


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and whose word it is."""

    name: str
    rule: Rule
    from_settings: bool
    """As the customer's file has it."""
    changed_at: datetime | None = None
    changed_by: str | None = None


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something, from where, and why."""

    actor: str
    reason: str
    origin: str = ""


async def listing(app: App, connection: Connection, tenant: int) -> list[Listed]:
    """Every rule that holds, by name: whoever is changed by people is theirs."""
    kept = {one.name: one for one in await alerts.rules(connection, tenant)}
    found = {
        name: Listed(name=name, rule=rule, from_settings=True)
        for name, rule in app.settings.alerts.rules.items()
        if name not in kept
    }
    for name, one in kept.items():
        if one.content is not None:
            found[name] = Listed(
                name=name,
                rule=msgspec.json.decode(one.content, type=Rule),
                from_settings=False,
                changed_at=one.changed_at,
                changed_by=one.changed_by,
            )
    return [found[name] for name in sorted(found)]


async def effective(app: App, connection: Connection, tenant: int) -> Mapping[str, Rule]:
    """The rules that are looked after, by name."""
    rules = await listing(app, connection, tenant)
    return {one.name: one.rule for one in rules if one.rule.enabled}


async def put(app: App, tenant: int, name: str, rule: Rule, by: Author, new_id: str) -> None:
    """Make a rule, or change one. Raises Conflict: it cannot be used."""
    checked(app, rule)
    async with app.store.door(tenant) as connection:
        before = {one.name: one for one in await listing(app, connection, tenant)}
        if name not in before and len(before) >= RULES_MAX:
            raise Conflict(f"there are {RULES_MAX} rules already")
        content = msgspec.json.encode(rule)
        await alerts.put_rule(connection, tenant, name, content, by.actor)
        was = before[name].rule if name in before else None
        entry = _entry(new_id, "alert.rule", name, by, before=was, after=rule)
        await audit.add(connection, tenant, entry)


async def drop(app: App, tenant: int, name: str, by: Author, new_id: str) -> None:
    """Take a rule out; its open alerts close. Raises NotFound."""
    async with app.store.door(tenant) as connection:
        before = {one.name: one for one in await listing(app, connection, tenant)}
        if name not in before:
            raise NotFound(f"there is no rule {name!r}")
        await alerts.put_rule(connection, tenant, name, None, by.actor)
        entry = _entry(new_id, "alert.rule.drop", name, by, before=before[name].rule)
        await audit.add(connection, tenant, entry)


def checked(app: App, rule: Rule) -> None:
    """Raises Conflict: the rule names what there is not, or looks for nothing."""
    settings = app.settings
    faults = [
        f"{key}: {words}"
        for key, words in rule_faults(rule, settings.alerts.recipients, settings.stores)
    ]
    if faults:
        raise Conflict("; ".join(faults))


def _entry(
    id_: str,
    action: str,
    name: str,
    by: Author,
    *,
    before: Rule | None = None,
    after: Rule | None = None,
) -> audit.NewEntry:
    return audit.NewEntry(
        id=id_,
        actor=by.actor,
        origin=by.origin,
        action=action,
        subject=name,
        reason=by.reason,
        before="" if before is None else msgspec.json.encode(before).decode(),
        after="" if after is None else msgspec.json.encode(after).decode(),
    )
