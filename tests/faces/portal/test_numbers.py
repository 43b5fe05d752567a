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
CODE = "NUMBERS"


async def test_each_number_of_tasks_leads_to_as_many(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_tasks(stand) as instance:
        page = await text(sofia, f"/tasks?role={ROLE}")
        numbers = counts(page)
        assert [n for _, n in numbers] == [MANY, 46, 60, 0, 157, 13]
        for href, n in [*numbers, *counts(await text(sofia, f"/tasks?role={ROLE}&mine=yes"))]:
            assert len(await walked(sofia, href)) == n, href
        onward = await walked(sofia, f"/tasks?role={ROLE}")
        last = onward[-1]
        back, href = [last], f"/tasks?role={ROLE}&before={instance}:{last}"
        for _ in range(PAGES_MAX):
            page = await text(sofia, href)
            back = [*_rows(page), *back]
            before = re.search(r'rel="prev" href="([^"]*)"', page)
            if before is None:
                break
            href = unescape(before[1])
        assert back == onward, "the list is walked back as it was walked on"
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "to": "pedro", "task": f"{instance}:{last}"}
        async with sofia.post("/tasks/assign", data=form) as answer:
            assert "1 tareas pasaron a pedro" in await answer.text(), "the last of many is given"
        for wrong in ("standing=late", "after=x:1", f"after={instance}:x", "before=x:1"):
            async with sofia.get(f"/tasks?{wrong}") as answer:
                assert answer.status == 400, wrong


