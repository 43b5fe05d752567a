"""Single: blocks of one node, which contain nothing."""

from mtd.runtime.simulation.drafting import CONNECTOR, Block, Draft, Ends
from mtd.runtime.simulation.events import after, caught, message, thrown


def service(draft: Draft, parent: str, _: int) -> Ends:
    """A call of the simulated service."""
    task = draft.node("serviceTask", parent, implementation=CONNECTOR)
    return task, task


def send(draft: Draft, parent: str, _: int) -> Ends:
    """A message that a service sends."""
    task = draft.node("sendTask", parent, implementation=CONNECTOR)
    return task, task


def person(draft: Draft, parent: str, _: int) -> Ends:
    """Work for an agent."""
    task = draft.node("userTask", parent)
    draft.bind("user", task, 'role = "agent"')
    return task, task


def receive(draft: Draft, parent: str, _: int) -> Ends:
    """Waits for a message of its own."""
    task = draft.node("receiveTask", parent, messageRef=draft.root("message"))
    return task, task


def script(draft: Draft, parent: str, _: int) -> Ends:
    """Counts."""
    task = draft.node("scriptTask", parent)
    draft.bind("script", task, 'set = { n = "n + 1" }')
    return task, task


def rule(draft: Draft, parent: str, _: int) -> Ends:
    """A business rule."""
    task = draft.node("businessRuleTask", parent)
    draft.bind("rule", task, 'set = { m = "if n > 2 then 1 else 2" }')
    return task, task


def manual(draft: Draft, parent: str, _: int) -> Ends:
    """Nothing to wait for."""
    task = draft.node("manualTask", parent)
    return task, task


def catch(draft: Draft, parent: str, _: int) -> Ends:
    """Waits for an event."""
    event = draft.node("intermediateCatchEvent", parent, caught(draft))
    return event, event


def catch_all(draft: Draft, parent: str, _: int) -> Ends:
    """Waits for one of two events, or for both."""
    both = {"parallelMultiple": "true"} if draft.pick(2) else {}
    body = message(draft) + after(draft)
    event = draft.node("intermediateCatchEvent", parent, body, **both)
    return event, event


def throw(draft: Draft, parent: str, _: int) -> Ends:
    """Lets an event go."""
    event = draft.node("intermediateThrowEvent", parent, thrown(draft))
    return event, event


def link(draft: Draft, parent: str, _: int) -> Ends:
    """A jump, in place of a flow."""
    body = f'<linkEventDefinition name="{draft.name()}"/>'
    away = draft.node("intermediateThrowEvent", parent, body)
    here = draft.node("intermediateCatchEvent", parent, body)
    before, behind = draft.node("manualTask", parent), draft.node("manualTask", parent)
    draft.flow(parent, before, away)
    draft.flow(parent, here, behind)
    return before, behind


SIMPLE: tuple[Block, ...] = (
    service, service, person, receive, send, script, rule, manual, catch, catch_all,
    throw, link,
)  # fmt: skip
"""What contains nothing."""
