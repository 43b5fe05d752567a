"""Releasing: files are looked over as by `mtd check`, asked for by one, deployed once agreed to.

Where the customer wants two (`[portal] release_by_two`), another than who asked agrees.
"""

from collections.abc import Sequence
from pathlib import PurePath

import msgspec

from mtd.runtime.definitions.flows import Fault
from mtd.runtime.definitions.inspecting import inspected
from mtd.runtime.definitions.library import Shelved
from mtd.runtime.definitions.packing import BINDINGS, DRAWINGS, FILES_MAX, FORMS, File
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.dossier import given
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations import deploying
from mtd.runtime.operations.deploying import Outcome, Refused, files_of
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.deployed import definitions, releases
from mtd.store.deployed.definitions import Listed
from mtd.store.deployed.releases import Release

_FILES = msgspec.msgpack.Decoder(list[File])


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What looking files over found."""

    runs: bool
    processes: tuple[str, ...]
    faults: tuple[Fault, ...]
    """Those that are more than warnings first."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A release with what was found when its files were looked over now."""

    release: Release
    files: tuple[File, ...]
    report: Report
    another: bool
    """The person who looks at it may not agree: another must."""

    @property
    def drawing(self) -> File | None:
        """The first drawing among the files."""
        return next((file for file in self.files if file.ending in DRAWINGS), None)


async def pending(desk: Desk, person: Person) -> list[Release]:
    """What waits to be agreed to."""
    person.must("processes.see")
    async with desk.app.store.window(desk.tenant) as connection:
        return await releases.open_ones(connection, desk.tenant)


async def ask(desk: Desk, person: Person, files: Sequence[File], reason: str) -> str:
    """Keep `files` until somebody agrees that they be deployed; the id. Nothing runs of them yet.

    Bindings and forms that are not among them are those of the latest version of the same file.
    Raises Forbidden, and Conflict: there is no drawing or table among them, or no reason.
    """
    person.must("processes.deploy")
    reason = given(reason)
    if not 0 < len(files) <= FILES_MAX:
        raise Conflict(f"a release has 1 to {FILES_MAX} files")
    whole = await _completed(desk, files)
    names = ", ".join(file.name for file in whole)
    id_ = desk.new_id()
    await desk.record(person, "release.ask", names, reason, after={"id": id_})
    async with desk.app.store.door(desk.tenant) as connection:
        content = msgspec.msgpack.encode(whole)
        await releases.ask(connection, desk.tenant, id_, person.login, names, reason, content)
    return id_


async def shown(desk: Desk, person: Person, id_: str) -> Asked:
    """A release, looked over. Raises Forbidden, NotFound."""
    person.must("processes.see")
    async with desk.app.store.window(desk.tenant) as connection:
        found = await releases.one(connection, desk.tenant, id_)
    if found is None:
        raise NotFound(f"there is no release {id_}")
    release, content = found
    files = _FILES.decode(content)
    another = desk.app.settings.portal.release_by_two and release.asked_by == person.login
    report = await _looked_over(desk, files)
    return Asked(release=release, files=tuple(files), report=report, another=another)


async def agree(desk: Desk, person: Person, id_: str, reason: str) -> Outcome:
    """Deploy it. Raises Forbidden, NotFound; Conflict: decided, another must, it does not run."""
    person.must("processes.approve")
    asked = await _undecided(desk, person, id_)
    if asked.another:
        raise Conflict("whoever asked for it does not agree to it: another person must")
    names = asked.release.names
    await desk.record(person, "release.agree", names, given(reason), after={"id": id_})
    try:
        # The same bytes are the same version: agreed to twice at once, they are deployed once.
        outcome = await deploying.deploy(desk.app, desk.tenant, asked.files, person.login)
    except Refused as error:
        raise Conflict(str(error)) from error
    await _settle(desk, person, id_, agreed=True)
    return outcome


async def refuse(desk: Desk, person: Person, id_: str, reason: str) -> None:
    """Drop it. Raises Forbidden, NotFound; Conflict: it is decided."""
    person.must("processes.approve")
    asked = await _undecided(desk, person, id_)
    await desk.record(person, "release.refuse", asked.release.names, given(reason))
    await _settle(desk, person, id_, agreed=False)


async def _undecided(desk: Desk, person: Person, id_: str) -> Asked:
    asked = await shown(desk, person, id_)
    if asked.release.settled_at is not None:
        raise Conflict(f"{asked.release.settled_by} decided it already")
    return asked


async def _settle(desk: Desk, person: Person, id_: str, *, agreed: bool) -> None:
    async with desk.app.store.door(desk.tenant) as connection:
        if not await releases.settle(connection, desk.tenant, id_, person.login, agreed=agreed):
            raise Conflict("somebody else decided it just now")


async def _looked_over(desk: Desk, files: Sequence[File]) -> Report:
    async with desk.app.store.window(desk.tenant) as connection:
        listed = await definitions.listing(connection, desk.tenant)
    stock = Shelved(desk.app.store, desk.tenant)
    found = await inspected(files, listed, stock, desk.app.library.surroundings)
    return Report(
        runs=found.runs and bool(found.flows or found.models),
        processes=tuple(flow.name for flow in found.flows),
        faults=tuple(sorted(found.faults, key=lambda fault: fault.warning)),
    )


async def _completed(desk: Desk, files: Sequence[File]) -> list[File]:
    """`files`, and what stood beside the latest version of each drawing that comes alone."""
    given_names = {file.name for file in files}
    listed = await deploying.listed(desk.app, desk.tenant)
    found = list(files)
    for file in files:
        toml = f"{PurePath(file.name).stem}{BINDINGS}"
        before = _latest(listed, file.name)
        if file.ending not in DRAWINGS or toml in given_names or before is None:
            continue
        _, beside = await files_of(desk.app, desk.tenant, before.name, str(before.version))
        if beside.answers.bindings:
            found.append(File(toml, beside.answers.bindings.encode()))
        forms = beside.answers.forms.items()
        found += [
            File(f"{name}{FORMS}", text.encode())
            for name, text in forms
            if f"{name}{FORMS}" not in given_names
        ]
    return found


def _latest(listed: Sequence[Listed], file: str) -> Listed | None:
    """The latest version of a process that was made of a drawing of this name."""
    mine = [one for one in listed if one.kind == "process" and one.format == file]
    return max(mine, key=lambda one: one.version, default=None)
