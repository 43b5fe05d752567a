"""The shelf: everything that is deployed, by name, version and tag, as a drawing may cite it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

import msgspec

from mtd.core.process.binding import Bindings, read_bindings
from mtd.core.process.citing import DEPLOYMENT, LATEST, TAG, Reference
from mtd.core.process.compiler import Compiled, Surroundings, cited, compile_drawing
from mtd.core.process.definition import Definition, Table
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import read
from mtd.runtime.definitions.tables import Metered, decision_tables, uncounted
from mtd.store.deployed.definitions import Listed, Source, Unknown

CALLS_DEEP_MAX = 20
"""Definitions that call each other in a row."""


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """Which process of a drawing with several a definition is."""

    process: str
    """Its id in the drawing."""
    name: str
    """The definition's."""


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a drawing, as it is kept with it."""

    bindings: str = ""
    """TOML."""
    tables: dict[str, str] = {}
    """Decision models (DMN) by file name: those cited in the version at deployment."""
    forms: dict[str, str] = {}
    """JSON Schemas of its user tasks' forms, by name."""
    versions: dict[str, int] = {}
    """The versions under which those tables are deployed."""
    calls: dict[str, int] = {}
    """The versions of called definitions at deployment."""
    pool: Pool | msgspec.UnsetType = msgspec.UNSET
    """Left out where the drawing has one process that runs."""


class Circular(Exception):
    """Definitions that call each other without end."""


class Stock(Protocol):
    """Where the deployed files are to be had."""

    async def table(self, name: str, number: int) -> str:
        """The text of a version of a decision model."""
        ...

    async def source(self, name: str, number: int) -> Source:
        """The files of a version of a definition."""
        ...


class Nothing:
    """The stock of what was never deployed anywhere."""

    async def table(self, name: str, number: int) -> str:
        """Raises definitions.Unknown."""
        raise Unknown(f"{name}@{number} was never deployed")

    async def source(self, name: str, number: int) -> Source:
        """Raises definitions.Unknown."""
        raise Unknown(f"{name}@{number} was never deployed")


class Shelf:
    """What one tenant has deployed, at one moment."""

    def __init__(
        self,
        listed: Iterable[Listed],
        stock: Stock,
        surroundings: Surroundings,
        metered: Metered = uncounted,
    ) -> None:
        self._stock = stock
        self._surroundings = surroundings
        self._metered = metered
        self._made: dict[str, Definition] = {}
        """What was compiled already: of definitions that call one another in layers, each once."""
        self._deep: dict[str, int] = {}
        """How many of them call each other in a row, itself included."""
        self._known: dict[tuple[str, str], list[Listed]] = defaultdict(list)
        for one in listed:
            self._known[one.kind, one.name].append(one)

    def number(self, reference: Reference) -> int | None:
        """The version that `reference` means now; `deployment` means the latest. None: none."""
        known = self._known.get((reference.kind, reference.name), [])
        wanted = reference.version
        if wanted in (DEPLOYMENT, LATEST):
            fit = known
        elif wanted.startswith(TAG):
            fit = [one for one in known if one.tag == wanted.removeprefix(TAG)]
        else:
            fit = [one for one in known if str(one.version) == wanted]
        return max((one.version for one in fit), default=None)

    def numbers(self, reference: Reference) -> list[int]:
        """Every version of what `reference` names."""
        return [one.version for one in self._known.get((reference.kind, reference.name), [])]

    async def table(self, name: str, number: int) -> str:
        """The text of a version of a decision model."""
        return await self._stock.table(name, number)

    async def definition(self, name: str, number: int, callers: tuple[str, ...]) -> Definition:
        """A version of a definition, compiled. Raises Circular, and LookupError: it cannot be."""
        id_ = f"{name}@{number}"
        if name in {caller.rpartition("@")[0] for caller in callers}:
            raise Circular(" calls ".join((*callers, id_)))
        if len(callers) + self._deep.get(id_, 1) > CALLS_DEEP_MAX + 1:
            raise Circular(f"more than {CALLS_DEEP_MAX} definitions call each other in a row")
        if id_ not in self._made:
            source = await self._stock.source(name, number)
            compiled = await self.compiled(source, number, (*callers, id_))
            if compiled.definition is None:
                raise LookupError(f"{id_} would not run any more: {compiled.faults[0].message}")
            self._made[id_] = msgspec.structs.replace(compiled.definition, name=name)
        return self._made[id_]

    async def compiled(
        self, source: Source, number: int, callers: tuple[str, ...] = ()
    ) -> Compiled:
        """What comes of a drawing, its bindings and all that it cites; `callers`: itself the last.

        A large one takes seconds, so all are read and compiled beside the loop. Raises
        Unreadable, binding.Refusal, DmnError, and what `definition` does.
        """
        drawing, answers, bindings = await asyncio.to_thread(opened, source)
        tables: dict[str, Table] = {}
        processes: dict[str, Definition] = {}
        former: list[Definition] = []
        deep = 0
        for reference in sorted(cited(drawing, bindings)):
            if reference.problem() is not None:
                continue  # the compiler says so
            if reference.kind == "table":
                tables.update(await self._tables(reference, answers))
                continue
            chosen = self.number(reference)
            if reference.version == DEPLOYMENT:
                chosen = answers.calls.get(reference.name)
            if chosen is None:
                continue
            processes[reference.key] = await self.definition(reference.name, chosen, callers)
            if reference.is_late:
                others = [n for n in self.numbers(reference) if n != chosen]
                former += [await self.definition(reference.name, n, callers) for n in others]
            called = (f"{reference.name}@{n}" for n in self.numbers(reference))
            deep = max(deep, *(self._deep.get(one, 0) for one in called))
        for caller in callers[-1:]:
            self._deep[caller] = deep + 1
        around = msgspec.structs.replace(
            self._surroundings,
            tables=tables,
            forms=answers.forms,
            processes=processes,
            former=tuple(former),
        )
        return await asyncio.to_thread(compile_drawing, drawing, bindings, around, number)

    async def _tables(self, reference: Reference, answers: Answers) -> dict[str, Table]:
        name = reference.name
        if reference.version == DEPLOYMENT:
            if name not in answers.tables:
                return {}
            text, deployed = answers.tables[name], answers.versions.get(name, 0)
            return await asyncio.to_thread(
                decision_tables, reference, text, deployed, self._metered
            )
        number = self.number(reference)
        if number is None:
            return {}
        text = await self.table(name, number)
        return await asyncio.to_thread(decision_tables, reference, text, number, self._metered)


def opened(source: Source) -> tuple[Drawing, Answers, Bindings]:
    """The drawing, what stands beside it, and the bindings in that, which name the process.

    Raises Unreadable and binding.Refusal.
    """
    answers = msgspec.json.decode(source.bindings, type=Answers)
    bindings = read_bindings(answers.bindings.encode()) if answers.bindings else Bindings()
    if isinstance(answers.pool, Pool):
        process, name = answers.pool.process, answers.pool.name
        bindings = msgspec.structs.replace(bindings, process=process, name=name)
    return read(source.drawing, source.format), answers, bindings
