"""Compiling: a draft, read and compiled as any file is."""

import msgspec

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.definition import Definition
from mtd.core.process.readers import read
from mtd.core.time.calendars import Calendars
from mtd.runtime.simulation.drafting import CONNECTOR, Draft

ZONE = "America/Santiago"
"""Its clocks go forward and back at midnight."""
SURROUNDINGS = Surroundings(connectors=frozenset({CONNECTOR}), calendars=Calendars(zone=ZONE))


def compiled(draft: Draft, version: int = 1) -> Definition | None:
    """What `draft` compiles to; None where the compiler refuses it."""
    drawing = read(draft.xml(), "simulated.bpmn")
    definition = compile_drawing(drawing, read_bindings(draft.toml()), SURROUNDINGS).definition
    return None if definition is None else msgspec.structs.replace(definition, version=version)
