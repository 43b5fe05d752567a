"""Inspecting: whether the files of a deployment would run, with every fault of all of them.

What takes long is done beside the loop: a worker's leases and answers do not wait for it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from mtd.core.process.compiler import Compiled, Surroundings, cited
from mtd.core.process.soundness import doubts
from mtd.runtime.definitions.flows import Fault, Flow, flows_in, forms_in, model_in
from mtd.runtime.definitions.packing import TABLES, File
from mtd.runtime.definitions.shelf import Answers, Circular, Shelf, Stock, opened
from mtd.store.deployed.definitions import Listed, Source


class Inspected(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    flows: tuple[Flow, ...]
    models: tuple[File, ...]
    faults: tuple[Fault, ...]
    compiled: dict[str, Compiled]
    """What came of each process that could be compiled, by its definition's name."""
    texts: dict[str, str]
    """The tables that the flows cite in the version at their deployment, by file name."""
    numbers: dict[tuple[str, str], int]
    """The versions of what they cite so, by kind and name, as things stood."""

    @property
    def runs(self) -> bool:
        """Whether nothing found is more than a warning."""
        return all(fault.warning for fault in self.faults)


Numbers = Mapping[tuple[str, str], int]
"""Versions by kind and name."""


class Proposed:
    """The stock as it will be: what is given comes before what is deployed."""

    def __init__(self, behind: Stock, models: Mapping[str, str]) -> None:
        self._behind = behind
        self._models = models
        self.numbers: dict[tuple[str, str], int] = {}
        """The versions for which the given ones stand until they are deployed."""
        self.sources: dict[str, Source] = {}

    async def table(self, name: str, number: int) -> str:
        """The text of a version of a decision model."""
        if self.numbers.get(("table", name)) == number:
            return self._models[name]
        return await self._behind.table(name, number)

    async def source(self, name: str, number: int) -> Source:
        """The files of a version of a definition."""
        if self.numbers.get(("process", name)) == number:
            return self.sources[name]
        return await self._behind.source(name, number)


async def inspected(
    files: Sequence[File], listed: Iterable[Listed], stock: Stock, surroundings: Surroundings
) -> Inspected:
    """All that is wrong with `files`, were they deployed together on top of what is `listed`."""
    before = list(listed)
    faults: list[Fault] = []
    models = {file.name: file for file in files if file.ending == TABLES}
    texts: dict[str, str] = {}
    for name, file in models.items():
        if text := await asyncio.to_thread(model_in, file, faults):
            texts[name] = text
    flows = await asyncio.to_thread(flows_in, files, forms_in(files, faults), faults)
    proposed = Proposed(stock, texts)
    given = [("table", name) for name in texts] + [("process", flow.name) for flow in flows]
    new = [_following(kind, name, before) for kind, name in given]
    proposed.numbers = {(one.kind, one.name): one.version for one in new}
    shelf = Shelf([*before, *new], proposed, surroundings)
    cites = {reference for flow in flows for reference in flow.cites()}
    numbers = {(r.kind, r.name): n for r in cites if (n := shelf.number(r)) is not None}
    tables = {
        name: await proposed.table(name, number)
        for (kind, name), number in numbers.items()
        if kind == "table"
    }
    for flow in flows:
        proposed.sources[flow.name] = source_of(flow, tables, numbers)
    compiled: dict[str, Compiled] = {}
    for flow in flows:
        if (found := await _compiled(flow, shelf, proposed, faults)) is not None:
            compiled[flow.name] = found
    faults += _of_files(flows, compiled)
    faults = list(dict.fromkeys(faults))  # what two processes of one drawing call, is said once
    if all(fault.warning for fault in faults):
        await _look_at_citing(before, proposed, shelf, faults)
    return Inspected(
        flows=tuple(flows), models=tuple(models.values()), faults=tuple(faults),
        compiled=compiled, texts=tables, numbers=numbers,
    )  # fmt: skip


def source_of(flow: Flow, texts: Mapping[str, str], numbers: Numbers) -> Source:
    """The files of `flow`, with what it cites in the versions `numbers`."""
    tables = [one.name for one in flow.cites() if one.kind == "table" and one.name in texts]
    calls = sorted(flow.calls())
    answers = Answers(
        bindings=flow.toml,
        forms=flow.forms,
        tables={name: texts[name] for name in tables},
        versions={name: numbers["table", name] for name in tables if ("table", name) in numbers},
        calls={name: numbers["process", name] for name in calls if ("process", name) in numbers},
        pool=flow.pool(),
    )
    encoded = msgspec.json.encode(answers)
    return Source(format=flow.file.name, drawing=flow.file.content, bindings=encoded)


def _following(kind: str, name: str, before: Iterable[Listed]) -> Listed:
    """The version after those that are deployed."""
    last = max((one.version for one in before if (one.kind, one.name) == (kind, name)), default=0)
    return Listed(kind=kind, name=name, version=last + 1)


async def _compiled(
    flow: Flow, shelf: Shelf, proposed: Proposed, faults: list[Fault]
) -> Compiled | None:
    number = proposed.numbers["process", flow.name]
    file = flow.file.name
    source = proposed.sources[flow.name]
    try:
        compiled = await shelf.compiled(source, number, (f"{flow.name}@{number}",))
    except (Circular, LookupError) as error:
        faults.append(Fault(file=file, message=str(error)))
        return None
    definition = compiled.definition
    doubtful = await asyncio.to_thread(doubts, definition) if definition is not None else ()
    found = [*compiled.faults, *doubtful]
    faults += [Fault(file=file, **msgspec.structs.asdict(one)) for one in found]
    return compiled


def _of_files(flows: Sequence[Flow], compiled: Mapping[str, Compiled]) -> Iterator[Fault]:
    """What concerns all processes of a file together."""
    for file in dict.fromkeys(flow.file.name for flow in flows):
        names = [flow.name for flow in flows if flow.file.name == file]
        made = [compiled[name] for name in names if name in compiled]
        unused = made[0].unused if made else ()
        for message in (one for one in unused if all(one in other.unused for other in made)):
            yield Fault(file=file, message=message, warning=True)
        if len(names) > 1 and any(one.definition is None for one in made):
            listed = ", ".join(repr(name) for name in names)
            message = (
                f"each of its processes is deployed: {listed}; where not all of them are to run, "
                'name those that are in the bindings: process = ["…"]'
            )
            yield Fault(file=file, message=message, warning=True)


async def _look_at_citing(
    before: Iterable[Listed], proposed: Proposed, shelf: Shelf, faults: list[Fault]
) -> None:
    """Whoever cites what is given as the latest, or by its tag, must still run with it."""
    latest = {one.name: one.version for one in before if one.kind == "process"}
    for name, number in latest.items():
        if ("process", name) in proposed.numbers:
            continue
        source = await proposed.source(name, number)
        drawing, _, bindings = opened(source)
        late = {r.name for r in cited(drawing, bindings) if r.is_late}
        touched = sorted(n for _, n in proposed.numbers if n in late)
        if not touched:
            continue
        try:
            compiled = await shelf.compiled(source, number, (f"{name}@{number}",))
            problems = [fault.message for fault in compiled.faults if not fault.warning]
        except (Circular, LookupError) as error:
            problems = [str(error)]
        faults += [
            Fault(file=touched[0], message=f"{name}@{number} would not run with it: {problem}")
            for problem in problems
        ]
