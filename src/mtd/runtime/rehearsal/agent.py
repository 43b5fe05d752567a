"""The scripted agent: answers user tasks over REST as a person would who always knows."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

from mtd.runtime.clock import elapsed_s

LOOK_S = 0.5
PERSON = "scripted agent"

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "review_order": {"decision": "Aprobada"},
    "resolve_payment": {"decision": "Reintentar"},
    "offer_alternative": {"action": "partial"},
    "load_folios": {},
    "correct_tax_data": {},
    "review_issuer": {},
    "resolve_exception": {"decision": "Reintentar"},
    "coordinate_delivery": {"decision": "Despachar de nuevo"},
    "correct_mail": {"email": "corrected@mail.example"},
    "correct_recipient": {},
    "resolve_reversal": {},
    "inspect_return": {"decision": "Acoger todo"},
}
"""What it fills in, by form."""


class Agent:
    """Looks for tasks, claims and completes them, until told to stop."""

    def __init__(self, session: aiohttp.ClientSession, answers: Mapping[str, Any]) -> None:
        self._session = session
        self._answers = answers
        self.completed = 0

    async def work(self, stopping: asyncio.Event) -> None:
        """Every open task, again and again."""
        while not stopping.is_set():
            began_s = elapsed_s()
            try:
                for task in await self._open_tasks():
                    await self._do(task)
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(max(0.0, LOOK_S - (elapsed_s() - began_s)))

    async def _open_tasks(self) -> list[dict[str, Any]]:
        async with self._session.get("/tasks") as answer:
            return await answer.json() if answer.status == 200 else []

    async def _do(self, task: Mapping[str, Any]) -> None:
        place = f"/tasks/{task['instance']}/{task['wait']}"
        async with self._session.post(f"{place}/claim", json={"person": PERSON}) as claimed:
            if claimed.status != 200:
                return
        outputs = self._answers.get(task["form"] or "", {})
        body = {"person": PERSON, "outputs": outputs}
        async with self._session.post(f"{place}/complete", json=body) as done:
            self.completed += done.status in (200, 202)
