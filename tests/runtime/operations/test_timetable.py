"""The timetable of deployed drawings: listed, paused, replaced by newer versions, refused."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from mtd.runtime.app import TENANT, App, open_app
from mtd.runtime.definitions.packing import File
from mtd.runtime.operations import timetable
from mtd.runtime.operations.deploying import Refused, deploy
from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.runtime.settings.parts import Route
from mtd.runtime.settings.settings import Settings
from tests.runtime.files import toml

SETTINGS = Settings(
    customer="test",
    processes=[],
    routes=[Route(process="any")],
    stores={},
    cycles={"nightly": "0 5 * * *"},
)


def drawn(timer: str = "<timerEventDefinition/>", task: str = "work") -> File:
    """A process that begins by a timer."""
    text = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    targetNamespace="http://example.com/nightly">
  <process id="nightly" isExecutable="true">
    <startEvent id="start" name="Cada noche">{timer}</startEvent>
    <userTask id="{task}" name="{task}"/>
    <endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="{task}"/>
    <sequenceFlow id="f2" sourceRef="{task}" targetRef="end"/>
  </process>
</definitions>"""
    return File("nightly.bpmn", text.encode())


def bound(timer: str, task: str = "work") -> File:
    return toml("nightly", f'[timer."Cada noche"]\n{timer}\n[user."{task}"]\nrole = "agent"\n')


@pytest.fixture
async def operations(database: str, tmp_path: Path) -> AsyncGenerator[Operations]:
    app: App = await open_app(SETTINGS, tmp_path, database)
    yield Operations(app, TENANT, await app.receiving())
    await app.close()


async def test_a_deployment_is_listed_at_once_and_once(operations: Operations) -> None:
    files = [drawn(), bound('cycle = "nightly"\nmissed = "all"')]
    for _ in range(2):
        await deploy(operations.app, TENANT, files, "me")
    (one,) = await timetable.schedules(operations)
    assert (one.name, one.version, one.label, one.missed) == ("nightly", 1, "Cada noche", "all")
    assert one.next_at is not None
    assert one.next_at.astimezone().minute == 0


async def test_a_pause_outlives_a_new_version(operations: Operations) -> None:
    app = operations.app
    await deploy(app, TENANT, [drawn(), bound('cycle = "nightly"')], "me")
    assert await timetable.pause(operations, "nightly", None, "ana", "inventory") == ["start"]
    await deploy(app, TENANT, [drawn(task="other"), bound('cycle = "R/PT1H"', "other")], "me")
    (one,) = await timetable.schedules(operations)
    assert (one.version, one.paused_by, one.reason) == (2, "ana", "inventory")
    assert await timetable.resume(operations, "nightly", "start") == ["start"]
    with pytest.raises(Conflict):
        await timetable.resume(operations, "nightly", None)
    with pytest.raises(NotFound):
        await timetable.pause(operations, "nightly", "elsewhere", "ana", "x")


async def test_what_a_version_does_not_begin_with_any_more_is_over(operations: Operations) -> None:
    await deploy(operations.app, TENANT, [drawn(), bound('cycle = "nightly"')], "me")
    none = toml("nightly", '[user."work"]\nrole = "agent"\n')
    await deploy(operations.app, TENANT, [drawn(timer=""), none], "me")
    assert await timetable.schedules(operations) == []


@pytest.mark.parametrize(
    ("timer", "words"),
    [
        ('at = "when"', "its time must be known without any variable"),
        ('cycle = "weekly"', "'weekly' is no cycle"),
        ('cycle = "nightly"\nmissed = "some"', "Invalid enum value 'some'"),
    ],
)
async def test_a_time_that_is_not_known_is_refused(
    operations: Operations, timer: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        await deploy(operations.app, TENANT, [drawn(), bound(timer)], "me")
    assert words in " ".join(fault.message for fault in refused.value.faults)
