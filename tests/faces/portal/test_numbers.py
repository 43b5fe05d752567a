"""Numbers that lead somewhere: the list behind each is as long as the number says."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import aiohttp
import asyncpg

from tests.faces.portal.browsing_session import text
from tests.faces.portal.stand import Stand

PAGES_MAX = 20
MANY = 230
"""More than a page, and than what any list reads at once."""
ROLE = "numbers"


async def test_each_number_of_tasks_leads_to_as_many(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_tasks(stand) as instance:
        page = await text(sofia, f"/tasks?role={ROLE}")
        numbers = counts(page)
        assert [n for _, n in numbers] == [MANY, 46, 60, 0, 157, 13]
        for href, n in [*numbers, *counts(await text(sofia, f"/tasks?role={ROLE}&mine=yes"))]:
            assert len(await walked(sofia, href)) == n, href
        last = (await walked(sofia, f"/tasks?role={ROLE}"))[-1]
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "to": "pedro", "task": f"{instance}:{last}"}
        async with sofia.post("/tasks/assign", data=form) as answer:
            assert "1 tareas pasaron a pedro" in await answer.text(), "the last of many is given"
        for wrong in ("standing=late", "after=x:1", f"after={instance}:x"):
            async with sofia.get(f"/tasks?{wrong}") as answer:
                assert answer.status == 400, wrong


def counts(page: str) -> list[tuple[str, int]]:
    """The tabs of a page that have a number: where each leads, and the number."""
    tabs = page.partition('class="tabs"')[2].partition("</nav>")[0]
    found = re.findall(r'<a[^>]*href="([^"]*)"[^>]*>.*?class="count">([\d.]+)</span></a>', tabs)
    return [(unescape(href), int(n.replace(".", ""))) for href, n in found]


async def walked(session: aiohttp.ClientSession, href: str) -> list[str]:
    """What the rows of a list lead to, page after page: the last part of each address."""
    rows: list[str] = []
    for _ in range(PAGES_MAX):
        page = await text(session, href)
        for row in page.split("<tr data-row")[1:]:
            place = re.search(r'href="([^"?]*)', row)
            assert place is not None
            rows.append(place[1].rpartition("/")[2])
        following = re.search(r'rel="next" href="([^"]*)"', page)
        if following is None:
            assert len(set(rows)) == len(rows), "none comes twice"
            return rows
        href = unescape(following[1])
    raise AssertionError(f"{href}: more than {PAGES_MAX} pages")


@asynccontextmanager
async def administering(stand: Stand) -> AsyncGenerator[Any]:
    """The stand's database, whoever's rows they are."""
    admin = stand.shop.app.store.dsn.replace("//mtd@", "//postgres@", 1)
    connection = await asyncpg.connect(admin)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _many_tasks(stand: Stand) -> AsyncGenerator[str]:
    """Many open tasks of one instance, in a role of their own: some late, some never due."""
    id_ = stand.run(stand.shop.order(stand.known["well-0"].key))["id"]
    async with administering(stand) as admin:
        await admin.execute(
            "INSERT INTO user_task (tenant_id, instance_id, wait, opened_at, due_at, role, element,"
            " name, fields, assignee) SELECT 1, $1, 1000 + n, now(), CASE WHEN n <= 60"
            " THEN now() - n * interval '1 day' WHEN n <= 217 THEN now() + n * interval '1 day'"
            " END, $2, 'Task_1', 'Contar', '{}', CASE WHEN n % 5 = 0 THEN 'sofia' END"
            " FROM generate_series(1, $3::integer) n",
            id_, ROLE, MANY,
        )  # fmt: skip
        try:
            yield id_
        finally:
            await admin.execute("DELETE FROM user_task WHERE role = $1", ROLE)
