"""The API does what its description says, whatever it is sent (Schemathesis)."""

import asyncio
import re
import sys
from pathlib import Path

import asyncpg
import msgspec
import pytest

from mtd.core.orders.json import write_json
from tests.conftest import Server
from tests.core.orders.examples import plain_order
from tests.faces.api.conftest import Api

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)
TESTED_MIN = 100
"""Operations: a description that lost a router would pass."""
EXAMPLES = 10
"""Requests made up for each operation, beside those that cover every bound of its schema."""


async def test_whatever_is_sent_the_answer_is_one_that_is_described(
    api: Api, tmp_path: Path
) -> None:
    json = {"Content-Type": "application/json"}
    await api.post("/orders", data=write_json(plain_order()), headers=json)
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json",
        "--header", f"Authorization: Bearer {api.key}", "--checks", CHECKS,
        "--phases", "coverage,fuzzing", "--max-examples", str(EXAMPLES), "--seed", "1",
        "--continue-on-failure", "--no-color",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asked.communicate()
    assert asked.returncode == 0, said.decode()[-6000:]
    tested = re.search(rb"Tested: (\d+)", said)
    assert tested and int(tested[1]) >= TESTED_MIN, "not every operation was tried"


async def test_every_operation_has_a_name_of_its_own_and_says_how_it_refuses(api: Api) -> None:
    _, document = await api.get("/openapi.json")
    operations = [one for path in document["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names) and "orders_trace_by_key" in names
    for one in operations:
        assert {"400", "401", "422", "503"} <= set(one["responses"]), one["operationId"]
    body = document["paths"]["/orders"]["post"]["requestBody"]["content"]
    assert body["application/json"]["schema"] == {"$ref": "#/components/schemas/PurchaseOrder"}
    totals = document["components"]["schemas"]["Totals"]["properties"]
    assert totals["grand_total"]["type"] == "number"
    assert document["components"]["securitySchemes"] and document["security"]


@pytest.mark.parametrize("path", ["/tasks?role=a%00b", "/orders/a%00b", "/orders?store=%00"])
async def test_what_no_database_holds_is_the_senders_fault(api: Api, path: str) -> None:
    status, problem = await api.get(path)
    assert status in (404, 422) and problem["title"]


async def test_without_a_database_the_client_is_asked_to_come_back(
    api: Api, server: Server, database: str
) -> None:
    name = database.partition("?")[0].rpartition("/")[2]
    gone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    admin = await asyncpg.connect(server.admin(server.embedded.dsn))
    try:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false; {gone}")
        for path in ("/health", "/orders", "/tasks"):
            async with api.session.get(path) as answer:
                assert answer.status == 503 and answer.headers["Retry-After"]
                assert msgspec.json.decode(await answer.read())["title"]
    finally:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await admin.close()
