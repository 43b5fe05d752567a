"""Deploying on a real database: all or none, versions, tags, and what running instances use."""

import asyncio

import msgspec
import pytest

from mtd.runtime.definitions.packing import File
from mtd.runtime.operations.deploying import Refused
from tests.runtime.files import flow, table, toml
from tests.runtime.works import PERSON, Works


def ruled(version: str) -> list[File]:
    """A person, then the table `discount` in some version."""
    name = version.replace(":", "_")
    bindings = f'{PERSON}[rule."decide"]\ntable = "discount.dmn"\nversion = "{version}"\n'
    return [flow(name, "userTask:review", "businessRuleTask:decide"), toml(name, bindings)]


async def test_all_files_are_deployed_or_none_and_every_fault_is_told(works: Works) -> None:
    good = [flow("good", "userTask:review"), toml("good", PERSON)]
    bad = [flow("bad", "serviceTask:pay", "userTask:review"), toml("bad", PERSON)]
    broken = File("broken.dmn", b"<definitions>")
    with pytest.raises(Refused) as refused:
        await works.deploy(*good, *bad, broken, File("notes.txt", b""), toml("alone", ""))
    faults = {(f.file, f.element, f.line > 0) for f in refused.value.faults if not f.warning}
    assert faults == {
        ("bad.bpmn", "pay", True),
        ("broken.dmn", "", True),
        ("notes.txt", "", False),
        ("alone.toml", "", False),
    }
    assert await works.versions() == []
    outcome = await works.deploy(*good, table("discount", "ten"))
    assert {(one.name, one.version) for one in (*outcome.processes, *outcome.tables)} == {
        ("good", 1),
        ("discount.dmn", 1),
    }


async def test_the_same_bytes_are_the_same_version_and_tags_name_them(works: Works) -> None:
    files = [*ruled("deployment"), table("discount", "ten")]
    await works.deploy(*files)
    again = await works.deploy(*files)
    assert not any(one.fresh for one in (*again.processes, *again.tables))
    other = await works.deploy(*ruled("deployment"), table("discount", "twenty"))
    assert [one.version for one in (*other.processes, *other.tables)] == [2, 2]
    await works.deploy(*files, ever=True)
    await works.deploy(table("discount", "twenty"), tag="summer")
    assert await works.versions() == [
        ("deployment", 1, ""),
        ("deployment", 2, ""),
        ("discount.dmn", 1, ""),
        ("discount.dmn", 2, ""),
        ("discount.dmn", 3, "summer"),
    ]


async def test_two_files_of_one_definition_are_refused(works: Works) -> None:
    other = msgspec.structs.replace(flow("one", "userTask:review"), name="two.bpmn")
    with pytest.raises(Refused, match=r"it is called 'one', and so is one\.bpmn"):
        await works.deploy(flow("one"), other, toml("two", PERSON))


async def test_a_table_is_used_in_the_version_that_the_binding_says(works: Works) -> None:
    await works.deploy(table("discount", "ten"), tag="spring")
    modes = ("deployment", "latest", "tag:spring", "1")
    for mode in modes:
        await works.deploy(*ruled(mode))
    ids = {mode: await works.start(f"{mode.replace(':', '_')}@1") for mode in modes}
    for id_ in ids.values():
        await works.rows("SELECT 1 FROM user_task WHERE instance_id = $1", id_)
    await works.deploy(table("discount", "twenty"))
    await works.deploy(table("discount", "thirty"), tag="spring")
    await works.deploy(table("discount", "forty"))
    await asyncio.sleep(0.5)
    for id_ in ids.values():
        await works.review(id_)
    cited = {mode: (await works.consulted(id_))[0].rpartition("@")[2] for mode, id_ in ids.items()}
    assert cited == {"deployment": "1", "latest": "4", "tag:spring": "3", "1": "1"}


async def test_a_table_that_would_break_who_cites_it_is_refused(works: Works) -> None:
    await works.deploy(*ruled("latest"), table("discount", "ten"))
    renamed = msgspec.structs.replace(table("rebate", "ten"), name="discount.dmn")
    await works.deploy(renamed)  # named by its file alone: any decision will do
    bindings = f'{PERSON}[rule."decide"]\ntable = "discount.dmn#rebate"\nversion = "latest"\n'
    await works.deploy(
        flow("strict", "userTask:review", "businessRuleTask:decide"), toml("strict", bindings)
    )
    with pytest.raises(Refused, match="strict@1 would not run with it"):
        await works.deploy(table("discount", "ten"))


def calling(name: str, callee: str, version: str) -> list[File]:
    bindings = f'{PERSON}[call."sub"]\nprocess = "{callee}"\nversion = "{version}"\n'
    return [flow(name, "userTask:review", "callActivity:sub"), toml(name, bindings)]


def callee(table_name: str) -> list[File]:
    bindings = f'{PERSON}[rule."decide"]\ntable = "{table_name}.dmn"\n'
    return [
        flow("callee", "businessRuleTask:decide", "userTask:review"),
        toml("callee", bindings),
        table(table_name, "x"),
    ]


async def test_a_process_is_called_in_the_version_that_the_binding_says(works: Works) -> None:
    await works.deploy(*callee("one"), *calling("fixed", "callee", "deployment"))
    await works.deploy(*calling("moving", "callee", "latest"))
    fixed, moving, early = [await works.start(name) for name in ("fixed@1", "moving@1", "moving@1")]
    await works.review(early)
    await works.rows(
        "SELECT 1 FROM user_task WHERE instance_id = $1 AND element = 'callee@1:review'", early
    )
    await works.rows("SELECT 1 FROM user_task WHERE instance_id = $1", moving)
    await works.deploy(*callee("two"))
    await asyncio.sleep(0.5)
    for id_ in (fixed, moving):
        await works.review(id_)
        await works.rows(
            "SELECT 1 FROM user_task WHERE instance_id = $1 AND element LIKE 'callee@%'", id_
        )
        await works.review(id_)
    await works.review(early)  # still in the version that it entered
    cited = [(await works.consulted(id_))[0] for id_ in (fixed, moving, early)]
    assert cited == ["one.dmn#one@1", "two.dmn#two@1", "one.dmn#one@1"]


async def test_processes_that_call_each_other_are_refused(works: Works) -> None:
    with pytest.raises(Refused, match="calls"):
        await works.deploy(*calling("a", "b", "deployment"), *calling("b", "a", "deployment"))
    assert await works.versions() == []


async def test_a_call_of_what_is_not_deployed_is_refused(works: Works) -> None:
    with pytest.raises(Refused) as refused:
        await works.deploy(*calling("a", "nobody", "tag:none"))
    assert [f.element for f in refused.value.faults if not f.warning] == ["sub"]
