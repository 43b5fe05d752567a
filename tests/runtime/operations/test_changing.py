"""Changing running instances on a real database: shown first, done whole, recorded, or refused."""

import msgspec
import pytest

from mtd.runtime.app import TENANT
from mtd.runtime.operations import changing
from mtd.runtime.operations.changing import Wanted, migrated, modify, planned, previewed
from mtd.runtime.operations.operations import Conflict, NotFound
from tests.runtime.files import flow, toml
from tests.runtime.works import PERSON, Works
from tests.store.making import new_id

TWO = PERSON + '[user."pack"]\nrole = "agent"\n'


async def started(works: Works, name: str = "shop@1") -> str:
    id_ = await works.start(name)
    await works.rows("SELECT 1 FROM user_task WHERE instance_id = $1", id_)
    return id_


async def last(works: Works, instance: str, kind: str) -> list[object]:
    """Cause and facts of the instance's row of this kind, once it is there."""
    (row, *_) = await works.rows(
        "SELECT payload FROM journal WHERE instance_id = $1 AND kind = $2", instance, kind
    )
    return msgspec.json.decode(row["payload"])[1:]


async def test_a_modification_is_shown_then_done_and_recorded(works: Works) -> None:
    await works.deploy(flow("shop", "userTask:review", "userTask:pack"), toml("shop", TWO))
    id_ = await started(works)
    wanted = Wanted(moves=[("Review", "pack")], variables={"n": 1})
    shown = await previewed(works.app, TENANT, id_, wanted)
    assert shown.closes == ("review: a person of role agent",)
    assert shown.opens == ("pack: a person of role agent",)
    assert (shown.stands, shown.ends) == (("pack",), False)
    await modify(works.app, TENANT, id_, wanted, "ana", "stuck")
    await works.rows("SELECT 1 FROM user_task WHERE instance_id = $1 AND element = 'pack'", id_)
    cause, _ = await last(works, id_, "modified")
    assert cause == [[["review", "pack"]], [], [], "ana", "stuck"]
    for wrong, words in (
        (Wanted(moves=[("review", "pack")]), "no token rests at 'review'"),
        (Wanted(adds=["nobody"]), "has no element 'nobody'"),
    ):
        with pytest.raises(Conflict, match=words):
            await modify(works.app, TENANT, id_, wrong, "ana", "stuck")
    await modify(works.app, TENANT, id_, Wanted(drops=["pack"]), "ana", "enough")
    await works.rows("SELECT 1 FROM instance WHERE id = $1 AND state = 'COMPLETED'", id_)


async def test_instances_follow_to_a_new_version_or_say_why_not(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works.deploy(flow("shop", "userTask:review", "userTask:pack"), toml("shop", TWO))
    early, late, other = [await started(works) for _ in range(3)]
    await works.review(late)
    await works.rows("SELECT 1 FROM user_task WHERE instance_id = $1 AND element = 'pack'", late)
    drawn = flow("shop", "userTask:review", "userTask:check")
    await works.deploy(drawn, toml("shop", PERSON + '[user."check"]\nrole = "boss"\n'))
    monkeypatch.setattr(changing, "CHUNK", 2)
    plan = await planned(works.app, TENANT, "shop@1", "shop@2", {})
    assert plan.mapping["review"] == "review" and plan.mapping["pack"] is None
    refused = {one.instance: one.refused for one in plan.instances}
    assert refused == {
        early: None,
        other: None,
        late: "it cannot follow to shop@2: 'pack' is not in shop@2",
    }
    done = await migrated(works.app, TENANT, plan, {}, "ana", "better")
    assert done.asked == 2
    for id_ in (early, other):
        cause, facts = await last(works, id_, "migrated")
        assert cause == ["shop@2", {}, "ana", "better"]
        assert ["follows", "shop@2", "shop@1"] in facts  # pyright: ignore[reportOperatorIssue]
        await works.rows("SELECT 1 FROM instance WHERE id = $1 AND definition = 'shop@2'", id_)
        await works.review(id_)
        await works.rows(
            "SELECT 1 FROM user_task WHERE instance_id = $1 AND element = 'check'", id_
        )
    left = await planned(works.app, TENANT, "shop@1", "shop@2", {"pack": "check"})
    assert [(one.instance, one.refused) for one in left.instances] == [(late, None)]
    await migrated(works.app, TENANT, left, {"pack": "check"}, "ana", "better")
    await works.rows(
        "SELECT 1 FROM user_task WHERE instance_id = $1 AND element = 'check'"
        " AND closed_at IS NULL",
        late,
    )
    await works.review(late)
    await works.rows("SELECT 1 FROM instance WHERE id = $1 AND state = 'COMPLETED'", late)


async def test_a_plan_reads_journals_in_chunks_and_names_who_has_not_begun(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "CHUNK", 2)
    await works.deploy(flow("shop", "userTask:review"), toml("shop", PERSON))
    ids = [await started(works) for _ in range(5)]
    await works.review(ids[1])
    await works.rows("SELECT 1 FROM instance WHERE id = $1 AND state = 'COMPLETED'", ids[1])
    await works.deploy(flow("shop", "userTask:review", "userTask:pack"), toml("shop", TWO))
    asked = [ids[4].upper(), *ids[:4]]
    plan = await planned(works.app, TENANT, "shop@1", "shop@2", {}, asked)
    assert [one.instance for one in plan.instances] == [ids[4], *ids[:4]]
    refused = [one.refused for one in plan.instances]
    assert refused == [None, None, "it cannot follow to shop@2: it is completed", None, None]
    alone = await previewed(works.app, TENANT, ids[0], Wanted(variables={"n": 1}))
    assert (alone.instance, alone.key) == (ids[0], plan.instances[1].key)
    unknown = new_id()
    with pytest.raises(NotFound, match=unknown):
        await planned(works.app, TENANT, "shop@1", "shop@2", {}, [*ids, unknown])
