"""Inspecting: whether the files of a deployment would run, with every fault of all of them."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from mtd.core.decision import DmnError, compile_model, read_dmn
from mtd.core.process.binding import Bindings, Refusal, read_bindings
from mtd.core.process.citing import DEPLOYMENT, Reference, cited
from mtd.core.process.compiler import Compiled, Surroundings, chosen, named
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import Unreadable, read
from mtd.core.process.soundness import doubts
from mtd.runtime.definitions.forms import BadForm, check_schema
from mtd.runtime.definitions.packing import BINDINGS, DRAWINGS, FORMS, TABLES, File, forms_named
from mtd.runtime.definitions.shelf import Answers, Circular, Shelf, Stock, opened
from mtd.store.definitions import Listed, Source


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a file would not run, or would run dangerously."""

    file: str
    line: int = 0
    element: str = ""
    name: str = ""
    message: str
    warning: bool = False


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing that is to be deployed, with what stands beside it."""

    file: File
    name: str
    """The definition's."""
    tag: str
    """As drawn; empty: none."""
    drawing: Drawing
    bindings: Bindings
    toml: str
    forms: dict[str, str] = {}
    """The schemas of the forms that its bindings name, by name."""

    def cites(self) -> list[Reference]:
        """What it uses in the version at its deployment."""
        found = cited(self.drawing, self.bindings)
        return sorted(one for one in found if one.version == DEPLOYMENT)

    def calls(self) -> set[str]:
        """The definitions that it calls in the version at its deployment."""
        return {one.name for one in self.cites() if one.kind == "process"}


class Inspected(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    flows: tuple[Flow, ...]
    models: tuple[File, ...]
    faults: tuple[Fault, ...]
    compiled: dict[str, Compiled]
    """What came of each drawing that could be compiled, by its file's name."""
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
    texts = {name: text for name, file in models.items() if (text := _model(file, faults))}
    flows = _flows(files, _forms(files, faults), faults)
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
            compiled[flow.file.name] = found
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
    )
    encoded = msgspec.json.encode(answers)
    return Source(format=flow.file.name, drawing=flow.file.content, bindings=encoded)


def _following(kind: str, name: str, before: Iterable[Listed]) -> Listed:
    """The version after those that are deployed."""
    last = max((one.version for one in before if (one.kind, one.name) == (kind, name)), default=0)
    return Listed(kind=kind, name=name, version=last + 1)


def _model(file: File, faults: list[Fault]) -> str | None:
    """The text of a decision model; what is wrong with it goes to `faults`."""
    try:
        model = read_dmn(file.content)
        text = file.content.decode()
    except UnicodeDecodeError as error:
        faults.append(Fault(file=file.name, message=f"it is not UTF-8: {error.reason}"))
        return None
    except DmnError as error:
        faults.append(Fault(file=file.name, line=error.line or 0, message=error.message))
        return None
    for one in compile_model(model).faults:
        where = f"{one.place}: {one.message}" if one.place else one.message
        line = one.line or 0
        faults.append(Fault(file=file.name, line=line, name=one.element, message=where))
    return text


def _forms(files: Sequence[File], faults: list[Fault]) -> dict[str, str]:
    """The schemas of forms, by name; what is wrong with one goes to `faults`."""
    forms: dict[str, str] = {}
    for file in files:
        if file.ending == FORMS:
            try:
                text = file.content.decode()
                check_schema(text)
            except (UnicodeDecodeError, BadForm) as error:
                faults.append(Fault(file=file.name, message=f"it is no JSON Schema: {error}"))
            else:
                forms[file.stem] = text
    return forms


def _flows(files: Sequence[File], forms: Mapping[str, str], faults: list[Fault]) -> list[Flow]:
    """The drawings that can be read, each with its bindings."""
    bindings = {file.stem: file for file in files if file.ending == BINDINGS}
    flows: dict[str, Flow] = {}
    for file in files:
        if file.ending in DRAWINGS:
            toml = bindings.pop(file.stem, None)
            flow = _flow(file, toml, forms, faults)
            if flow is not None and flow.name in flows:
                other = flows[flow.name].file.name
                message = f"it is called {flow.name!r}, and so is {other}"
                faults.append(Fault(file=file.name, message=message))
            elif flow is not None:
                flows[flow.name] = flow
        elif file.ending not in {BINDINGS, TABLES, FORMS}:
            kinds = ", ".join(sorted(DRAWINGS | {BINDINGS, TABLES, FORMS}))
            faults.append(Fault(file=file.name, message=f"it is none of {kinds}"))
    for file in bindings.values():
        message = f"there is no drawing {file.stem} for these bindings"
        faults.append(Fault(file=file.name, message=message))
    return list(flows.values())


def _flow(
    file: File, toml: File | None, forms: Mapping[str, str], faults: list[Fault]
) -> Flow | None:
    try:
        bound = read_bindings(toml.content) if toml is not None else Bindings()
    except Refusal as error:
        faults.append(Fault(file=toml.name if toml else file.name, message=str(error)))
        bound = None
    try:
        drawing = read(file.content, file.name)
    except Unreadable as error:
        element = error.element or ""
        line = error.line or 0
        faults.append(Fault(file=file.name, line=line, element=element, message=error.reason))
        return None
    if bound is None:
        return None
    process = chosen(drawing, bound)
    name = named(process, bound) if process is not None else file.stem
    tag = process.attributes.get("versionTag", "") if process is not None else ""
    text = toml.content.decode() if toml is not None else ""
    named_here = forms_named(text.encode())
    return Flow(
        file=file, name=name, tag=tag, drawing=drawing, bindings=bound, toml=text,
        forms={form: forms[form] for form in named_here if form in forms},
    )  # fmt: skip


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
    found = [*compiled.faults, *(doubts(compiled.definition) if compiled.definition else ())]
    faults += [Fault(file=file, **msgspec.structs.asdict(one)) for one in found]
    return compiled


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
