"""Decision tables as rules: what a deployed decision model gives to those that name it."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

from mtd.core.decision import compile_model, read_dmn
from mtd.core.process.citing import Reference
from mtd.core.process.definition import Evaluate, Table

Metered = Callable[[str, Evaluate], Evaluate]
"""What counts each evaluation, under a name."""


def uncounted(_: str, evaluate: Evaluate) -> Evaluate:
    """Where nobody counts."""
    return evaluate


def decision_tables(
    reference: Reference, text: str, number: int, metered: Metered = uncounted
) -> dict[str, Table]:
    """The decisions of a model, by how bindings name them when they mean `reference`.

    Each as `file.dmn#Name`; `file.dmn` alone: the one of that name, or the last. Raises
    DmnError for a file that is no decision model.
    """
    decisions = compile_model(read_dmn(text.encode()))
    file = reference.name
    late = reference.key.removeprefix(file)
    version = f"@{number}" if number else ""
    own = PurePath(file).stem
    tables = {
        f"{file}#{name}{late}": Table(
            f"{file}#{name}{version}",
            metered(f"decision.{own}", partial(decisions.evaluate, name)),
        )
        for name in decisions.names
    }
    if decisions.names:
        chosen = own if own in decisions.names else decisions.names[-1]
        tables[f"{file}{late}"] = tables[f"{file}#{chosen}{late}"]
    return tables
