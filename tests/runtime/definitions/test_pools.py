"""Several processes of one file: each is a definition, and their instances hear each other."""

import json

import msgspec
import pytest

from mtd.runtime.definitions.shelf import Pool
from mtd.runtime.operations.deploying import Refused, files_of
from tests.runtime.definitions.pools import BINDINGS, BUYER, CHECK, SELLER, trade
from tests.runtime.works import Works

ENDED = "SELECT definition, key FROM instance WHERE state = 'COMPLETED' AND definition = $1"


async def test_each_process_is_a_definition_and_they_hear_each_other(works: Works) -> None:
    outcome = await works.deploy(*trade())
    assert [(one.name, one.version) for one in outcome.processes] == [
        ("Comprador", 1),
        ("Vendedor", 1),
        ("Control", 1),
    ]
    buyer = await works.start("Comprador@1")
    (seller,) = await works.rows(
        "SELECT instance_id, i.key FROM user_task JOIN instance i ON i.id = instance_id"
    )
    assert seller["key"] == buyer, "its key is the message's, which is the buyer's own"
    await works.review(str(seller["instance_id"]))
    (ended,) = await works.rows(ENDED, "Vendedor@1")
    assert ended["key"] == buyer
    await works.rows(ENDED, "Comprador@1")
    rows = await works.rows(
        "SELECT payload FROM journal WHERE instance_id = $1", seller["instance_id"]
    )
    facts = [fact for row in rows for fact in json.loads(row["payload"])[2]]
    assert ["set", 0, {"checked": True}] in facts, "what it calls is the one of its own file"


async def test_two_buyers_are_answered_each_by_their_own_seller(works: Works) -> None:
    await works.deploy(*trade())
    buyers = [await works.start("Comprador@1") for _ in range(2)]
    await works.rows("SELECT 1 FROM user_task HAVING count(*) = 2")
    (first,) = await works.rows(
        "SELECT id FROM instance WHERE key = $1 AND definition = 'Vendedor@1'", buyers[1]
    )
    await works.review(str(first["id"]))
    (ended,) = await works.rows(ENDED, "Comprador@1")
    assert ended["key"] == buyers[1]


async def test_the_bindings_name_those_that_run(works: Works) -> None:
    only = trade(bindings='process = ["vendedor"]\nname = "sale"\n' + BINDINGS)
    outcome = await works.deploy(*only)
    assert [one.name for one in outcome.processes] == ["sale"]
    two = trade(bindings='process = ["Vendedor", "c1"]\nname = "sale"\n' + BINDINGS)
    outcome = await works.deploy(*two)
    assert [(one.name, one.version) for one in outcome.processes] == [("sale", 2), ("Control", 1)]
    _, files = await files_of(works.app, 1, "Control", "latest")
    assert files.answers.pool == Pool(process="c1", name="Control")
    wrong = trade(bindings='process = ["Vendedor", "Nadie"]\n' + BINDINGS)
    with pytest.raises(Refused, match="there is no process named 'Nadie'"):
        await works.deploy(*wrong)


async def test_where_some_say_that_they_execute_the_others_only_document(works: Works) -> None:
    said = BUYER.replace('id="b1"', 'id="b1" isExecutable="true"')
    outcome = await works.deploy(*trade(said, SELLER, CHECK, bindings=""))
    assert [one.name for one in outcome.processes] == ["Comprador"]


async def test_a_fault_in_what_both_call_is_said_once_and_what_to_do_besides(works: Works) -> None:
    bad = CHECK.replace("scriptTask", "serviceTask")
    with pytest.raises(Refused) as refused:
        await works.deploy(
            *trade(BUYER, SELLER, bad, bindings=BINDINGS + "[script.nobody]\nset={}")
        )
    faults = [(f.element, f.warning) for f in refused.value.faults if f.element in ("count", "")]
    assert faults.count(("count", False)) == 1
    told = [f.message for f in refused.value.faults if f.element == ""]
    assert told[0].startswith('[script."count"]'), told
    assert told[1].startswith('[script."nobody"]'), told
    assert "'Comprador', 'Vendedor', 'Control'" in told[2] and 'process = ["…"]' in told[2]
    assert await works.versions() == []


async def test_pools_of_one_file_may_call_each_other_through_another_file(works: Works) -> None:
    """Whom one pool calls is no affair of the other's: there is no circle in this."""
    caller = SELLER.replace(
        '<callActivity id="check" calledElement="c1"/>',
        '<callActivity id="check" calledElement="between"/>',
    )
    between = (
        '<process id="between"><startEvent id="x"/><callActivity id="y" calledElement="Control"/>'
        '<endEvent id="z"/><sequenceFlow id="xy" sourceRef="x" targetRef="y"/>'
        '<sequenceFlow id="yz" sourceRef="y" targetRef="z"/></process>'
    )
    other = trade(between, name="other", bindings="")
    outcome = await works.deploy(*trade(BUYER, caller, CHECK), *other)
    assert {one.name for one in outcome.processes} == {
        "Comprador",
        "Vendedor",
        "Control",
        "between",
    }


async def test_of_one_name_each_has_another(works: Works) -> None:
    same = SELLER.replace('name="Vendedor"', 'name="Comprador"')
    files = trade(BUYER, same, CHECK)
    named = msgspec.structs.replace(
        files[0], content=files[0].content.replace(b'id="ps1"', b'id="ps1" name="Tienda"')
    )
    outcome = await works.deploy(named, files[1])
    assert [one.name for one in outcome.processes] == ["Comprador", "Tienda", "Control"]
