"""Releases over REST: where two release, nobody deploys alone, by whatever door."""

import base64
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mtd.runtime.desk.people.accounts import Accounts, By
from mtd.runtime.settings.portal import PortalSettings
from tests.faces.api.conftest import SETTINGS, Api, serving
from tests.runtime.files import File, flow, toml

FILES = [flow("shop", "userTask:review"), toml("shop", '[user."review"]\nrole = "agent"\n')]


@pytest.fixture
async def api(database: str, tmp_path: Path) -> AsyncGenerator[Api]:
    two = msgspec.structs.replace(SETTINGS, portal=PortalSettings(release_by_two=True))
    async with serving(two, database, tmp_path) as client:
        for login in ("olga", "raul"):
            await Accounts(client.app).add(
                login, login, "una clave de prueba", ("process_owner", "release_manager"), None,
                By(actor="test"),
            )  # fmt: skip
        yield client


async def test_where_two_release_nobody_deploys_alone(api: Api) -> None:
    alone = {"files": [{"name": one.name, "content": one.content.decode()} for one in FILES]}
    status, said = await api.post("/definitions", json={**alone, "actor": "olga"})
    assert status == 409 and "POST /releases" in said["detail"]
    status, sent = await api.post("/releases", json=_asked("olga", FILES))
    assert status == 201, sent
    place = f"/releases/{sent['id']}"
    _, pending = await api.get("/releases?actor=raul")
    assert [one["id"] for one in pending] == [sent["id"]]
    for login, another in (("olga", True), ("raul", False)):
        _, shown = await api.get(f"{place}?actor={login}")
        assert (shown["another"], shown["report"]["runs"]) == (another, True)
    decision = {"reason": "seen", "agreed": True}
    status, said = await api.post(f"{place}/decision", json={**decision, "actor": "olga"})
    assert status == 409 and "another person" in said["detail"]
    assert (await api.get("/definitions?name=shop"))[1] == []
    status, done = await api.post(f"{place}/decision", json={**decision, "actor": "raul"})
    assert (status, done["deployed"][0]["name"]) == (200, "shop")
    status, said = await api.post(f"{place}/decision", json={**decision, "actor": "raul"})
    assert status == 409 and "decided it already" in said["detail"]


async def test_a_release_that_is_refused_deploys_nothing(api: Api) -> None:
    _, sent = await api.post("/releases", json=_asked("olga", FILES))
    refusal = {"actor": "raul", "reason": "not now", "agreed": False}
    status, done = await api.post(f"/releases/{sent['id']}/decision", json=refusal)
    assert (status, done) == (200, {"deployed": []})
    assert (await api.get("/definitions?name=shop"))[1] == []
    assert (await api.get("/releases?actor=raul"))[1] == []


def _asked(actor: str, files: list[File]) -> dict[str, Any]:
    sent = [{"name": one.name, "content": base64.b64encode(one.content).decode()} for one in files]
    return {"actor": actor, "reason": "agreed", "files": sent}