async def test_each_number_of_exceptions_leads_to_as_many(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_stuck(stand):
        cause = f"code={CODE}&element=reserve"
        for more, n in (("", MANY), ("&store=umbrale", 77), ("&store-not=umbrale", 153)):
            page = await text(sofia, f"/exceptions?{cause}{more}")
            assert _shown_of_cause(page) == n
            assert len(await walked(sofia, f"/exceptions?{cause}{more}")) == n
            assert len(await walked(sofia, f"/orders?{cause}{more}")) == n
            page = await text(sofia, f"/orders?{cause}{more}")
            assert page.partition(" órdenes</span>")[0].endswith(f">{n}"), "the list's own count"
        menu = await text(sofia, f"/exceptions/value?{cause}&name=store&value=paris")
        choices = re.findall(r'href="(/exceptions[^"]*)".*?class="soft">(\d+) órdenes', menu)
        assert [int(n) for _, n in choices] == [77, 153]
        for href, n in choices:
            assert len(await walked(sofia, unescape(href))) == int(n)
        menu = await text(sofia, "/exceptions/value?name=store&value=umbrale")
        counted = [int(n) for n in re.findall(r'class="soft">(\d+) órdenes', menu)]
        listed = [
            len(await walked(sofia, f"/orders?view=troubled&{one}"))
            for one in ("store=umbrale", "store-not=umbrale")
        ]
        assert counted == listed, "of all causes, and of nothing but exceptions"
        gone = await text(sofia, f"/exceptions?{cause}&store=umbrale&store-not=umbrale")
        assert "Ninguna orden" in gone and "quitar" in gone.lower()


async def test_a_long_list_of_a_cause_is_walked_back_as_it_was_walked_on(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_stuck(stand):
        onward = await walked(sofia, f"/orders?code={CODE}")
        href, back = f"/orders?code={CODE}&above={onward[-1]}", [onward[-1]]
        for _ in range(PAGES_MAX):
            page = await text(sofia, href)
            back = [*_rows(page), *back]
            before = re.search(r'rel="prev" href="([^"]*)"', page)
            if before is None:
                break
            href = unescape(before[1])
        assert back == onward


async def test_all_of_a_narrowed_cause_are_retried_and_no_others(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_stuck(stand):
        page = await text(sofia, f"/exceptions?code={CODE}&element=reserve&store=umbrale")
        form = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page))
        form |= {"whole": "yes", "reason": "se contaron"}
        async with sofia.post("/exceptions/retry", data=form) as answer:
            said = re.search(r"Se aplica a ([\d.]+) y se omiten ([\d.]+)", await answer.text())
        assert said is not None and int(said[1]) + int(said[2]) == 77


async def test_each_number_of_the_waiting_queue_leads_to_as_many(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_files(stand):
        left_out = "cause-not=XML_INVALID&cause-not=DELIVERY_FAILED&cause-not=MAPPING_MISSING"
        for narrowed, n in ((f"cause={CODE}", 154), (left_out, MANY)):
            page = await text(sofia, f"/files?{narrowed}")
            ages = re.findall(r"<strong>([\d.]+)</strong></span>", page.partition("</section>")[0])
            assert [int(one) for one in ages] == [0, n, 0, 0, 0], "so many for less than an hour"
            assert f"Empujar los {n}" in page
            assert len(await walked(sofia, f"/files?{narrowed}")) == n
        numbers = counts(await text(sofia, f"/files?{left_out}"))
        assert sorted(n for _, n in numbers) == [76, 154]
        menu = await text(sofia, f"/files/value?{left_out}&name=store&value=umbrale")
        choices = re.findall(r'href="(/files[^"]*)".*?class="soft">(\d+) archivos', menu)
        assert [int(n) for _, n in choices] == [77, 153]
        for href, n in [*numbers, *choices]:
            assert len(await walked(sofia, unescape(href))) == int(n), href
        gone = await text(sofia, f"/files?cause={CODE}&cause-not={CODE}")
        assert "Ningún archivo en espera es así" in gone
        for wrong in ("/files?after=x", "/files/value?name=path&value=x"):
            async with sofia.get(wrong) as answer:
                assert answer.status == 400, wrong


async def test_all_of_a_narrowed_waiting_queue_are_pushed_and_no_others(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_files(stand) as admin:
        page = await text(sofia, f"/files?cause={CODE}&store-not=paris")
        form = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page))
        form |= {"whole": "yes", "reason": "se contaron", "rate": "0,1"}
        async with sofia.post("/files/push", data=form, allow_redirects=False) as answer:
            bulk = answer.headers["Location"].rpartition("/")[2]
        of = "SELECT count(*), count(*) FILTER (WHERE f.cause = $2 AND f.path !~ '^CL/paris/')"
        row = await admin.fetchrow(
            f"{of} FROM bulk_item i LEFT JOIN intake_file f ON f.id = i.target::uuid"
            " WHERE i.bulk_id::text = $1", bulk, CODE,
        )  # fmt: skip
        assert list(row) == [77, 77]


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
        rows += _rows(page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        if following is None:
            assert len(set(rows)) == len(rows), "none comes twice"
            return rows
        href = unescape(following[1])
    raise AssertionError(f"{href}: more than {PAGES_MAX} pages")


def _rows(page: str) -> list[str]:
    """What the rows of a page lead to: the last part of each address."""
    rows = page.split("<tr data-row")[1:]
    return [re.findall(r'<a [^>]*?href="([^"?]*)', row)[0].rpartition("/")[2] for row in rows]


def _shown_of_cause(page: str) -> int:
    """The number beside the cause that is looked at."""
    here = page.partition('class="list"')[2].partition('aria-current="true"')[2]
    found = re.search(r'class="num">([\d.]+)</strong>', here)
    assert found is not None
    return int(found[1].replace(".", ""))


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


@asynccontextmanager
async def _many_stuck(stand: Stand) -> AsyncGenerator[None]:
    """Many orders of three stores with open incidents of one cause, every tenth with two."""
    first = stand.run(stand.shop.order(stand.known["well-0"].key))["id"]
    ids = "('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid"
    async with administering(stand) as admin:
        try:
            await admin.execute(
                "INSERT INTO purchase_order SELECT tenant_id, received_at, placed_at, promised_at,"
                f" {ids}, country, (ARRAY['paris', 'umbrale', 'carters'])[1 + n % 3], channel,"
                " 'N-' || n, branch, currency, buyer_document, amount, 'EXCEPTION', since, resume,"
                " reached FROM purchase_order, generate_series(0, $2::integer - 1) n WHERE id = $1",
                first, MANY,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO incident (tenant_id, instance_id, id, at, element, code, message)"
                f" SELECT 1, {ids}, twice, now(), 'reserve', $1, 'x'"
                " FROM generate_series(0, $2::integer - 1) n, generate_series(1, 2) twice"
                " WHERE twice = 1 OR n % 10 = 0",
                CODE, MANY,
            )  # fmt: skip
            yield
        finally:
            await admin.execute("DELETE FROM incident WHERE code = $1", CODE)
            await admin.execute("DELETE FROM purchase_order WHERE external_id ~ '^N-[0-9]+$'")


@asynccontextmanager
async def _many_files(stand: Stand) -> AsyncGenerator[Any]:
    """Many files of three stores that wait, two thirds of them for one cause."""
    async with administering(stand) as admin:
        try:
            await admin.execute(
                "INSERT INTO intake_file (tenant_id, id, source, path, hash, size_bytes, archive,"
                " state, cause, arrived_at) SELECT 1, gen_random_uuid(), 'numbers',"
                " 'CL/' || (ARRAY['paris', 'umbrale', 'carters'])[1 + n % 3] || '/x/' || n,"
                " decode(lpad(n::text, 64, '0'), 'hex'), 1, '', 'WAITING',"
                " $1 || CASE WHEN n % 3 = 2 THEN '_2' ELSE '' END, now() - interval '30 minutes'"
                " FROM generate_series(0, $2::integer - 1) n",
                CODE, MANY,
            )  # fmt: skip
            yield admin
        finally:
            await admin.execute("DELETE FROM intake_file WHERE source = 'numbers'")
