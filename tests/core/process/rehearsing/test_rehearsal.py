"""Rehearsals: answers, the virtual clock, messages and signals between instances."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from mtd.core.process.definition import Definition, Event
from mtd.core.process.effect import Call, Message, UserTask
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done, Failed
from mtd.core.process.rehearsing import Ending, Question, Rehearsal, Reply, Silence
from mtd.core.process.rehearsing import rehearsal as module
from mtd.core.process.trigger import Fired, Retried
from tests.core.process.sketch import Sketch, after, message, variable

BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def done(question: Question) -> Reply | Silence:
    """Services are done, people submit at once, nothing else comes."""
    match question.wait.effect:
        case Call():
            return Reply(Done({"n": question.times}))
        case UserTask():
            return Reply({"by": question.element.id})
        case _:
            return Silence.NEVER


def named(sketch: Sketch, name: str) -> Definition:
    return msgspec.structs.replace(sketch.definition(), name=name)


def line(*ids: str) -> Sketch:
    """A start, what is in `sketch` already between, an end."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    for id_ in ids:
        sketch.service(id_)
    sketch.add("endEvent", "end")
    sketch.chain("start", *ids, "end")
    return sketch


def test_calls_people_and_timers_are_answered_and_the_clock_jumps() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("pay")
    sketch.add("intermediateCatchEvent", "pause", events=(after(3600),))
    sketch.person("review")
    sketch.add("endEvent", "end")
    sketch.chain("start", "pay", "pause", "review", "end")
    rehearsal = Rehearsal([sketch.definition()], done, BEGAN)
    id_ = rehearsal.start("sketch", {"amount": 1})
    assert rehearsal.run() is Ending.ENDED
    assert rehearsal.now == BEGAN + timedelta(hours=1)
    kinds = [type(happened.trigger).__name__ for happened in rehearsal.story]
    assert kinds == ["Start", "Answered", "Fired", "Submitted"]
    assert rehearsal.instances[id_].state is State.COMPLETED


def test_a_failure_is_tried_again_after_its_back_off_and_an_answer_may_take_long() -> None:
    def answer(question: Question) -> Reply | Silence:
        failed = question.times == 0
        return Reply(Failed("down")) if failed else Reply(Done(), timedelta(minutes=5))

    rehearsal = Rehearsal([line("pay").definition()], answer, BEGAN)
    rehearsal.start("sketch")
    assert rehearsal.run() is Ending.ENDED
    assert rehearsal.now == BEGAN + timedelta(seconds=1.5, minutes=5)


def guarded() -> Definition:
    """A service with an hour to answer."""
    sketch = line("pay")
    sketch.add("boundaryEvent", "late", attached_to="pay", events=(after(3600),))
    sketch.add("endEvent", "given_up")
    sketch.flow("late", "given_up")
    return sketch.definition()


def test_a_missing_answer_stops_the_clock_and_is_named() -> None:
    rehearsal = Rehearsal([guarded()], lambda _: Silence.MISSING, BEGAN)
    id_ = rehearsal.start("sketch")
    assert rehearsal.run() is Ending.WAITING
    assert rehearsal.now == BEGAN
    ((place, question),) = rehearsal.unanswered.items()
    assert place[0] == id_ and question.element.id == "pay"


def test_an_answer_that_never_comes_lets_time_pass() -> None:
    rehearsal = Rehearsal([guarded()], lambda _: Silence.NEVER, BEGAN)
    rehearsal.start("sketch")
    assert rehearsal.run() is Ending.ENDED
    assert isinstance(rehearsal.story[-1].trigger, Fired)


def test_a_run_goes_no_further_than_it_is_told() -> None:
    rehearsal = Rehearsal([guarded()], lambda _: Silence.NEVER, BEGAN)
    rehearsal.start("sketch")
    half = BEGAN + timedelta(minutes=30)
    assert rehearsal.run(until=half) is Ending.WAITING
    assert rehearsal.now == half
    assert rehearsal.run() is Ending.ENDED


def test_a_call_below_an_incident_waits_for_its_retry() -> None:
    def answer(question: Question) -> Reply | Silence:
        return Reply(Failed("down") if question.times < 3 else Done())

    rehearsal = Rehearsal([line("pay").definition()], answer, BEGAN)
    id_ = rehearsal.start("sketch")
    assert rehearsal.run() is Ending.WAITING
    assert [i.code for i in rehearsal.instances[id_].incidents.values()] == ["TECHNICAL_FAILURE"]
    rehearsal.let(id_, Retried(at=rehearsal.now))
    assert rehearsal.run() is Ending.ENDED


