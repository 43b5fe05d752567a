"""Global tasks: what a call activity may call besides processes (BPMN 2.0.2 §10.3.7)."""

import msgspec

from mtd.core.process.drawing import Node, Process

KINDS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
SUFFIX = "/process"


def as_process(task: Node) -> Process:
    """A process of that one task, which keeps its id and its label."""
    inside = msgspec.structs.replace(task, kind=KINDS[task.kind])
    return Process(
        id=task.id + SUFFIX,
        name=task.name,
        nodes=(inside,),
        inputs=task.inputs,
        outputs=task.outputs,
        line=task.line,
    )
