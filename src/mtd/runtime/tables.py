"""Decision tables that stand beside a drawing, ready for the rules that name them."""

from collections.abc import Mapping
from functools import partial
from pathlib import PurePath

from mtd.core.decision import compile_model, read_dmn
from mtd.core.process.definition import Evaluate


def decision_tables(files: Mapping[str, str]) -> dict[str, Evaluate]:
    """Each decision as `file.dmn#Name`; `file.dmn` alone: the one of that name, or the last.

    Raises DmnError for a file that is no decision model.
    """
    tables: dict[str, Evaluate] = {}
    for file, text in files.items():
        decisions = compile_model(read_dmn(text.encode()))
        for name in decisions.names:
            tables[f"{file}#{name}"] = partial(decisions.evaluate, name)
        if decisions.names:
            own = PurePath(file).stem
            chosen = own if own in decisions.names else decisions.names[-1]
            tables[file] = tables[f"{file}#{chosen}"]
    return tables
