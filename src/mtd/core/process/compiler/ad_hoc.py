"""Ad-hoc sub-processes: who chooses among their activities, and when it is enough."""

from mtd.core.process.binding import AdHocBinding
from mtd.core.process.compiler.answers import Answers
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.definition import AdHoc
from mtd.core.process.drawing import Node

SEQUENTIAL = "Sequential"


def compiled_ad_hoc(node: Node, answers: Answers, expressions: Expressions) -> AdHoc | None:
    """What the drawing of `node` and its binding say; None of any other node."""
    if node.kind != "adHocSubProcess":
        return None
    binding = answers.find("adhoc", AdHocBinding, node.id, node.name) or AdHocBinding()
    if binding.role and binding.choose:
        answers.fault(node, "either a person or a rule chooses: give one of role and choose")
    condition = binding.condition or node.completion_condition
    answers.answered(node, "adhoc", binding.role or binding.choose or "each activity once")
    return AdHoc(
        sequential=node.ordering == SEQUENTIAL,
        cancel_remaining=node.cancel_remaining,
        condition=None if condition is None else expressions.drawn(node, condition),
        choose=None if binding.choose is None else expressions.rule(node, binding.choose),
        role=binding.role,
    )
