"""Filling in: the bindings that a drawing lacks, as whoever drew it might answer."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from mtd.core.process.binding import Bindings, read_bindings
from mtd.core.process.compiler import Compiled, Surroundings, compile_drawing
from mtd.core.process.compiler.answers import Label
from mtd.core.process.drawing import Drawing

CONNECTOR = "any.thing"
SURROUNDINGS = Surroundings(connectors=frozenset({CONNECTOR}))

ANSWERS: dict[str, dict[str, Any]] = {
    "service": {"connector": f'"{CONNECTOR}"'},
    "user": {"role": '"agent"'},
    "rule": {"set": "{ ruled = 'true' }"},
    "script": {"set": "{ scripted = 'true' }"},
    "timer": {"duration": '"PT1H"'},
    "message": {"name": '"Message"'},
    "signal": {"name": '"Signal"'},
    "error": {"code": '"ERROR"'},
    "escalation": {"code": '"ESCALATION"'},
    "condition": {"condition": "'true'"},
    "loop": {"cardinality": "'2'", "condition": "'loopCounter >= 2'"},
    "lane": {"role": '"agent"'},
}


def filled(labels: Iterable[Label], choice: int) -> Bindings:
    """Every missing answer given; gateways take their way number `choice`, round and round."""
    tables: dict[tuple[str, str], str] = {}
    for label in labels:
        if label.answer is not None or label.table not in (*ANSWERS, "decision"):
            continue
        lines = ANSWERS.get(label.table, {})
        if label.table == "decision" and label.ways:
            way = label.ways[choice % len(label.ways)]
            lines = {"answer": "'" + f'"{way}"' + "'"}
        key = (label.name or label.element).replace("\\", "\\\\").replace('"', '\\"')
        body = "\n".join(f"{name} = {value}" for name, value in lines.items())
        tables[label.table, key] = f'[{label.table}."{key}"]\n{body}\n'
    return read_bindings("\n".join(tables.values()).encode())


def compiled(
    drawing: Drawing, process: str, choice: int, around: Surroundings = SURROUNDINGS
) -> Compiled:
    """One process of `drawing`, its missing bindings filled in."""
    bare = compile_drawing(drawing, Bindings(process=process), around)
    given = filled(bare.labels, choice)
    return compile_drawing(drawing, replace(given, process=process), around)
