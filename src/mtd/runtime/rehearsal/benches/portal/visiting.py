"""Visiting: every page of the portal is asked for again and again, and says how long it took."""

import asyncio
from collections.abc import Mapping, Sequence

import aiohttp

from mtd.runtime.clock import elapsed_s
from mtd.runtime.rehearsal.figures import Figure, percentile

ROUNDS = 40
WARM = 3
"""Rounds before those that are measured."""
PAGE_MS = 50.0
FIRST_BYTE_MS = 200.0
READY_S = 60.0
LOOK_S = 0.5
REST_S = 0.02
"""Between two requests: somebody reads, too."""


WEEKS = "due_from=2026-10-20&due_to=2026-11-16"
YEARS = "due_from=2024-12-15&due_to=2026-11-20"


class Visitor:
    """Somebody at the portal."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    @classmethod
    async def signed_in(cls, url: str, login: str, password: str) -> "Visitor":
        """Signed in, once the portal answers. Raises RuntimeError when that is refused."""
        jar = aiohttp.CookieJar(unsafe=True)
        session = aiohttp.ClientSession(url, cookie_jar=jar, trust_env=False)
        form = {"login": login, "password": password}
        until_s = elapsed_s() + READY_S
        while True:
            try:
                async with session.post("/sign-in", data=form, allow_redirects=False) as answer:
                    if answer.status not in (302, 303):
                        raise RuntimeError(f"signing in was answered by {answer.status}")
                return cls(session)
            except aiohttp.ClientError:
                if elapsed_s() > until_s:
                    raise
                await asyncio.sleep(LOOK_S)

    async def close(self) -> None:
        """Go away, without signing out."""
        await self.session.close()

    async def server_ms(self, path: str) -> float:
        """How long the server worked on a page, as its header says; of an answer without one, how
        long that took to come. Raises RuntimeError.
        """
        began_s = elapsed_s()
        async with self.session.get(path, allow_redirects=False) as answer:
            await answer.read()
            if answer.status not in (200, 303):
                raise RuntimeError(f"{path} was answered by {answer.status}")
            timing = answer.headers.get("Server-Timing", "")
            waited_ms = (elapsed_s() - began_s) * 1000
            return float(timing.rpartition("dur=")[2]) if timing else waited_ms

    async def first_byte_ms(self, path: str) -> float:
        """How long it takes until something of a file comes."""
        began_s = elapsed_s()
        async with self.session.get(path) as answer:
            await answer.content.readany()
            took_s = elapsed_s() - began_s
            answer.close()
        return took_s * 1000


def pages(orders: Mapping[str, str], number: str, after: str, definition: str) -> dict[str, str]:
    """Every page by a name.

    `orders`: a short and a long one; `number`: of one of them; `after`: the id of an old one;
    `definition`: what they follow, `name@version`.
    """
    drawing = f"/processes/{definition.replace('@', '/')}"
    return {
        "overview": "/",
        "orders": "/orders",
        "orders, two years back": f"/orders?below={after}",
        "orders in process": "/orders?view=live",
        "orders, promise overdue": "/orders?view=late",
        "orders with an exception": "/orders?view=troubled",
        "orders of a rare state": "/orders?state=DELIVERY_FAILED",
        "orders of a store and state": "/orders?store=umbrale&state=DISPATCHED",
        "orders of a day": "/orders?from=2025-11-03&to=2025-11-03&channel=phone",
        "orders cancelled": "/orders?state=CANCELLED",
        "orders, promise kept, four weeks": f"/orders?promise=kept&{WEEKS}",
        "orders, promise missed, two years": f"/orders?promise=missed&store=umbrale&{YEARS}",
        "an order of a short journal": f"/orders/{orders['short']}",
        "an order of 20,000 rows": f"/orders/{orders['long']}",
        "correction of an order": f"/orders/{orders['short']}/correct",
        "an order's path": f"/orders/{orders['short']}/path",
        "search by number": f"/search?q={number}",
        "search for nothing": "/search?q=nobody-has-this",
        "palette": f"/palette?q={number}",
        "exceptions": "/exceptions",
        "waiting queue": "/files",
        "tasks": "/tasks",
        "bulk actions": "/bulk",
        "pauses": "/pauses",
        "alerts": "/alerts",
        "compliance today": "/statistics/dispatch",
        "compliance, four weeks": "/statistics/dispatch?period=month&compare=yes",
        "compliance by day, four weeks": "/statistics/dispatch?period=month&by=day",
        "comparison": "/statistics/comparison",
        "steps today": "/statistics/steps",
        "steps, four weeks": "/statistics/steps?period=month",
        "sales, four weeks": "/statistics/sales?period=month&compare=yes",
        "sales, two years": "/statistics/sales?from=2024-12-15&to=2026-11-20",
        "the daily report": "/statistics/daily",
        "processes": "/processes",
        "a drawing with who stands where": drawing,
        "a drawing's heat, four weeks": f"{drawing}?mode=frequency&period=30d",
        "audit": "/audit",
        "people": "/admin/people",
        "system": "/admin",
    }


async def visited(visitor: Visitor, places: Mapping[str, str]) -> list[Figure]:
    """What each page takes, at the median and at 95 of a hundred; in turn, so that all suffer."""
    took: dict[str, list[float]] = {name: [] for name in places}
    for round_ in range(WARM + ROUNDS):
        for name, path in places.items():
            spent_ms = await visitor.server_ms(path)
            if round_ >= WARM:
                took[name].append(spent_ms)
            await asyncio.sleep(REST_S)
    first = [await visitor.first_byte_ms("/orders.csv?view=live") for _ in range(ROUNDS // 4)]
    return [
        *(figure for name, spent in took.items() for figure in _figures(name, spent)),
        Figure(
            name="first byte of a spreadsheet, p95",
            value=percentile(first, 0.95),
            unit="ms",
            at_most=FIRST_BYTE_MS,
        ),
    ]


def _figures(name: str, spent: Sequence[float]) -> list[Figure]:
    return [
        Figure(name=f"{name}, p50", value=percentile(spent, 0.5), unit="ms"),
        Figure(name=f"{name}, p95", value=percentile(spent, 0.95), unit="ms", at_most=PAGE_MS),
    ]
