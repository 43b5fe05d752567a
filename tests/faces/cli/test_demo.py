"""`mtd demo`, by the real command: everything started, orders in, everything accounted for."""

import json
from pathlib import Path

from mtd.core.orders.states import OrderState
from tests.faces.cli.running import mtd

ORDERS = 40
PLACES = (
    "completed", "in_process", "on_hold", "waiting", "exception", "rejected", "cancelled",
    "duplicate",
)  # fmt: skip


def test_every_file_is_in_exactly_one_place(short_folder: Path) -> None:
    outcome_at = short_folder / "outcome.json"
    arguments = ("demo", "--orders", str(ORDERS), "--seed", "5", "--exit", "--json")
    done = mtd(*arguments, str(outcome_at), home=short_folder, timeout_s=150)
    assert done.returncode == 0, done.stderr[-2000:]
    outcome = json.loads(outcome_at.read_text())
    assert outcome["received"] == ORDERS == sum(outcome[place] for place in PLACES)
    assert outcome["completed"] >= ORDERS * 0.8
    assert outcome["duplicate"] >= 1 and outcome["waiting"] >= 2
    assert outcome["mails"] >= 2 * outcome["completed"]
    assert outcome["documents"] >= outcome["completed"]
    assert outcome["orders_per_s"] > 0
    *stages, total = [(stage["state"], stage["orders"]) for stage in outcome["stages"]]
    life = [state.value for state in OrderState if state in dict(stages)]
    assert [state for state, _ in stages] == life, "in the sequence of an order's life"
    assert dict(stages)["CLOSED"] == outcome["completed"]
    assert all(count <= total[1] for _, count in stages), "orders, not entries"
    assert total[0] == "total" and total[1] <= ORDERS
