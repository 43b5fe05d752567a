"""Events: definitions of what is caught and thrown, as they stand in a file."""

from mtd.runtime.simulation.drafting import Draft
from mtd.runtime.simulation.failing import keyed

ERROR = "E1"
"""The code with which the simulated world refuses."""
ESCALATION = "X1"


def caught(draft: Draft) -> str:
    """Something to wait for."""
    kinds = (message, after, signal, conditional)
    return kinds[draft.pick(len(kinds))](draft)


def thrown(draft: Draft) -> str:
    """Something to let go: a signal, a message, an escalation."""
    kinds = (signal, message, escalation)
    return kinds[draft.pick(len(kinds))](draft)


def message(draft: Draft) -> str:
    """A message with a name of its own."""
    name = draft.root("message")
    keyed(draft, name)
    return f'<messageEventDefinition messageRef="{name}"/>'


def signal(draft: Draft) -> str:
    """A signal with a name of its own."""
    return f'<signalEventDefinition signalRef="{draft.root("signal")}"/>'


def after(draft: Draft) -> str:
    """A timer of a minute or two."""
    duration = ("PT1M", "PT2M")[draft.pick(2)]
    return f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"


def cycle(draft: Draft) -> str:
    """A timer that recurs: in minutes, in months, or at a local time that some days have twice or
    not at all.
    """
    rhythm = ("R2/PT1M", "R1/P1M", "R3/30 0 * * *")[draft.pick(3)]
    return f"<timerEventDefinition><timeCycle>{rhythm}</timeCycle></timerEventDefinition>"


def conditional(_: Draft) -> str:
    """A condition that the world makes true in the end."""
    return "<conditionalEventDefinition><condition>go</condition></conditionalEventDefinition>"


def error(draft: Draft) -> str:
    """An error: the one that the world answers with, or any."""
    if draft.pick(2):
        return "<errorEventDefinition/>"
    return f'<errorEventDefinition errorRef="{draft.root("error", errorCode=ERROR)}"/>'


def escalation(draft: Draft) -> str:
    """The escalation that throw events throw."""
    root = draft.root("escalation", escalationCode=ESCALATION)
    return f'<escalationEventDefinition escalationRef="{root}"/>'
