"""Instances over REST, and by the real command: another pool's, which carries no order."""

import asyncio
from pathlib import Path

from tests.faces.api.conftest import Api
from tests.faces.cli.running import mtd
from tests.runtime.definitions.pools import trade


async def test_what_a_message_began_is_followed_by_the_messages_id(
    api: Api, database: str, tmp_path: Path
) -> None:
    files = [{"name": one.name, "content": one.content.decode()} for one in trade()]
    status, done = await api.post("/definitions", json={"files": files})
    assert (status, [one["name"] for one in done["processes"]]) == (
        201,
        ["Comprador", "Vendedor", "Control"],
    )
    _, shown = await api.get("/definitions/Control/latest")
    assert shown["process"] == "c1"
    body = {"name": "Pedido", "key": "K-1", "message_id": "m-1"}
    status, receipt = await api.post("/messages", json=body)
    assert status == 202
    id_ = receipt["id"]
    await api.some("/tasks")
    status, found = await api.get(f"/instances/{id_}")
    assert (status, found) == (
        200,
        {"definition": "Vendedor@1", "key": "K-1", "state": "RUNNING"},
    )
    status, chapters = await api.get(f"/instances/{id_}/trace")
    assert (status, chapters[0]["kind"], chapters[0]["label"]) == (200, "start", "Pedido")
    words = ("order", "show", id_)
    shown = await asyncio.to_thread(mtd, *words, home=tmp_path, MTD_DATABASE_URL=database)
    assert shown.returncode == 0, shown.stderr
    assert "K-1  RUNNING  Vendedor@1" in shown.stdout and "asks a person" in shown.stdout
    for nobody in ("01a20a93-50ea-76af-a390-4658f4e7de7c",):
        assert (await api.get(f"/instances/{nobody}"))[0] == 404
        assert (await api.get(f"/instances/{nobody}/trace"))[0] == 404
