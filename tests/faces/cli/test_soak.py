"""`mtd dte soak`, by the real command: every failure, a killed worker and a killed database."""

import json
from pathlib import Path

from tests.core.tax.countries.cl.schemas import SCHEMAS
from tests.faces.cli.running import mtd

ORDERS = 500
SEVEN = ("33", "34", "39", "41", "52", "56", "61")


def test_every_order_ends_in_one_accepted_document_past_every_failure(short_folder: Path) -> None:
    outcome_at = short_folder / "outcome.json"
    schemas = {"MTD_SII_SCHEMAS": str(SCHEMAS)} if SCHEMAS.is_dir() else {}
    arguments = ("dte", "soak", "--orders", str(ORDERS), "--kills", "2", "--seed", "12", "--json")
    done = mtd(*arguments, str(outcome_at), home=short_folder, timeout_s=400, **schemas)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    outcome = json.loads(outcome_at.read_text())
    assert all(check["passed"] for check in outcome["checks"])
    figures = {figure["name"]: figure["value"] for figure in outcome["figures"]}
    assert figures["orders"] == ORDERS and figures["kills"] == 2
    assert all(figures[f"documents of type {code}"] > 0 for code in SEVEN)
