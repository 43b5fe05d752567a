"""Versions of a process at the desk: compared, and orders led from one to another by many."""

from collections.abc import Mapping

import msgspec

from mtd.core.process.comparing import ADDED, REMOVED, Difference, compared
from mtd.core.process.drawing import Process
from mtd.core.process.readers import read
from mtd.runtime.bulk import acting
from mtd.runtime.bulk.acting import Shown
from mtd.runtime.bulk.asked import Arguments, Wish
from mtd.runtime.definitions.shelf import Answers
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.dossier import given
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.processes import processes
from mtd.runtime.operations.deploying import files_of
from mtd.runtime.operations.operations import Conflict
from mtd.store.operations.standings import Filter


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What one version has that another has not, or otherwise."""

    differences: tuple[Difference, ...]
    files: tuple[tuple[str, str], ...]
    """Tables and forms that differ, by name: added, removed or changed."""

    def of(self, change: str) -> list[Difference]:
        """The differences of this kind."""
        return [one for one in self.differences if one.change == change]


async def comparison(desk: Desk, person: Person, name: str, old: int, new: int) -> Comparison:
    """What version `new` of a process has otherwise than `old`. Raises Forbidden, NotFound."""
    before, was = await _drawn(desk, person, name, old)
    after, answers = await _drawn(desk, person, name, new)
    found = compared(before, after, was.bindings, answers.bindings)
    files = {**_changed(was.tables, answers.tables), **_changed(was.forms, answers.forms)}
    return Comparison(differences=tuple(found), files=tuple(sorted(files.items())))


async def migrate(
    desk: Desk,
    person: Person,
    name: str,
    old: int,
    new: int,
    mapping: Mapping[str, str],
    reason: str,
    rate_per_s: float,
) -> Shown:
    """A bulk action that leads the orders of version `old` to `new`: previewed only.

    Raises Forbidden, NotFound, and Conflict: there are none, or the person does not see all.
    """
    person.must("processes.migrate")
    if person.stores is not None:
        raise Conflict("whoever leads orders to another version must see those of every store")
    before = await processes.definition(desk, person, name, old)
    after = await processes.definition(desk, person, name, new)
    wish = Wish(
        name=f"{before.id} → {after.id}",
        action="migrate",
        actor=person.login,
        reason=given(reason),
        filter=Filter(definition=before.id),
        arguments=Arguments(to=after.id, mapping=dict(mapping)),
        rate_per_s=rate_per_s,
    )
    done = {"to": after.id, "mapping": mapping}
    await desk.record(person, "bulk.preview", wish.name, wish.reason, after=done)
    return await acting.preview(desk.operations, wish)


async def _drawn(desk: Desk, person: Person, name: str, version: int) -> tuple[Process, Answers]:
    """The process as it is drawn, and what stands beside it."""
    definition = await processes.definition(desk, person, name, version)
    listed, files = await files_of(desk.app, desk.tenant, name, str(version))
    drawing = read(files.drawing, listed.format)
    found = next(one for one in drawing.processes if one.id == definition.root)
    return found, files.answers


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    added = dict.fromkeys(new.keys() - old.keys(), ADDED)
    removed = dict.fromkeys(old.keys() - new.keys(), REMOVED)
    changed = {name: "changed" for name in old.keys() & new.keys() if old[name] != new[name]}
    return {**added, **removed, **changed}
