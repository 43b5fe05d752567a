"""The library: definitions deployed to the store, compiled once per process."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from mtd.core.process.binding import Bindings, read_bindings
from mtd.core.process.compiler import Compiled, Surroundings, compile_drawing
from mtd.core.process.definition import Definition
from mtd.core.process.readers import read
from mtd.runtime.tables import decision_tables
from mtd.store import definitions
from mtd.store.definitions import Source
from mtd.store.store import Store


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a drawing, as it is kept with it."""

    bindings: str = ""
    """TOML."""
    tables: dict[str, str] = {}
    """Decision tables (DMN) by file name."""


class Refused(Exception):
    """A drawing that would not run; `compiled` lists every fault."""

    def __init__(self, path: Path, compiled: Compiled) -> None:
        super().__init__(f"{path.name}: {len(compiled.faults)} faults")
        self.path = path
        self.compiled = compiled


class Library:
    """Definitions by tenant and `name@version`; what is deployed never changes."""

    def __init__(self, store: Store, surroundings: Surroundings) -> None:
        self._store = store
        self._surroundings = surroundings
        self._compiled: dict[tuple[int, str], Definition] = {}

    async def definition(self, tenant: int, id_: str) -> Definition:
        """The definition `name@version`. Raises definitions.Unknown, or Refused."""
        known = self._compiled.get((tenant, id_))
        if known is not None:
            return known
        name, _, version = id_.rpartition("@")
        source = await definitions.source(self._store, tenant, name, int(version))
        compiled = compiled_source(source, self._surroundings, int(version))
        if compiled.definition is None:
            raise Refused(Path(source.format), compiled)
        definition = msgspec.structs.replace(compiled.definition, name=name)
        self._compiled[tenant, id_] = definition
        return definition

    async def deploy(self, tenant: int, path: Path, deployed_by: str) -> str:
        """Deploy the drawing at `path` with what stands beside it; its `name@version`.

        Raises Refused for one that would not run, and what the readers raise.
        """
        source = beside(path)
        compiled = compiled_source(source, self._surroundings)
        if compiled.definition is None:
            raise Refused(path, compiled)
        digest = hashlib.sha256(source.drawing + b"\0" + source.bindings).digest()
        version = await definitions.deploy(
            self._store, tenant, compiled.name, source, digest, deployed_by
        )
        return f"{compiled.name}@{version}"

    async def latest(self, tenant: int) -> Mapping[str, str]:
        """The `name@version` that new instances take, by name."""
        newest = await definitions.latest(self._store, tenant)
        return {name: f"{name}@{version}" for name, version in newest.items()}


def beside(path: Path) -> Source:
    """The drawing at `path`, its bindings (`.toml`) and the decision tables of its folder."""
    toml = path.with_suffix(".toml")
    answers = Answers(
        bindings=toml.read_text(encoding="utf-8") if toml.is_file() else "",
        tables={
            table.name: table.read_text(encoding="utf-8")
            for table in sorted(path.parent.glob("*.dmn"))
        },
    )
    return Source(
        format=path.name, drawing=path.read_bytes(), bindings=msgspec.json.encode(answers)
    )


def compiled_source(source: Source, surroundings: Surroundings, version: int = 1) -> Compiled:
    """What comes of a drawing and all that stands beside it."""
    answers = msgspec.json.decode(source.bindings, type=Answers)
    bindings = read_bindings(answers.bindings.encode()) if answers.bindings else Bindings()
    around = msgspec.structs.replace(surroundings, tables=decision_tables(answers.tables))
    return compile_drawing(read(source.drawing, source.format), bindings, around, version)
