"""The reference process as `mtd up` deploys it: drawing, bindings, tables and durations."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from mtd.core.decision import compile_model, read_dmn
from mtd.core.process.binding import Bindings, read_bindings
from mtd.core.process.compiler import Compiled, Surroundings, compile_drawing
from mtd.core.process.definition import Evaluate
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import read
from mtd.runtime.app import calendars
from mtd.runtime.settings.settings import load

ROOT = Path(__file__).parents[2]
DRAWING = ROOT / "processes" / "retail_purchase_order.bpmn"
FORMS = ROOT / "processes" / "forms"
BINDINGS = ROOT / "processes" / "retail_purchase_order.toml"

CONNECTORS = frozenset(
    {
        "order.validate",
        "order.handle_error",
        "order.raise_early_warning",
        "engine.retry",
        "engine.cancel",
        "giftcard.redeem",
        "giftcard.reverse",
        "payment.capture",
        "payment.request",
        "payment.refund",
        "payment.query",
        "payment.void_request",
        "eom.reserve",
        "eom.release",
        "eom.release_to_pick",
        "paperless.issue",
        "paperless.status",
        "paperless.fetch",
        "paperless.find",
        "paperless.error_control",
        "paperless.credit_note",
        "paperless.dispatch_guide",
        "salessupport.publish",
        "salessupport.open_case",
        "logistics.request_dispatch",
        "logistics.cancel_dispatch",
        "mail.send",
    }
)
"""What the bindings may name."""


def durations(customer: str) -> dict[str, str]:
    """The named durations of a customer's file, by themselves."""
    text = (ROOT / "customers" / f"{customer}.toml").read_text(encoding="utf-8")
    table: dict[str, str] = tomllib.loads(text)["durations"]
    return table


@cache
def drawing() -> Drawing:
    """The drawing as the readers see it."""
    return read(DRAWING.read_bytes(), DRAWING.name)


@cache
def bindings() -> Bindings:
    """The bindings beside it."""
    return read_bindings(BINDINGS.read_bytes())


@cache
def compiled(customer: str = "default") -> Compiled:
    """Drawing and bindings compiled with a customer's durations."""
    surroundings = Surroundings(
        connectors=CONNECTORS,
        durations=durations(customer),
        calendars=calendars(load(customer, {}, [ROOT / "customers"])),
        tables={path.name: _table(path) for path in DRAWING.parent.glob("*.dmn")},
        forms={path.stem: path.read_text(encoding="utf-8") for path in FORMS.glob("*.json")},
    )
    return compile_drawing(drawing(), bindings(), surroundings)


def _table(path: Path) -> Evaluate:
    decisions = compile_model(read_dmn(path.read_bytes()))

    def evaluate(variables: Mapping[str, Any], now: datetime) -> Any:
        return decisions.evaluate(path.stem, variables, now)

    return evaluate
