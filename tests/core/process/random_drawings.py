"""Random drawings: block-structured processes that are sound by construction."""

from collections.abc import Callable
from itertools import count, pairwise

import msgspec
from hypothesis import strategies as st

from mtd.core.process.definition import Definition, Event, Loop, Rules
from tests.core.process.random_rules import at_least, enough, some, two
from tests.core.process.sketch import PROCESS, Sketch, after, error, message, phase, variable

DEPTH_MAX = 3
BLOCKS_MAX = 4
LATE = Event(kind="escalation")


class Drafter:
    """Draws blocks; each is entered at one node and left at one."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self.sketch = Sketch()
        self._draw = draw
        self._ids = count()
        self._blocks = (
            self._task, self._person, self._receive, self._timer, self._script, self._undoable,
            self._undo, self._escalate, self._choice, self._fork, self._race, self._loop,
            self._guarded, self._stage, self._undoable_stage, self._transaction, self._some,
            self._enough, self._many, self._each,
        )  # fmt: skip

    def definition(self) -> Definition:
        """A whole process."""
        self._inside(PROCESS, DEPTH_MAX)
        return self.sketch.definition()

    def _pick(self, below: int) -> int:
        return self._draw(st.integers(0, below - 1))

    def _id(self, kind: str) -> str:
        return f"{kind}{next(self._ids)}"

    def _inside(self, parent: str, depth: int) -> None:
        start = self.sketch.add("startEvent", self._id("start"), parent)
        first, last = self._sequence(parent, depth)
        end = self.sketch.add("endEvent", self._id("end"), parent)
        self.sketch.flow(start, first)
        self.sketch.flow(last, end)
        if self._pick(4) == 0:
            self._handler(parent)

    def _sequence(self, parent: str, depth: int) -> tuple[str, str]:
        blocks = [self._block(parent, depth) for _ in range(1 + self._pick(BLOCKS_MAX))]
        for (_, last), (first, _) in pairwise(blocks):
            self.sketch.flow(last, first)
        return blocks[0][0], blocks[-1][1]

    def _block(self, parent: str, depth: int) -> tuple[str, str]:
        simple = 8
        kind = self._pick(len(self._blocks) if depth else simple)
        return self._blocks[kind](parent, depth - 1)

    def _task(self, parent: str, depth: int) -> tuple[str, str]:
        task = self.sketch.service(self._id("task"), parent)
        return task, task

    def _person(self, parent: str, depth: int) -> tuple[str, str]:
        task = self.sketch.person(self._id("person"), parent)
        return task, task

    def _receive(self, parent: str, depth: int) -> tuple[str, str]:
        id_ = self._id("receive")
        self.sketch.add("receiveTask", id_, parent, events=(message(id_),))
        return id_, id_

    def _timer(self, parent: str, depth: int) -> tuple[str, str]:
        id_ = self._id("timer")
        self.sketch.add("intermediateCatchEvent", id_, parent, events=(after(60),))
        return id_, id_

    def _script(self, parent: str, depth: int) -> tuple[str, str]:
        rules = Rules(assignments={"n": lambda v, now: v.get("n", 0) + 1})
        id_ = self.sketch.add("scriptTask", self._id("script"), parent, work=rules)
        return id_, id_

    def _undoable(self, parent: str, depth: int) -> tuple[str, str]:
        """A service task, at times repeated, with a handler that undoes it."""
        handler = self.sketch.service(self._id("undo"), parent)
        loop = Loop(
            kind="multiInstance",
            sequential=self._pick(2) == 0,
            cardinality=lambda variables, now: 2,
        )
        task = self.sketch.service(
            self._id("done"), parent, compensated_by=handler, loop=(None, loop)[self._pick(2)]
        )
        return task, task

    def _undo(self, parent: str, depth: int) -> tuple[str, str]:
        event = Event(kind="compensate", waits=self._pick(3) > 0)
        id_ = self.sketch.add("intermediateThrowEvent", self._id("back"), parent, events=(event,))
        return id_, id_

    def _escalate(self, parent: str, depth: int) -> tuple[str, str]:
        event = Event(kind="escalation", name="LATE")
        id_ = self.sketch.add("intermediateThrowEvent", self._id("up"), parent, events=(event,))
        return id_, id_

    def _transaction(self, parent: str, depth: int) -> tuple[str, str]:
        """Cancelled where the answer is no."""
        trip = self.sketch.add("transaction", self._id("trip"), parent)
        start = self.sketch.add("startEvent", self._id("start"), trip)
        first, last = self._sequence(trip, depth)
        which = self.sketch.add(
            "exclusiveGateway", self._id("all"), trip, decide=variable("answer")
        )
        self.sketch.chain(start, first)
        self.sketch.chain(last, which)
        cancel = Event(kind="cancel")
        for label, events in (("Sí", ()), ("No", (cancel,))):
            self.sketch.flow(
                which, self.sketch.add("endEvent", self._id("end"), trip, events=events), label
            )
        merge = self.sketch.add("exclusiveGateway", self._id("merge"), parent)
        border = self.sketch.add(
            "boundaryEvent", self._id("off"), parent, attached_to=trip, events=(cancel,)
        )
        self.sketch.flow(trip, merge)
        self.sketch.flow(border, merge)
        return trip, merge

    def _undoable_stage(self, parent: str, depth: int) -> tuple[str, str]:
        """A sub-process that is undone by what is in it, by a handler, or by one inside of it."""
        stage, _ = self._stage(parent, depth)
        kind = self._pick(3)
        if kind == 0:
            handler = self.sketch.service(self._id("undo"), parent)
            self.sketch.change(stage, compensated_by=handler)
        elif kind == 1:
            self._handler(stage, Event(kind="compensate"))
        _, last = self._undo(parent, depth)
        self.sketch.flow(stage, last)
        return stage, last

    def _choice(self, parent: str, depth: int) -> tuple[str, str]:
        split = self.sketch.add(
            "exclusiveGateway", self._id("which"), parent, decide=variable("answer")
        )
        merge = self.sketch.add("exclusiveGateway", self._id("merge"), parent)
        for label in ("Sí", "No"):
            first, last = self._sequence(parent, depth)
            self.sketch.flow(split, first, label)
            self.sketch.flow(last, merge)
        return split, merge

    def _fork(self, parent: str, depth: int) -> tuple[str, str]:
        split = self.sketch.add("parallelGateway", self._id("split"), parent)
        join = self.sketch.add("parallelGateway", self._id("join"), parent)
        for _ in range(2 + self._pick(2)):
            first, last = self._sequence(parent, depth)
            self.sketch.flow(split, first)
            self.sketch.flow(last, join)
        return split, join

    def _some(self, parent: str, depth: int) -> tuple[str, str]:
        """An inclusive split and join; one branch is always among those taken."""
        split = self.sketch.add("inclusiveGateway", self._id("some"), parent, decide=some)
        join = self.sketch.add("inclusiveGateway", self._id("join"), parent)
        for label in "ab":
            first, last = self._block(parent, depth)
            self.sketch.flow(split, first, label)
            self.sketch.flow(last, join)
        return split, join

    def _enough(self, parent: str, depth: int) -> tuple[str, str]:
        """A stage in which a complex gateway goes on before all have come to it."""
        stage = self.sketch.add("subProcess", self._id("stage"), parent)
        start = self.sketch.add("startEvent", self._id("start"), stage)
        split = self.sketch.add("parallelGateway", self._id("split"), stage)
        ways = 2 + self._pick(2)
        activation = at_least(1 + self._pick(ways))
        join = self.sketch.add("complexGateway", self._id("join"), stage, activation=activation)
        self.sketch.chain(start, split)
        for _ in range(ways):
            first, last = self._block(stage, depth)
            self.sketch.chain(split, first)
            self.sketch.chain(last, join)
        first, _ = self._block(stage, 0)
        self.sketch.chain(join, first)
        if self._pick(2):
            late = self._task(stage, 0)[0]
            self.sketch.flow(join, late, condition=phase(waiting_for_start=False))
        return stage, stage

    def _many(self, parent: str, depth: int) -> tuple[str, str]:
        """A task that gives several tokens, and one that takes them all."""
        count = 2 + self._pick(2)
        first = self.sketch.service(self._id("gives"), parent, completion_quantity=count)
        last = self.sketch.service(self._id("takes"), parent, start_quantity=count)
        self.sketch.chain(first, last)
        return first, last

    def _each(self, parent: str, depth: int) -> tuple[str, str]:
        """A task or a stage for each of some items, or a few times over."""
        id_, _ = (self._task, self._stage)[self._pick(2)](parent, depth)
        loop = (
            Loop(kind="standardLoop", maximum=2),
            Loop(kind="multiInstance", sequential=True, cardinality=two),
            Loop(kind="multiInstance", sequential=False, cardinality=two),
            Loop(kind="multiInstance", sequential=False, cardinality=two, condition=enough),
        )[self._pick(4)]
        element = self.sketch.elements[id_]
        self.sketch.elements[id_] = msgspec.structs.replace(element, loop=loop)
        return id_, id_

    def _race(self, parent: str, depth: int) -> tuple[str, str]:
        gateway = self.sketch.add("eventBasedGateway", self._id("race"), parent)
        merge = self.sketch.add("exclusiveGateway", self._id("merge"), parent)
        for catch in (self._receive, self._timer):
            event, _ = catch(parent, depth)
            self.sketch.flow(gateway, event)
            self.sketch.flow(event, merge)
        return gateway, merge

    def _loop(self, parent: str, depth: int) -> tuple[str, str]:
        """Repeated while the answer is yes; the world changes it in the end."""
        merge = self.sketch.add("exclusiveGateway", self._id("merge"), parent)
        again = self.sketch.add(
            "exclusiveGateway", self._id("again"), parent, decide=variable("again")
        )
        out = self.sketch.add("manualTask", self._id("out"), parent)
        first, last = self._sequence(parent, depth)
        self.sketch.chain(merge, first)
        self.sketch.chain(last, again)
        self.sketch.flow(again, merge, "Sí")
        self.sketch.flow(again, out, "No")
        return merge, out

    def _guarded(self, parent: str, depth: int) -> tuple[str, str]:
        """An activity with an error, a timer or a message at its border."""
        task = (self._task, self._person, self._stage)[self._pick(3)](parent, depth)[0]
        merge = self.sketch.add("exclusiveGateway", self._id("merge"), parent)
        event = (error(), after(30), message(self._id("guard")), LATE)[self._pick(4)]
        interrupting = event.kind == "error" or self._pick(2) == 0
        guard = self.sketch.add(
            "boundaryEvent",
            self._id("guard"),
            parent,
            attached_to=task,
            events=(event,),
            interrupting=interrupting,
        )
        first, last = self._sequence(parent, depth)
        target = merge if interrupting else self.sketch.add("endEvent", self._id("end"), parent)
        self.sketch.flow(task, merge)
        self.sketch.flow(guard, first)
        self.sketch.flow(last, target)
        return task, merge

    def _stage(self, parent: str, depth: int) -> tuple[str, str]:
        stage = self.sketch.add("subProcess", self._id("stage"), parent)
        self._inside(stage, max(depth, 0))
        return stage, stage

    def _handler(self, parent: str, event: Event | None = None) -> None:
        event = event or (error(), after(90), message(self._id("handler")), LATE)[self._pick(4)]
        handler = self.sketch.add("subProcess", self._id("handler"), parent)
        start = self.sketch.add(
            "eventSubProcess",
            self._id("alarm"),
            handler,
            events=(event,),
            interrupting=event.kind in ("error", "compensate") or self._pick(2) == 0,
        )
        task, _ = self._task(handler, 0)
        last, _ = self._undo(handler, 0) if self._pick(2) else (task, task)
        self.sketch.chain(*dict.fromkeys((start, task, last)))


@st.composite
def drawings(draw: st.DrawFn) -> Definition:
    """A sound process of random shape."""
    return Drafter(draw).definition()