def throwing(kind: str, name: str, *payload: str) -> Definition:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    event = Event(kind=kind, name=name, payload={key: variable(key) for key in payload})
    sketch.add("intermediateThrowEvent", "throw", events=(event,))
    sketch.add("endEvent", "end")
    sketch.chain("start", "throw", "end")
    return named(sketch, "thrower")


def catching(event: Event, start: bool = False) -> Definition:
    sketch = Sketch()
    sketch.add("startEvent", "start", events=(event,) if start else ())
    if not start:
        sketch.add("intermediateCatchEvent", "catch", events=(event,))
        sketch.flow("start", "catch")
    sketch.person("review")
    sketch.add("endEvent", "end")
    sketch.chain("start" if start else "catch", "review", "end")
    return named(sketch, "catcher")


@pytest.mark.parametrize("first", ["thrower", "catcher"])
def test_a_message_finds_who_awaits_it_whoever_was_first(first: str) -> None:
    definitions = [throwing("message", "Paid", "amount"), catching(message("Paid", "K"))]
    rehearsal = Rehearsal(definitions, lambda _: Silence.MISSING, BEGAN)
    ids = {first: rehearsal.start(first, {"amount": 7} if first == "thrower" else {}, "K")}
    rehearsal.run()
    other = "catcher" if first == "thrower" else "thrower"
    ids[other] = rehearsal.start(other, {"amount": 7} if other == "thrower" else {}, "K")
    rehearsal.run()
    assert not rehearsal.messages
    catcher = ids["catcher"]
    assert rehearsal.sight(catcher, 0) == {"amount": 7}
    assert [q.element.id for q in rehearsal.unanswered.values()] == ["review"]


def test_a_message_is_taken_once_and_only_with_its_key() -> None:
    definitions = [throwing("message", "Paid"), catching(message("Paid", "K"))]
    rehearsal = Rehearsal(definitions, lambda _: Silence.MISSING, BEGAN)
    first, second = rehearsal.start("catcher"), rehearsal.start("catcher")
    rehearsal.start("thrower", key="other")
    rehearsal.run()
    assert [m.key for m in rehearsal.messages] == ["other"]
    rehearsal.start("thrower", key="K")
    rehearsal.run()
    assert [q.instance for q in rehearsal.unanswered.values()] == [first]
    rehearsal.start("thrower", key="K")
    rehearsal.run()
    assert [q.instance for q in rehearsal.unanswered.values()] == [first, second]


def test_a_message_and_a_signal_begin_the_processes_that_start_with_them() -> None:
    begins = catching(message("Paid"), start=True)
    rehearsal = Rehearsal([throwing("message", "Paid"), begins], done, BEGAN)
    rehearsal.start("thrower", key="K")
    assert rehearsal.run() is Ending.ENDED
    assert [(i.definition, i.key) for i in rehearsal.instances.values()] == [
        ("thrower@1", "K"),
        ("catcher@1", "K"),
    ]
    heard = catching(Event(kind="signal", name="Stop"), start=True)
    rehearsal = Rehearsal([heard], done, BEGAN)
    rehearsal.publish(Message("Stop", None, {}))
    assert rehearsal.run() is Ending.ENDED and len(rehearsal.instances) == 1


def test_a_signal_reaches_all_who_listen() -> None:
    definitions = [throwing("signal", "Stop"), catching(Event(kind="signal", name="Stop"))]
    rehearsal = Rehearsal(definitions, lambda _: Silence.MISSING, BEGAN)
    listeners = [rehearsal.start("catcher") for _ in range(3)]
    rehearsal.start("thrower")
    rehearsal.run()
    assert [q.instance for q in rehearsal.unanswered.values()] == listeners
    assert not rehearsal.messages


def test_what_goes_round_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVENTS_MAX", 50)
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("exclusiveGateway", "again", decide=variable("again"))
    sketch.service("pay")
    sketch.chain("start", "pay", "again")
    sketch.flow("again", "pay", "Sí")
    rehearsal = Rehearsal([sketch.definition()], done, BEGAN)
    rehearsal.start("sketch", {"again": True})
    assert rehearsal.run() is Ending.ENDLESS


def test_an_answer_of_the_wrong_kind_is_a_mistake_of_who_gives_it() -> None:
    rehearsal = Rehearsal([line("pay").definition()], lambda _: Reply({"paid": True}), BEGAN)
    rehearsal.start("sketch")
    with pytest.raises(TypeError, match="no answer to a Call at pay"):
        rehearsal.run()
