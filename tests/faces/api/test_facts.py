"""Facts over REST."""

from tests.faces.api.conftest import Api


async def test_facts_are_said_and_seen(api: Api) -> None:
    facts = [{"name": "degrees", "value": 31}, {"name": "open", "value": True}]
    body = {"facts": facts, "actor": "sensor 7"}
    async with api.session.put("/facts", json=body) as answer:
        assert (answer.status, await answer.json()) == (200, {"begun": []})
    status, found = await api.get("/facts")
    assert status == 200
    assert [(one["name"], one["value"], one["changed_by"]) for one in found] == [
        ("degrees", 31, "sensor 7"),
        ("open", True, "sensor 7"),
    ]
    for wrong in ([], [{"name": "", "value": 1}], [{"name": "degrees"}]):
        async with api.session.put("/facts", json={"facts": wrong}) as answer:
            assert answer.status == 400
