"""Conditional start events: each time a condition over facts becomes true, one instance begins."""

import asyncio

import msgspec

from mtd.core.process.journal import decode
from mtd.runtime.definitions.packing import File
from tests.core.process.drawn import NAMESPACE, chain
from tests.runtime.works import PERSON, Works

ALARMS = "SELECT id FROM instance WHERE definition LIKE 'alarm@%' ORDER BY id"


def drawn(condition: str, name: str = "alarm") -> list[File]:
    """A process that begins when the condition becomes true, and asks a person."""
    body = (
        f'<startEvent id="hot"><conditionalEventDefinition><condition>{condition}</condition>'
        '</conditionalEventDefinition></startEvent><userTask id="review" name="review"/>'
        + chain("hot", "review")
    )
    text = (
        f'<definitions xmlns="{NAMESPACE}" targetNamespace="t">'
        f'<process id="{name}">{body}</process></definitions>'
    )
    return [File(f"{name}.bpmn", text.encode()), File(f"{name}.toml", PERSON.encode())]


async def tell(works: Works, **facts: object) -> list[str]:
    """What begins by it."""
    begun = await works.app.conditions().look(facts, "sensor")
    return [one.definition for one in begun]


async def test_it_begins_each_time_it_becomes_true(works: Works) -> None:
    await works.deploy(*drawn("degrees &gt; 30"))
    seen = [await tell(works, degrees=degrees) for degrees in (20, 31, 40, 30, 30, 35)]
    assert seen == [[], ["alarm@1"], [], [], [], ["alarm@1"]]
    await works.rows("SELECT 1 FROM user_task HAVING count(*) = 2")
    first, _ = await works.rows(ALARMS)
    (row,) = await works.rows(
        "SELECT payload FROM journal WHERE instance_id = $1 AND kind = 'start'", first["id"]
    )
    assert b'"facts":{"degrees":31}' in row["payload"], "as they were"
    assert decode(row["payload"]).cause == ["hot"]


async def test_changes_at_the_same_moment_begin_one(works: Works) -> None:
    await works.deploy(*drawn("degrees &gt; 30 and open = true"))
    changes = [{"degrees": 31}, {"open": True}] * 6
    seen = await asyncio.gather(*(tell(works, **change) for change in changes))
    assert sorted(seen) == [[]] * 11 + [["alarm@1"]]


async def test_what_one_change_makes_true_begins_all_of_it(works: Works) -> None:
    await works.deploy(*drawn("a + b = 3"), *drawn("a &lt; b", "other"))
    assert await tell(works, a=1) == []
    assert await tell(works, b=2) == ["alarm@1", "other@1"]
    assert await tell(works, c=1) == []


async def test_a_worker_looks_at_conditions_of_the_clock(works: Works) -> None:
    await works.deploy(*drawn('now() &gt; date and time("2020-01-01T00:00:00Z")'))
    await works.rows("SELECT 1 FROM user_task")
    await asyncio.sleep(2.5)
    assert len(await works.rows(ALARMS)) == 1, "it does not become false"


async def test_a_new_version_begins_nothing_for_what_holds_already(works: Works) -> None:
    await works.deploy(*drawn("degrees &gt; 30"))
    assert await tell(works, degrees=31) == ["alarm@1"]
    await works.deploy(*drawn("degrees &gt; 29"))
    assert await tell(works, degrees=32) == []
    assert await tell(works, degrees=1) == []
    assert await tell(works, degrees=30) == ["alarm@2"]


async def test_what_is_not_known_or_fails_is_not_true(works: Works) -> None:
    await works.deploy(*drawn("degrees &gt; 30"), *drawn("count(degrees) = 2", "other"))
    assert await tell(works, other=1) == []
    assert await tell(works, degrees="hot") == []
    assert await tell(works, degrees=[1, 2]) == ["other@1"]


async def test_a_start_that_is_gone_is_watched_no_more(works: Works) -> None:
    await works.deploy(*drawn("degrees &gt; 30"))
    plain, toml = drawn("degrees &gt; 30")
    without = plain.content.replace(b'id="hot"', b'id="cold"').replace(b'"hot', b'"cold')
    other = without.replace(b"degrees &gt; 30", b"degrees &lt; 0")
    await works.deploy(msgspec.structs.replace(plain, content=other), toml)
    assert await tell(works, degrees=31) == []
    assert await tell(works, degrees=-1) == ["alarm@2"]
