"""The log of an attempt: order, instance, element, attempt and trace id, and nothing personal."""

import io
import json
from typing import Any

import structlog

from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done, Failed, Refused
from mtd.runtime.telemetry import log_to
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, a_legacy, chain

SECRET = "ana@correo.example"
WHOSE = {"order", "instance", "element", "attempt", "service", "trace_id"}


async def logged(found: Founded, *answers: Answer | Exception) -> list[dict[str, Any]]:
    """What is logged while a connector gives these answers, one an attempt."""
    left = list(answers)

    async def say(_: Attempt, __: Wire) -> Answer:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    stream = io.StringIO()
    log_to(stream)
    try:
        plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy()})
        plant.connect("far.do", say)
        await plant.start("one")
        async with plant.worker():
            await plant.until(
                "SELECT count(*) = 1 FROM instance i WHERE state <> 'RUNNING' OR EXISTS"
                " (SELECT FROM incident c WHERE c.instance_id = i.id)"
            )
    finally:
        structlog.reset_defaults()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_each_failed_attempt_says_whose_and_which_it_was(found: Founded) -> None:
    lines = await logged(found, Failed(f"no route for {SECRET}"), RuntimeError(SECRET), Done())
    failed = [line for line in lines if line["event"] == "an attempt failed"]
    assert [line["attempt"] for line in failed] == [1, 2]
    for line in failed:
        assert line.keys() >= WHOSE
        assert line["trace_id"] == line["instance"].replace("-", "")
    [broke] = [line for line in lines if line["event"] == "a connector broke"]
    assert broke.keys() >= WHOSE, "what is logged within an attempt says so too"
    assert SECRET not in str(lines)


async def test_an_incident_says_where_it_is(found: Founded) -> None:
    lines = await logged(found, Refused("NO_ROUTE", f"no carrier goes to {SECRET}"))
    [refused] = [line for line in lines if line["event"] == "an attempt was refused"]
    [incident] = [line for line in lines if line["event"] == "an incident"]
    assert refused["code"] == incident["code"] == "NO_ROUTE"
    assert incident.keys() >= {"order", "instance", "element", "code", "trace_id"}
    assert refused["trace_id"] == incident["trace_id"]
    assert SECRET not in str(lines)
