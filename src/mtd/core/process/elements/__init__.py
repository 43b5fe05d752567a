"""The elements of BPMN: one file each, and this table from tag name to rule."""

from mtd.core.process.elements import (
    ad_hoc_sub_process,
    boundary_event,
    business_rule_task,
    call_activity,
    complex_gateway,
    end_event,
    event_based_gateway,
    event_sub_process,
    exclusive_gateway,
    inclusive_gateway,
    intermediate_catch_event,
    intermediate_throw_event,
    manual_task,
    multi_instance,
    parallel_gateway,
    receive_task,
    script_task,
    send_task,
    service_task,
    standard_loop,
    start_event,
    sub_process,
    task,
    transaction,
    user_task,
)
from mtd.core.process.step import Behaviour

TABLE: dict[str, Behaviour] = {
    # events
    "startEvent": start_event.BEHAVIOUR,
    "endEvent": end_event.BEHAVIOUR,
    "intermediateCatchEvent": intermediate_catch_event.BEHAVIOUR,
    "intermediateThrowEvent": intermediate_throw_event.BEHAVIOUR,
    "boundaryEvent": boundary_event.BEHAVIOUR,
    # tasks
    "task": task.BEHAVIOUR,
    "serviceTask": service_task.BEHAVIOUR,
    "sendTask": send_task.BEHAVIOUR,
    "receiveTask": receive_task.BEHAVIOUR,
    "userTask": user_task.BEHAVIOUR,
    "manualTask": manual_task.BEHAVIOUR,
    "scriptTask": script_task.BEHAVIOUR,
    "businessRuleTask": business_rule_task.BEHAVIOUR,
    # gateways
    "exclusiveGateway": exclusive_gateway.BEHAVIOUR,
    "inclusiveGateway": inclusive_gateway.BEHAVIOUR,
    "complexGateway": complex_gateway.BEHAVIOUR,
    "parallelGateway": parallel_gateway.BEHAVIOUR,
    "eventBasedGateway": event_based_gateway.BEHAVIOUR,
    # scopes
    "subProcess": sub_process.BEHAVIOUR,
    "transaction": transaction.BEHAVIOUR,
    "adHocSubProcess": ad_hoc_sub_process.BEHAVIOUR,
    "callActivity": call_activity.BEHAVIOUR,
    "eventSubProcess": event_sub_process.BEHAVIOUR,
    # markers of activities
    "standardLoop": standard_loop.BEHAVIOUR,
    "multiInstance": multi_instance.BEHAVIOUR,
}
"""The start event of an event sub-process goes by `eventSubProcess`, for its rule is that."""
