"""The reference processes as `mtd up` deploys them: drawing, bindings, tables and durations."""

import asyncio
import tomllib
from functools import cache
from pathlib import Path

from mtd.core.process.binding import Bindings, read_bindings
from mtd.core.process.compiler import Compiled
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import read
from mtd.runtime.app import surroundings
from mtd.runtime.definitions.inspecting import Inspected, inspected
from mtd.runtime.definitions.packing import packed
from mtd.runtime.definitions.shelf import Nothing
from mtd.runtime.settings.settings import load

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
FORMS = PROCESSES / "forms"
RETAIL = "retail_purchase_order"
DRAWING = PROCESSES / f"{RETAIL}.bpmn"
CUSTOMER = {
    RETAIL: "default",
    "issue_tax_document": "fd",
    "digital_invoice_fd": "fd",
    "pos_reconciliation": "fd",
}
"""Every drawing of ours, and a customer that runs it."""


def durations(customer: str) -> dict[str, str]:
    """The named durations of a customer's file, by themselves."""
    text = (ROOT / "customers" / f"{customer}.toml").read_text(encoding="utf-8")
    table: dict[str, str] = tomllib.loads(text)["durations"]
    return table


def path(name: str = RETAIL) -> Path:
    """Where the drawing is."""
    return PROCESSES / f"{name}.bpmn"


@cache
def drawing(name: str = RETAIL) -> Drawing:
    """The drawing as the readers see it."""
    return read(path(name).read_bytes(), path(name).name)


@cache
def bindings(name: str = RETAIL) -> Bindings:
    """The bindings beside it."""
    return read_bindings(path(name).with_suffix(".toml").read_bytes())


@cache
def checked(name: str, customer: str) -> Inspected:
    """What `mtd check` finds in the drawing and all that it calls, for a customer."""
    settings = load(customer, {}, [ROOT / "customers"])
    files = packed([path(name)])
    return asyncio.run(inspected(files, (), Nothing(), surroundings(settings)))


def compiled(customer: str = "default", name: str = RETAIL) -> Compiled:
    """Drawing and bindings compiled with a customer's durations."""
    return checked(name, customer).compiled[name]


def flow(name: str, customer: str) -> Definition:
    """The drawing `name` with all that it calls, as this customer would deploy it."""
    definition = compiled(customer, name).definition
    assert definition is not None, [str(fault) for fault in checked(name, customer).faults]
    return definition
