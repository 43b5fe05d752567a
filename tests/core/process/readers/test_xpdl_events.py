"""XPDL as Bizagi writes it: compensation, transactions, escalation, links, several events."""

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.readers import read
from tests.core.process.world import World

SPACE = "http://www.wfmc.org/2009/XPDL2.2"


def activity(id_: str, inside: str, attributes: str = "") -> str:
    return f'<Activity Id="{id_}" Name="{id_}" {attributes}>{inside}</Activity>'


def service(id_: str, attributes: str = "") -> str:
    task = "<Implementation><Task><TaskService/></Task></Implementation>"
    return activity(id_, task, attributes)


def event(id_: str, kind: str, attributes: str, detail: str = "") -> str:
    return activity(id_, f"<Event><{kind} {attributes}>{detail}</{kind}></Event>")


def transitions(*paths: str) -> str:
    drawn = "".join(
        f'<Transition Id="{source}_{target}" From="{source}" To="{target}"/>'
        for path in paths
        for source, target in (path.split(" > "),)
    )
    return f"<Transitions>{drawn}</Transitions>"


def run(activities: str, flows: str, sets: str = "", associations: str = "") -> World:
    text = (
        f'<Package xmlns="{SPACE}" Id="k" Name="K"><Associations>{associations}</Associations>'
        f'<WorkflowProcesses><WorkflowProcess Id="p" Name="P"><ActivitySets>{sets}</ActivitySets>'
        f"<Activities>{activities}</Activities>{flows}"
        "</WorkflowProcess></WorkflowProcesses></Package>"
    )
    names = ("a", "b", "undo_a", "instead", "handle")
    tables = "\n".join(f"[service.{name}]\nconnector = 'do'" for name in names)
    surroundings = Surroundings(connectors=frozenset({"do"}))
    made = compile_drawing(read(text.encode()), read_bindings(tables.encode()), surroundings)
    assert made.definition is not None, made.faults
    return World(made.definition)


START = event("start", "StartEvent", 'Trigger="None"')
END = event("end", "EndEvent", "")
UNDO = service("undo_a", 'IsForCompensation="true"') + event(
    "on_a",
    "IntermediateEvent",
    'Trigger="Compensation" Target="a" IsAttached="true"',
    "<TriggerResultCompensation/>",
)
TIE = '<Association Id="t" Source="on_a" Target="undo_a" AssociationDirection="None"/>'


def test_a_thrown_compensation_finds_its_handler_by_the_association() -> None:
    back = event(
        "back",
        "IntermediateEvent",
        'Trigger="Compensation"',
        '<TriggerResultCompensation ActivityId="a"/>',
    )
    world = run(
        START + service("a") + UNDO + back + END,
        transitions("start > a", "a > back", "back > end"),
        associations=TIE,
    )
    world.answer("a")
    assert world.answer_all() == ["undo_a"]
    assert world.ended


def test_a_transaction_is_cancelled() -> None:
    inside = (
        '<ActivitySet Id="s"><Activities>'
        + event("in", "StartEvent", 'Trigger="None"')
        + service("a")
        + UNDO
        + event("no", "EndEvent", 'Result="Cancel"', "<ResultCancel/>")
        + "</Activities>"
        + transitions("in > a", "a > no")
        + "</ActivitySet>"
    )
    trip = activity("trip", '<BlockActivity ActivitySetId="s"/>', 'IsATransaction="true"')
    off = event(
        "off",
        "IntermediateEvent",
        'Trigger="Cancel" Target="trip" IsAttached="true"',
        "<TriggerResultCancel/>",
    )
    world = run(
        START + trip + off + service("instead") + END,
        transitions("start > trip", "trip > end", "off > instead", "instead > end"),
        sets=inside,
        associations=TIE,
    )
    world.answer("a")
    assert world.answer_all() == ["undo_a", "instead"]
    assert world.ended


def test_links_and_an_event_sub_process_of_an_escalation() -> None:
    inside = (
        '<ActivitySet Id="s" TriggeredByEvent="true"><Activities>'
        + event(
            "late",
            "StartEvent",
            'Trigger="Escalation" Interrupting="false"',
            '<TriggerEscalation EscalationCode="LATE"/>',
        )
        + service("handle")
        + event("handled", "EndEvent", "")
        + "</Activities>"
        + transitions("late > handle", "handle > handled")
        + "</ActivitySet>"
    )
    up = event(
        "up",
        "IntermediateEvent",
        'Trigger="Escalation"',
        '<TriggerEscalation EscalationCode="LATE"/>',
    )
    away, here = (
        event(
            name,
            "IntermediateEvent",
            'Trigger="Link"',
            f'<TriggerResultLink CatchThrow="{side}" Name="Go"/>',
        )
        for name, side in (("away", "THROW"), ("here", "CATCH"))
    )
    world = run(
        START
        + up
        + away
        + here
        + service("b")
        + END
        + activity("alarm", '<BlockActivity ActivitySetId="s"/>'),
        transitions("start > up", "up > away", "here > b", "b > end"),
        sets=inside,
    )
    assert world.waiting() == ["b", "handle"]
    world.check_fold()


def test_a_multiple_event_waits_for_any_and_a_parallel_one_for_all() -> None:
    for trigger, parts in (("Multiple", ["b"]), ("ParallelMultiple", ["both"])):
        both = event(
            "both",
            "IntermediateEvent",
            f'Trigger="{trigger}"',
            "<TriggerIntermediateMultiple>"
            '<TriggerResultSignal Name="S"/><TriggerResultMessage CatchThrow="CATCH">'
            '<Message Id="m" Name="M"/></TriggerResultMessage></TriggerIntermediateMultiple>',
        )
        world = run(
            START + both + service("b") + END,
            transitions("start > both", "both > b", "b > end"),
        )
        world.hear("both")
        assert world.waiting() == parts
