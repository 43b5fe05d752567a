"""Releasing: where the customer wants two, who asked does not agree; what is decided stays so."""

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from mtd.runtime.app import TENANT, open_app
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Forbidden
from mtd.runtime.desk.processes import releasing
from mtd.runtime.operations.deploying import listed
from mtd.runtime.operations.operations import Conflict, Operations
from mtd.runtime.settings.portal import PortalSettings
from mtd.store.sessions import PORTAL
from tests.runtime.desk.conftest import SETTINGS
from tests.runtime.desk.seats import somebody
from tests.runtime.files import flow, toml

REVIEW = '[user."review"]\nrole = "agent"\n'


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncGenerator[Desk]:
    portal = PortalSettings(release_by_two=True)
    settings = msgspec.structs.replace(SETTINGS, portal=portal)
    app = await open_app(settings, tmp_path, database, PORTAL)
    yield Desk(Operations(app, TENANT, await app.receiving()))
    await app.close()


async def test_another_agrees_and_only_once(desk: Desk) -> None:
    asker, other = somebody("olga"), somebody("raul")
    files = [flow("shop", "userTask:review"), toml("shop", REVIEW)]
    id_ = await releasing.ask(desk, asker, files, "agreed")
    assert [one.id for one in await releasing.pending(desk, other)] == [id_]
    with pytest.raises(Conflict, match="another person"):
        await releasing.agree(desk, asker, id_, "mine")
    assert not await listed(desk.app, TENANT)
    await releasing.agree(desk, other, id_, "seen")
    assert [(one.name, one.version) for one in await listed(desk.app, TENANT)] == [("shop", 1)]
    with pytest.raises(Conflict, match="raul decided"):
        await releasing.refuse(desk, other, id_, "no")
    assert not await releasing.pending(desk, other)


async def test_a_drawing_alone_is_looked_over_with_what_stood_beside_the_one_before(
    desk: Desk,
) -> None:
    asker, other = somebody("olga"), somebody("raul")
    files = [flow("shop", "userTask:review"), toml("shop", REVIEW)]
    await releasing.agree(desk, other, await releasing.ask(desk, asker, files, "x"), "x")
    id_ = await releasing.ask(desk, asker, [flow("shop", "userTask:review", "manualTask:t")], "x")
    shown = await releasing.shown(desk, other, id_)
    assert shown.report.runs and {file.name for file in shown.files} == {"shop.bpmn", "shop.toml"}


async def test_what_does_not_run_is_not_deployed(desk: Desk) -> None:
    id_ = await releasing.ask(desk, somebody("olga"), [flow("shop", "userTask:review")], "x")
    shown = await releasing.shown(desk, somebody("raul"), id_)
    assert not shown.report.runs
    assert [one.name for one in shown.report.faults if not one.warning] == ["review"]
    with pytest.raises(Conflict):
        await releasing.agree(desk, somebody("raul"), id_, "x")
    assert not await listed(desk.app, TENANT)
    assert await releasing.pending(desk, somebody("raul")), "it can still be refused"


async def test_nobody_releases_without_the_permission_or_a_reason(desk: Desk) -> None:
    files = [flow("shop", "userTask:review"), toml("shop", REVIEW)]
    with pytest.raises(Forbidden):
        await releasing.ask(desk, somebody("olga", "processes.see"), files, "x")
    with pytest.raises(Conflict):
        await releasing.ask(desk, somebody("olga"), files, " ")
    id_ = await releasing.ask(desk, somebody("olga"), files, "x")
    with pytest.raises(Forbidden):
        await releasing.agree(desk, somebody("raul", "processes.see"), id_, "x")
