"""Flows: the processes that the files of a deployment hold, each with what stands beside it."""

from collections.abc import Mapping, Sequence

import msgspec

from mtd.core.decision import DmnError, compile_model, read_dmn
from mtd.core.process.binding import Bindings, Refusal, read_bindings
from mtd.core.process.citing import DEPLOYMENT, Reference
from mtd.core.process.compiler import apart, chosen, cited
from mtd.core.process.drawing import Drawing, Process
from mtd.core.process.readers import Unreadable, read
from mtd.runtime.definitions.forms import BadForm, check_schema
from mtd.runtime.definitions.packing import BINDINGS, DRAWINGS, FORMS, TABLES, File, forms_named
from mtd.runtime.definitions.shelf import Pool


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a file would not run, or would run dangerously."""

    file: str
    line: int = 0
    element: str = ""
    name: str = ""
    message: str
    warning: bool = False


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A process of a drawing that is to be deployed, with what stands beside it."""

    file: File
    name: str
    """The definition's."""
    tag: str
    """As drawn; empty: none."""
    drawing: Drawing
    bindings: Bindings
    """Of a drawing with several processes, those that name this one."""
    of_several: bool
    """Other processes of the same drawing are deployed beside it."""
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

    def pool(self) -> Pool | msgspec.UnsetType:
        """Which process of its drawing it is, if that has others that are deployed."""
        if not self.of_several:
            return msgspec.UNSET
        (process,) = self.bindings.processes
        return Pool(process=process, name=self.name)


def model_in(file: File, faults: list[Fault]) -> str | None:
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


def forms_in(files: Sequence[File], faults: list[Fault]) -> dict[str, str]:
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


def flows_in(files: Sequence[File], forms: Mapping[str, str], faults: list[Fault]) -> list[Flow]:
    """The drawings that can be read, each with its bindings."""
    bindings = {file.stem: file for file in files if file.ending == BINDINGS}
    flows: dict[str, Flow] = {}
    for file in files:
        if file.ending in DRAWINGS:
            toml = bindings.pop(file.stem, None)
            for flow in _flows_of(file, toml, forms, faults):
                if flow.name in flows:
                    other = flows[flow.name].file.name
                    message = f"it is called {flow.name!r}, and so is {other}"
                    faults.append(Fault(file=file.name, message=message))
                else:
                    flows[flow.name] = flow
        elif file.ending not in {BINDINGS, TABLES, FORMS}:
            kinds = ", ".join(sorted(DRAWINGS | {BINDINGS, TABLES, FORMS}))
            faults.append(Fault(file=file.name, message=f"it is none of {kinds}"))
    for file in bindings.values():
        message = f"there is no drawing {file.stem} for these bindings"
        faults.append(Fault(file=file.name, message=message))
    return list(flows.values())


def _flows_of(
    file: File, toml: File | None, forms: Mapping[str, str], faults: list[Fault]
) -> list[Flow]:
    """The processes of a drawing that run, each as a definition of its own."""
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
        return []
    if bound is None:
        return []
    text = toml.content.decode() if toml is not None else ""
    named_here = forms_named(text.encode())
    running = apart(drawing, bound) or {file.stem: bound}
    return [
        Flow(
            file=file, name=name, tag=_tag(chosen(drawing, narrowed)), drawing=drawing,
            bindings=narrowed, of_several=len(running) > 1, toml=text,
            forms={form: forms[form] for form in named_here if form in forms},
        )
        for name, narrowed in running.items()
    ]  # fmt: skip


def _tag(process: Process | None) -> str:
    return process.attributes.get("versionTag", "") if process is not None else ""
