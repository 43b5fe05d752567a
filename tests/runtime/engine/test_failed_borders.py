"""The border of an activity that failed goes on in the running engine, and a retry leaves it so."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from mtd.core.process.trigger import Retried
from mtd.runtime.definitions.packing import File
from mtd.store.arriving.arrival import ForInstance
from tests.runtime.works import Works
from tests.store.making import new_id

DRAWING = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    '<message id="m" name="Respuesta"/>'
    '<process id="p" name="Aviso" isExecutable="true"><startEvent id="s"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="wait"/><receiveTask id="wait" messageRef="m"/>'
    '<sequenceFlow id="f2" sourceRef="wait" targetRef="e"/><endEvent id="e"/>'
    '<boundaryEvent id="late" attachedToRef="wait" cancelActivity="false"><timerEventDefinition>'
    "<timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>"
    '<sequenceFlow id="f3" sourceRef="late" targetRef="remind"/><userTask id="remind"/>'
    '<sequenceFlow id="f4" sourceRef="remind" targetRef="e2"/><endEvent id="e2"/>'
    "</process></definitions>"
)
BINDINGS = (
    'process = "p"\n[user.remind]\nrole = "agent"\n'
    '[message.Respuesta]\nname = "Respuesta"\nkey = "unknown_yet"\n'
)
INCIDENT = "SELECT 1 FROM incident WHERE instance_id = $1 AND settled_at IS NULL"


async def retried(works: Works, instance: str, times: int) -> list[list[Any]]:
    """The facts of each retry of everything, so many by now."""
    arrival = ForInstance(
        tenant=1, id=new_id(), instance=instance, source="test", message_id=new_id(),
        trigger=msgspec.json.encode(Retried(at=datetime.now(UTC), actor="ana")),
    )  # fmt: skip
    await works.app.store.deliver([arrival])
    sql = "SELECT 1 FROM journal WHERE instance_id = $1 AND kind = 'retried' HAVING count(*) = $2"
    await works.rows(sql, instance, times)
    sql = "SELECT payload FROM journal WHERE instance_id = $1 AND kind = 'retried'"
    rows = await works.rows(sql, instance)
    return [fact for row in rows for fact in msgspec.json.decode(row["payload"])[2]]


async def test_a_reminder_goes_off_while_a_person_is_awaited_and_once(works: Works) -> None:
    await works.deploy(File("p.bpmn", DRAWING.encode()), File("p.toml", BINDINGS.encode()))
    id_ = await works.start("Aviso@1")
    await works.rows(INCIDENT, id_)
    await works.rows("SELECT 1 FROM user_task WHERE instance_id = $1", id_)
    await works.rows(INCIDENT, id_)
    for times in (1, 2):
        facts = await retried(works, id_, times)
        assert {fact[0] for fact in facts} == {"settled", "trouble"}, "nothing is awaited anew"
