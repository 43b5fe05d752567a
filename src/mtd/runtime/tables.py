"""Decision tables that stand beside a drawing, compiled for the rules that name them."""

from collections.abc import Mapping

from mtd.core.decision import compile_model, read_dmn
from mtd.core.process.definition import Evaluate


def decision_tables(files: Mapping[str, str]) -> dict[str, Evaluate]:
    """Each decision by `file.dmn#Name`, and the last of a file by `file.dmn` too."""
    tables: dict[str, Evaluate] = {}
    for file, text in files.items():
        decisions = compile_model(read_dmn(text.encode()))
        for name in decisions.names:
            tables[f"{file}#{name}"] = decisions.evaluator(name)
            tables[file] = tables[f"{file}#{name}"]
    return tables
