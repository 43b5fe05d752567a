"""The system: how its parts are, and what it was told to be, for people who look after it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.store.operations import census
from mtd.store.operations.census import Backlog, Health, Server, Working
from mtd.store.people import audit

SEE = "system.see"
MASK = "•••"
_SECRET = re.compile(r"password|secret|token|api_?key|private|credential", re.IGNORECASE)
"""Names of values that are not shown, unless they only say where the secret is."""
_ELSEWHERE = ("env:", "file:", "program:")
_USER_INFO = re.compile(r"(//)[^/@\s]+@")


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How the parts are."""

    health: Health
    backlog: Backlog
    server: Server
    workers: tuple[Working, ...]
    unsealed: int
    """Entries of the audit that are in no chain yet."""


async def state(desk: Desk, person: Person) -> State:
    """How the parts are. Raises Forbidden."""
    person.must_everywhere(SEE)
    async with desk.app.store.window(desk.tenant) as connection:
        return State(
            health=await census.health(connection),
            backlog=await census.backlog(connection, desk.tenant),
            server=await census.server(connection),
            workers=tuple(await census.workers(connection)),
            unsealed=await audit.unsealed_count(connection, desk.tenant),
        )


def settings(desk: Desk, person: Person) -> list[tuple[str, str]]:
    """What the settings say, a name and its value each, secrets masked. Raises Forbidden."""
    person.must_everywhere(SEE)
    return list(flat(msgspec.to_builtins(desk.app.settings)))


def flat(content: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested tables as `a.b.c` with their values; those masked that nobody is to read."""
    if isinstance(content, Mapping) and content:
        for key, value in cast("Mapping[str, Any]", content).items():
            yield from flat(value, f"{name}.{key}" if name else str(key))
        return
    text = content if isinstance(content, str) else _json(cast("object", content))
    hidden = _SECRET.search(name.rpartition(".")[2]) and text and not text.startswith(_ELSEWHERE)
    yield name, MASK if hidden else _USER_INFO.sub(rf"\1{MASK}@", text)


def _json(content: object) -> str:
    return "" if content is None else msgspec.json.encode(content).decode()
